"""The command line: ``python -m app [gui | demo | self-test]``."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one of the program's commands and return its exit status."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    parser = argparse.ArgumentParser(prog="sagittal", description="MRI reading workstation")
    parser.add_argument("--home", type=Path, help="folder that holds this workstation's data")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("gui", help="open the application (the default)")
    demo = commands.add_parser("demo", help="do the whole job without a person")
    demo.add_argument("--study", type=Path, help="folder, file or zip of an MRI study")
    demo.add_argument("--example", action="store_true", help="use the simulated example study")
    demo.add_argument(
        "--out", type=Path, default=Path("var/demo"), help="where to leave its output"
    )
    commands.add_parser("self-test", help="check this installation")
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from app.demo.run import run_demo  # noqa: PLC0415 - each command loads only its own

        return run_demo(options.study, options.out, example=options.example)
    if options.command == "self-test":
        from app.self_test import run_self_test  # noqa: PLC0415 - each command loads only its own

        return run_self_test()
    from app.shell.run import run_gui  # noqa: PLC0415 - each command loads only its own

    return run_gui(options.home)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
