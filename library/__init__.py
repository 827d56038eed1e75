"""Commonplace. A safe SQLite takes the standard module's place before Django loads it.

SQLite before 3.51.3 could lose a committed write in WAL mode when connections met at a checkpoint
(https://www.sqlite.org/wal.html, "the WAL-reset bug"). The `pysqlite3` wheel carries a newer one; where there
is no wheel the interpreter's own is used, and `library.settings` leaves WAL off when that is too old.
"""

import sys

try:
    import pysqlite3
except ImportError:
    pysqlite3 = None

if pysqlite3 is not None:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
