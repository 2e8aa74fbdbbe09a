"""The installed folder a program was started from, and whether it is still whole.

A bundle carries a list of its files with their sizes and digests. It finds out what a full disk,
a broken copy or a zealous virus scanner did to the program; it is no protection against somebody
who may write to the folder, for they can write the list too. The folder should belong to the
administrator of the machine, and what is handed out is signed as a whole (docs/bundle.md).
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.engine.model_file import digest_of

LIST_FILE = "contents.json"
_SERVER = "sagittal-server"
_LOADER = "LD_LIBRARY_PATH"


@dataclass(frozen=True, slots=True)
class Content:
    """One file of a bundle; ``size`` in bytes, ``sha256`` in hexadecimal."""

    size: int
    sha256: str


def bundle_folder() -> Path | None:
    """The folder this program was installed to, or None where it runs from its sources."""
    return Path(sys.executable).parent if getattr(sys, "frozen", False) else None


def server_command() -> tuple[str, ...]:
    """How the central server's command is started beside this program."""
    folder = bundle_folder()
    if folder is None:
        return (sys.executable, "-m", "sync.server")
    return (str(folder / (_SERVER + Path(sys.executable).suffix)),)


def system_environment() -> dict[str, str]:
    """The environment for a program of the system (``lp``): it finds its own libraries.

    A bundle is started with its folder in the loader's search path, which its own child
    processes need; what was set before stands beside it under another name.
    """
    environment = dict(os.environ)
    if bundle_folder() is not None:
        before = environment.pop(f"{_LOADER}_ORIG", "")
        environment.pop(_LOADER, None)
        if before:
            environment[_LOADER] = before
    return environment


def write_list(folder: Path) -> int:
    """Write the list of all files of a folder into it, as the build's last act; return how many."""
    (folder / LIST_FILE).unlink(missing_ok=True)
    found = {
        path.relative_to(folder).as_posix(): {
            "size": path.stat().st_size,
            "sha256": digest_of(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    (folder / LIST_FILE).write_text(json.dumps(found, indent=0) + "\n", "utf-8")
    return len(found)


def read_list(folder: Path) -> dict[str, Content]:
    """Return what a bundle holds, by path relative to its folder.

    Raises
    ------
    ValueError
        The list is not there or can not be read.
    """
    try:
        stored = json.loads((folder / LIST_FILE).read_text("utf-8"))
        return {
            str(name): Content(int(one["size"]), str(one["sha256"])) for name, one in stored.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{LIST_FILE} is missing or can not be read") from error


def not_whole(folder: Path) -> tuple[str, ...]:
    """Files that are missing or of another size: quick enough for every start."""
    try:
        listed = read_list(folder)
    except ValueError:
        return (LIST_FILE,)
    return tuple(name for name, one in listed.items() if _size(folder / name) != one.size)


def changed(folder: Path) -> tuple[str, ...]:
    """Files that are not, byte for byte, what was built; reads the whole bundle."""
    try:
        listed = read_list(folder)
    except ValueError:
        return (LIST_FILE,)
    return tuple(
        name
        for name, one in listed.items()
        if _size(folder / name) != one.size or digest_of(folder / name) != one.sha256
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
