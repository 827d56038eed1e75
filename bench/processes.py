"""What a server and all processes below it take of the machine, as Linux counts it."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
KILOBYTE = 1024
# Places in /proc/PID/stat, behind the name of the program.
PARENT, USER_TICKS, SYSTEM_TICKS = 1, 11, 12


def megabytes(pid: int) -> float:
    """Proportional set size of the family: memory that several share is counted once."""
    return sum(proportional_bytes(member) for member in family(pid)) / 1e6


def cpu_seconds(pid: int) -> float:
    """Processor time that the family has used so far."""
    found = [status(member) for member in family(pid)]
    return sum(int(each[USER_TICKS]) + int(each[SYSTEM_TICKS]) for each in found if each) / TICKS


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    everyone = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    parents = {member: int(found[PARENT]) for member in everyone if (found := status(member))}
    members = [pid]
    for member in members:
        members.extend(child for child, parent in parents.items() if parent == member)
    return members


def status(pid: int) -> list[str]:
    """Empty for a process that has ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) * KILOBYTE for line in lines if line.startswith("Pss:"))
