"""A copy of a library in use, and back: one format for both databases.

The secret key is left out on purpose: a copy on another disk should not let its finder forge a session. With
a new key everybody logs in again, and nothing else changes.
"""

from library.backups.archive import verify
from library.backups.making import write_backup
from library.backups.manifest import BackupProblem, Counts
from library.backups.restoring import restore

__all__ = ["BackupProblem", "Counts", "restore", "verify", "write_backup"]
