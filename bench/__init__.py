"""How fast the library is on this machine: `make bench`. docs/bench.md tells how to read the table."""

import library

__all__ = ["library"]  # imported first, since it puts the SQLite in place that is measured
