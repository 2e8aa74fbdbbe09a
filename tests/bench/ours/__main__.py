"""``python -m tests.bench.ours module arguments``: one measurement.

Like the program's own ``python -m app`` it is not imported again by the processes it starts, so
these carry no windows and no VTK.
"""

from __future__ import annotations

import sys
from importlib import import_module


def main() -> None:
    import_module(f"tests.bench.ours.{sys.argv.pop(1)}").main()


if __name__ == "__main__":
    main()
