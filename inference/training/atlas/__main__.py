"""Command line: ``python -m inference.training.atlas --data PATH --out FOLDER``."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from inference.training.atlas.build import build
from inference.training.atlas.publish import publish


def main() -> None:
    """Make the template head from ``--data`` (folder synthseg_labels) into ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m inference.training.atlas")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    publish(build(chosen.data / "synthseg_labels"), chosen.data / "synthseg_labels", chosen.out)


if __name__ == "__main__":
    main()
