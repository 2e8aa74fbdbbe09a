"""What was dropped, one readable thing at a time: files, folders and zip archives.

Links are not followed, archive names are labels only (nothing is ever written to disk), and an
archive is judged by its directory before a byte of it is inflated.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from viewer.dicom.records import Limits, Rejected
from viewer.dicom.text import clean_text
from viewer.errors import UnreadableFileError

_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_HARMLESS = 32 << 20
"""Growing to this size is never a bomb: an empty label map shrinks a thousandfold."""
_ENCRYPTED = 0x1
INDEX = "DICOMDIR"
_BAD_INDEX = "a damaged index of a disc (DICOMDIR); drop the folder it lies in"
NESTED = "an archive inside an archive; unpack it first"


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one entry of an archive (``entry`` is its place in the archive's directory)."""

    name: str = field(repr=False)
    path: Path = field(repr=False)
    entry: int = -1

    @property
    def key(self) -> str:
        """What tells it from every other source of the drop."""
        return f"{self.path}\n{self.entry}"


def find_sources(paths: Sequence[Path], limits: Limits) -> Iterator[Source | Rejected]:
    """Every readable thing below the paths, in a stable order, and whatever is not one.

    A disc's index (DICOMDIR) dropped by itself stands for the files it lists; inside a folder or
    an archive it only tells which of its files are missing, as everything there is read anyway.
    No file is given twice.
    """
    count = 0
    met: set[str] = set()
    for path in paths:
        for found in _dropped(path, limits):
            if isinstance(found, Source):
                if found.key in met:
                    continue
                met.add(found.key)
            count += 1
            if count > limits.files:
                yield Rejected(clean_text(path.name), f"more than {limits.files:,} files")
                return
            yield found


class SourceReader:
    """Gives the content of sources; keeps the last archive open, as entries come in a row."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._path: Path | None = None
        self._archive: zipfile.ZipFile | None = None

    def read(self, source: Source) -> bytes:
        """The whole content, bounded by the limits.

        Raises
        ------
        UnreadableFileError
            Too large, gone, or an archive entry that is damaged or lies about its size.
        """
        try:
            if source.entry < 0:
                return _read_file(source.path, self._limits.file_bytes)
            archive = self._opened(source.path)
            info = archive.infolist()[source.entry]
            with archive.open(info) as entry:
                return _bounded(entry, info.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise UnreadableFileError("its entry in the archive is damaged") from error
        except (OSError, NotImplementedError) as error:
            raise UnreadableFileError(f"it cannot be read ({_plain(error)})") from error

    def close(self) -> None:
        """Let go of the archive."""
        if self._archive is not None:
            self._archive.close()
        self._path = self._archive = None

    def _opened(self, path: Path) -> zipfile.ZipFile:
        if self._archive is None or self._path != path:
            self.close()
            file = open_plain(path)
            self._archive, self._path = zipfile.ZipFile(file), path
        return self._archive


def inflate(data: bytes, window_bits: int, limits: Limits) -> bytes:
    """Unpack a deflate (-15) or gzip (31) stream, never past the limits.

    Raises
    ------
    UnreadableFileError
        The stream is damaged or grows beyond the limits.
    """
    most = min(limits.inflated_bytes, max(limits.ratio * len(data), _HARMLESS))
    stream = zlib.decompressobj(window_bits)
    try:
        out = stream.decompress(data, most)
    except zlib.error as error:
        raise UnreadableFileError("its compressed content is damaged") from error
    if stream.unconsumed_tail:
        raise UnreadableFileError("its compressed content grows beyond the limits (a zip bomb?)")
    return out


def _dropped(path: Path, limits: Limits) -> Iterator[Source | Rejected]:
    if _is_index(path):
        yield from _index(path, clean_text(path.name), limits, follow=True)
    else:
        yield from _walk(path, path.name, limits)


def _is_index(path: Path) -> bool:
    return path.name.upper() == INDEX and path.is_file() and not path.is_symlink()


def _index(path: Path, label: str, limits: Limits, *, follow: bool) -> Iterator[Source | Rejected]:
    """What a disc's index says; with ``follow`` the files it lists are given too."""
    from viewer.dicom.dicomdir import Disc, listed_files, shown  # noqa: PLC0415 - pydicom, only where needed

    try:
        listed = listed_files(_read_file(path, limits.header_bytes))
    except Exception as error:  # noqa: BLE001 - hostile input: whatever fails is the file's fault
        yield Rejected(label, f"{_BAD_INDEX} ({_plain(error)})")
        return
    if listed is None:
        yield from _look_into(path, label, limits)
        return
    yield Rejected(label, _index_says(len(listed)))
    disc = Disc(path.parent)
    for parts in listed:
        name = f"{label.removesuffix(path.name)}{shown(parts)}"
        found = disc.look_up(parts)
        if isinstance(found, str):
            yield Rejected(name, found)
        elif follow:
            yield from _look_into(found, name, limits)


def _walk(path: Path, name: str, limits: Limits) -> Iterator[Source | Rejected]:
    label = clean_text(name) or "unnamed"
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        yield Rejected(label, f"it cannot be read ({_plain(error)})")
        return
    if stat.S_ISLNK(mode):
        yield Rejected(label, "a link; links are not followed")
    elif stat.S_ISDIR(mode):
        yield from _walk_folder(path, label, limits)
    elif stat.S_ISREG(mode):
        yield from _look_into(path, label, limits)
    else:
        yield Rejected(label, "not a file")


def _walk_folder(folder: Path, label: str, limits: Limits) -> Iterator[Source | Rejected]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        yield Rejected(label, f"the folder cannot be read ({_plain(error)})")
        return
    if not names:
        yield Rejected(label, "an empty folder")
    for name in names:
        path, inner = folder / name, f"{label}/{name}"
        if _is_index(path):
            yield from _index(path, clean_text(inner), limits, follow=False)
        else:
            yield from _walk(path, inner, limits)


def _look_into(path: Path, label: str, limits: Limits) -> Iterator[Source | Rejected]:
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            mark = file.read(4)
    except OSError as error:
        yield Rejected(label, f"it cannot be read ({_plain(error)})")
        return
    if not size:
        yield Rejected(label, "an empty file")
    elif mark in _ZIP_MARKS:
        yield from _archive(path, label, limits)
    elif size > limits.file_bytes:
        yield Rejected(label, f"larger than {limits.file_bytes >> 20:,} MiB")
    else:
        yield Source(label, path)


def _archive(path: Path, label: str, limits: Limits) -> Iterator[Source | Rejected]:
    try:
        with open_plain(path) as file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            size = os.fstat(file.fileno()).st_size
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield Rejected(label, f"a damaged zip archive ({_plain(error)})")
        return
    if reason := _archive_fault(entries, size, limits):
        yield Rejected(label, reason)
        return
    if not any(not entry.is_dir() for entry in entries):
        yield Rejected(label, "an empty zip archive")
    for number, entry in enumerate(entries):
        if entry.is_dir():
            continue
        name = f"{label}: {clean_text(entry.filename)}"
        reason = _entry_fault(entry, limits)
        if not reason and entry.filename.rsplit("/", 1)[-1].upper() == INDEX:
            yield from _packed_index(Source(name, path, number), label, entries, limits)
        else:
            yield Rejected(name, reason) if reason else Source(name, path, number)


def _packed_index(
    source: Source, label: str, entries: list[zipfile.ZipInfo], limits: Limits
) -> Iterator[Source | Rejected]:
    """What a disc's index inside an archive says; all entries are given anyway."""
    from viewer.dicom.dicomdir import listed_files, look_up_entry, shown  # noqa: PLC0415 - pydicom, only where needed

    try:
        reader = SourceReader(limits)
        listed = listed_files(reader.read(source))
        reader.close()
    except Exception as error:  # noqa: BLE001 - hostile input: whatever fails is the file's fault
        yield Rejected(source.name, f"{_BAD_INDEX} ({_plain(error)})")
        return
    if listed is None:
        yield source
        return
    yield Rejected(source.name, _index_says(len(listed)))
    names = {entry.filename.lower() for entry in entries}
    base = entries[source.entry].filename[: -len(INDEX)]
    for parts in listed:
        if reason := look_up_entry(names, base, parts):
            yield Rejected(f"{label}: {clean_text(base)}{shown(parts)}", reason)


def _archive_fault(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> str:
    if len(entries) > limits.zip_entries:
        return f"a zip archive of more than {limits.zip_entries:,} entries"
    total = sum(entry.file_size for entry in entries)
    if total > limits.zip_bytes:
        return f"a zip archive of more than {limits.zip_bytes >> 30} GiB"
    if total > limits.ratio * max(size, _HARMLESS // limits.ratio):
        return f"a zip archive that grows more than {limits.ratio} times (a zip bomb?)"
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return "a zip archive whose entries overlap (a zip bomb?)"
        end = entry.header_offset + 30 + entry.compress_size
    return ""


def _entry_fault(entry: zipfile.ZipInfo, limits: Limits) -> str:
    most = min(limits.file_bytes, limits.inflated_bytes)
    growth = limits.ratio * max(entry.compress_size, _HARMLESS // limits.ratio)
    faults = (
        (stat.S_ISLNK(entry.external_attr >> 16), "a link; links are not followed"),
        (entry.flag_bits & _ENCRYPTED, "protected by a password; unpack it first"),
        (entry.filename.lower().endswith(".zip"), NESTED),
        (entry.file_size > most, f"larger than {most >> 20:,} MiB"),
        (entry.file_size > growth, f"it grows more than {limits.ratio} times (a zip bomb?)"),
        (not entry.file_size, "an empty file"),
    )
    return next((reason for wrong, reason in faults if wrong), "")


def open_plain(path: Path) -> IO[bytes]:
    """Open a file that is no link, for reading."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    return os.fdopen(handle, "rb")


def _read_file(path: Path, most: int) -> bytes:
    """The whole file; no more memory than it needs is asked for, whatever the limit is."""
    with open_plain(path) as file:
        return _bounded(file, min(os.fstat(file.fileno()).st_size, most))


def _bounded(file: IO[bytes], most: int) -> bytes:
    data = file.read(most + 1)
    if len(data) > most:
        raise UnreadableFileError("larger than it said, or than the limits allow")
    return data


def _index_says(count: int) -> str:
    return f"the index of a disc (DICOMDIR), not an image; it lists {count:,} files"


def _plain(error: Exception) -> str:
    return clean_text(getattr(error, "strerror", None) or error, 200).rstrip(".")
