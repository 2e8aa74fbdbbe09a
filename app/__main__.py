"""The command line: ``python -m app [gui | demo | analyse | restore | self-test]``."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

from app.version import VERSION


def main(arguments: list[str] | None = None) -> int:
    """Run one of the program's commands and return its exit status."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    parser = argparse.ArgumentParser(prog="sagittal", description="MRI reading workstation")
    parser.add_argument("--version", action="version", version=f"sagittal {VERSION}")
    parser.add_argument("--home", type=Path, help="folder that holds this workstation's data")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("gui", help="open the application (the default)")
    demo = commands.add_parser("demo", help="do the whole job without a person")
    demo.add_argument("--study", type=Path, help="folder, file or zip of an MRI study")
    demo.add_argument("--example", action="store_true", help="use the simulated example study")
    demo.add_argument(
        "--out", type=Path, default=Path("var/demo"), help="where to leave its output"
    )
    _add_analyse(commands)
    _add_restore(commands)
    commands.add_parser("self-test", help="check this installation")
    options = parser.parse_args(arguments)
    if options.command == "analyse":
        return _analyse(options)
    if options.command == "restore":
        from app.headless.restore_command import run_restore  # noqa: PLC0415 - each command loads only its own

        return run_restore(options.chosen, options.new_home, options.generation)
    if options.command == "demo":
        from app.demo.run import run_demo  # noqa: PLC0415 - each command loads only its own

        return run_demo(options.study, options.out, example=options.example)
    if options.command == "self-test":
        from app.self_test import run_self_test  # noqa: PLC0415 - each command loads only its own

        return run_self_test()
    return _gui(options.home)


def _gui(home: Path | None) -> int:
    try:
        from app.shell.run import run_gui  # noqa: PLC0415 - each command loads only its own
    except ImportError as error:
        sys.stderr.write(
            f"No window can be opened: {error}\n"
            "On Linux the system's OpenGL libraries are needed; on Debian and Ubuntu:\n"
            "apt-get install libgl1 libegl1 libgl1-mesa-dri fontconfig-config\n"
        )
        return 1
    return run_gui(home)


def _add_analyse(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    analyse = commands.add_parser(
        "analyse", help="analyse images without a window; one JSON object per series on stdout"
    )
    analyse.add_argument("path", nargs="+", help="a file, folder or zip archive of images")
    analyse.add_argument(
        "--deterministic", action="store_true", help="same input, bit-identical answer; slower"
    )
    analyse.add_argument(
        "--threads", type=_threads, default=0, metavar="N", help="processor threads to use"
    )


def _add_restore(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    restore = commands.add_parser("restore", help="bring a backup back into an empty folder")
    restore.add_argument(
        "--from", dest="chosen", type=Path, required=True, help="the folder backups were made to"
    )
    restore.add_argument(
        "--generation", default="", metavar="X", help="an older one, by its name or number"
    )
    restore.add_argument(
        "--home", dest="new_home", type=Path, required=True, help="a new or an empty folder"
    )


def _threads(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1024:
        raise argparse.ArgumentTypeError("a number of threads lies between 1 and 1024")
    return number


def _analyse(options: argparse.Namespace) -> int:
    from app.headless.command import run_analyse  # noqa: PLC0415 - each command loads only its own
    from inference.pipeline.options import EngineOptions  # noqa: PLC0415 - as above

    return run_analyse(
        options.path,
        EngineOptions(deterministic=options.deterministic, threads=options.threads),
    )


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
