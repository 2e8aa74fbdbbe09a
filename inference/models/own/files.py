"""The few files of an import that are read, out of a folder, a zip or a file with its card.

Everything is listed before anything is read, names that lead elsewhere end the import, and no
more is ever unpacked than the limits allow, whatever an archive says of itself.
"""

from __future__ import annotations

import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from inference.errors import OwnModelError
from inference.models.own.limits import MOST_ENTRIES, MOST_RATIO, MOST_TEXT_BYTES, MOST_WEIGHT_BYTES

Content = NDArray[np.uint8]
WEIGHTS = (".safetensors", ".onnx")
PICKLES = frozenset((".pt", ".pth", ".ts", ".ckpt", ".pkl", ".pickle", ".bin", ".joblib", ".npz"))
_CARDS = frozenset(("card.json",))
_CONFIGS = frozenset(("metadata.json", "inference.json", "train.json"))
_CHUNK = 1 << 20
_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


def gather(path: Path) -> dict[str, Content]:
    """Return the card, the bundle's descriptions and the weights found at ``path``, by name.

    Raises
    ------
    OwnModelError
        with the reason, if there is anything in it that must not be there, or nothing to read.
    """
    try:
        if path.is_dir():
            found = _from_folder(path)
        elif path.suffix.lower() == ".zip":
            found = _from_zip(path)
        else:
            found = _beside(path)
    except _DAMAGED as error:
        raise OwnModelError(f"{path.name} cannot be read; it may be damaged.") from error
    return found


def refuse_pickles(names: Iterable[str]) -> None:
    """Raise OwnModelError if there are only weights that are Python programs."""
    pickled = sorted(name for name in names if PurePosixPath(name).suffix.lower() in PICKLES)
    if pickled:
        raise OwnModelError(
            f"{PurePosixPath(pickled[0]).name} is a pickle: opening it would run a program that "
            "came with it. Nothing is ever unpickled here. Save the weights as safetensors and "
            "import those."
        )


def _from_folder(folder: Path) -> dict[str, Content]:
    files: dict[str, Path] = {}
    for number, one in enumerate(sorted(folder.rglob("*"))):
        if number >= MOST_ENTRIES:
            raise OwnModelError(f"{folder.name} holds too many files for a model.")
        if one.is_symlink():
            raise OwnModelError(f"{one.name} is a link; a model's files must be in its folder.")
        if one.is_file():
            files[one.relative_to(folder).as_posix()] = one
    found = {}
    for name in _wanted(files):
        with files[name].open("rb") as handle:
            found[name] = _read(handle, files[name].stat().st_size, name)
    return found


def _beside(path: Path) -> dict[str, Content]:
    """Return a file of weights and the card that lies beside it."""
    refuse_pickles([path.name])
    if path.suffix.lower() not in WEIGHTS:
        raise OwnModelError(
            "A model is a folder or a zip with card.json and its weights, or a .safetensors or "
            ".onnx file with card.json beside it."
        )
    card = path.with_name("card.json")
    if not card.is_file():
        raise OwnModelError(f"There is no card.json beside {path.name}.")
    found = {}
    for one in (card, path):
        with one.open("rb") as handle:
            found[one.name] = _read(handle, one.stat().st_size, one.name)
    return found


def _from_zip(path: Path) -> dict[str, Content]:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise OwnModelError(f"{path.name} holds too many files for a model.")
        named: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            _check_entry(entry)
            if entry.filename in named:
                raise OwnModelError(f"{path.name} holds two files named {entry.filename}.")
            if not entry.is_dir():
                named[entry.filename] = entry
        found = {}
        for name in _wanted(named):
            with archive.open(named[name]) as handle:
                found[name] = _read(handle, named[name].file_size, name)  # type: ignore[arg-type]
        return found


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = PurePosixPath(name).parts
    if not name or name.startswith("/") or ".." in parts or "\\" in name or ":" in name:
        raise OwnModelError("The zip holds a name that leads out of its folder; not opened.")
    if entry.orig_filename != name or not name.isprintable():
        raise OwnModelError("The zip holds a name that is not what it seems; not opened.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise OwnModelError("The zip holds a link; a model's files must be in it themselves.")
    if entry.flag_bits & 0x1:
        raise OwnModelError("The zip is locked by a password.")
    if entry.file_size > max(_CHUNK, MOST_RATIO * entry.compress_size):
        raise OwnModelError(
            "The zip holds a file that unpacks to a multiple of its size (a zip bomb); not opened."
        )


def _wanted(names: Iterable[str]) -> list[str]:
    """Return the names worth reading: one card, one file of weights, what a bundle describes."""
    names = sorted(names)
    by_end = [name for name in names if PurePosixPath(name).name in _CARDS | _CONFIGS]
    weights = [name for name in names if PurePosixPath(name).suffix.lower() in WEIGHTS]
    if not weights:
        refuse_pickles(names)
        raise OwnModelError("There are no weights in it: neither .safetensors nor .onnx.")
    if len(weights) > 1:
        raise OwnModelError("There are several files of weights in it; leave one.")
    return [*by_end, *weights]


def _read(handle: BinaryIO, size: int, name: str) -> Content:
    """Return exactly ``size`` bytes; more or fewer than was said ends the import."""
    short = PurePosixPath(name).name
    most = MOST_WEIGHT_BYTES if PurePosixPath(name).suffix.lower() in WEIGHTS else MOST_TEXT_BYTES
    if size > most:
        raise OwnModelError(f"{short} is larger than {most >> 20} MB; not read.")
    content = np.empty(size, np.uint8)
    view, done = content.data, 0
    while done < size:
        taken = handle.readinto(view[done : done + _CHUNK])  # type: ignore[attr-defined]
        if not taken:
            raise OwnModelError(f"{short} is cut short.")
        done += taken
    if handle.read(1):
        raise OwnModelError(f"{short} is longer than it says.")
    return content
