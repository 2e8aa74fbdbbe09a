"""Making a backup: a whole new generation beside the old ones, or none.

First the database as it stands and the small files go into a folder that counts for nothing,
then the image files that are not there yet, then the list; the rename at the very end makes it
count. Whatever stops it before, the generations made earlier stay as they are.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from app.errors import BackupError, DiskFullError
from app.storage.backup_folder import (
    DATABASE,
    MANIFEST,
    PIXELS,
    SMALL,
    BackupFolder,
    Kept,
    Manifest,
    Reading,
    Sparing,
    kept_at,
    kept_of,
    name_of,
    number_of,
    pixel_path,
    read_manifest,
)
from app.storage.files import FULL, PART, make_private, sync_folder, write_whole
from app.storage.work import Storage
from app.version import VERSION
from viewer.ports import Progress

KEEP = 7
"""How many generations are kept."""

_RESERVE = 32 << 20
_STANDS = "What was backed up before is untouched."


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: its folder's name, and what had to be copied for it, in bytes.

    ``missing`` counts image files the database names that the workstation itself has lost.
    """

    generation: str
    at: datetime
    new_files: int
    new_bytes: int
    files: int
    missing: int


def back_up(
    storage: Storage,
    chosen: Path,
    at: datetime,
    progress: Progress,
    *,
    begun: bool = False,
    reread: bool = False,
) -> Made:
    """Make a new generation below a folder on another disk; return what was made.

    Parameters
    ----------
    at
        Aware; the generation's name and what its list says.
    progress
        May raise to stop: then no generation is made.
    begun
        Whether a backup has been made there before. If it is not there now, the disk is not
        connected, and nothing must be begun anew on what lies in its place.
    reread
        Whether image files that are there are read again and replaced where they are damaged.

    Raises
    ------
    BackupError
        It was not made; the text says why. Every earlier generation stays as it is.
    """
    with _in_plain_words():
        folder = _place(storage, chosen, begun=begun)
        return _Run(storage, folder, at, progress, reread=reread).make()


def _place(storage: Storage, chosen: Path, *, begun: bool) -> BackupFolder:
    """Return where the clinic's backups are kept, or say why they can not be kept there."""
    if chosen.resolve().is_relative_to(storage.folder.resolve()):
        raise BackupError("A backup must not lie inside the workstation's own folder.")
    if not chosen.is_dir():
        raise BackupError(f"The backup's folder is not there. Is its disk connected? {_STANDS}")
    folder = BackupFolder.of(chosen, storage.clinic_id())
    if begun and not folder.generations():
        raise BackupError(
            "The backups made here before are not there: another disk is connected, or none."
            " To begin anew on this one, choose the folder again."
        )
    return folder


class _UnreadableError(Exception):
    """The workstation's own disk does not give an image file any more."""


class _Run:
    """One backup under way."""

    def __init__(
        self,
        storage: Storage,
        folder: BackupFolder,
        at: datetime,
        progress: Progress,
        *,
        reread: bool,
    ) -> None:
        self._storage, self._folder = storage, folder
        self._at, self._progress, self._reread = at, progress, reread
        self._new_files = self._new_bytes = 0

    def make(self) -> Made:
        """Copy everything, then let it count, then let the oldest go."""
        for one in (self._folder.root, self._folder.generations_folder):
            make_private(one)
        for one in self._folder.leftovers():
            shutil.rmtree(one)
        number = max((number_of(one) for one in self._folder.generations()), default=0) + 1
        final = self._folder.generations_folder / name_of(number, self._at)
        part = final.with_name(final.name + PART)
        make_private(part)
        try:
            manifest = self._fill(part, number)
            self._progress(0.99, "Putting the backup in place")
            write_whole(part / MANIFEST, [manifest.to_bytes(self._storage.backup_key)])
            part.rename(final)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        sync_folder(final.parent)
        prune(self._folder, self._storage.backup_key)
        return Made(
            final.name,
            self._at,
            self._new_files,
            self._new_bytes,
            len(manifest.pixels),
            len(manifest.missing),
        )

    def _fill(self, part: Path, number: int) -> Manifest:
        files = self._freeze(part)
        pixels, missing = self._pixels(self._storage.named_in(part / DATABASE))
        for one in ("inbox", ""):
            if (part / one).is_dir():
                sync_folder(part / one)
        return Manifest(
            clinic=self._storage.clinic_id(),
            number=number,
            made_at=self._at.isoformat(),
            program=VERSION,
            files=files,
            pixels=pixels,
            missing=missing,
        )

    def _freeze(self, part: Path) -> tuple[Kept, ...]:
        """Copy database and small files as they stand at one moment."""
        small: dict[str, bytes] = {}

        def beside(size: int) -> None:
            small.update(_small_files(self._storage.folder))
            self._check_room(size)

        self._storage.copy_to(part / DATABASE, beside, self._scaled(0.0, 0.2))
        with (part / DATABASE).open("r+b") as copied:
            os.fsync(copied.fileno())
        if faults := self._storage.faults_in(part / DATABASE):
            raise BackupError(
                f"The copy of the database is damaged ({faults[0]}). The backup was not made."
            )
        for path, data in small.items():
            make_private((part / path).parent)
            write_whole(part / path, [data])
        database = kept_at(part / DATABASE, DATABASE)
        return (database, *(kept_of(path, data) for path, data in small.items()))

    def _pixels(self, named: frozenset[str]) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
        """Copy what is not there yet; return what the generation holds and what is nowhere."""
        known = self._known()
        kept: dict[str, Kept] = {}
        to_copy: list[str] = []
        looking = Sparing(self._progress)
        for file_id in sorted(named):
            looking(0.2, "Looking at what is there")
            path = pixel_path(file_id)
            there = self._there(path, known.get(path))
            if there is not None:
                kept[path] = there
            else:
                to_copy.append(path)
        sizes = {path: _size(self._storage.folder / path) for path in to_copy}
        missing = [path for path, size in sizes.items() if size is None]
        total = sum(size for size in sizes.values() if size is not None)
        self._check_room(total)
        done = 0
        for path, size in sizes.items():
            if size is None:
                continue
            self._progress(0.2 + 0.78 * done / max(1, total), "Copying images")
            try:
                kept[path] = self._copy(path)
            except _UnreadableError:
                missing.append(path)
            done += size
        lost = tuple(sorted(Path(path).name for path in missing))
        return tuple(kept[path] for path in sorted(kept)), lost

    def _known(self) -> Mapping[str, Kept]:
        """Return what the newest sound list says of the image files."""
        for generation in self._folder.generations():
            try:
                manifest = read_manifest(generation, self._storage.backup_key)
            except BackupError:
                continue
            return {one.path: one for one in manifest.pixels}
        return {}

    def _there(self, path: str, known: Kept | None) -> Kept | None:
        """Return the entry of an image file that is there already and need not be copied.

        One that no list tells of, as a backup that was stopped leaves it, is compared.
        """
        target, source = self._folder.root / path, self._storage.folder / path
        if _size(target) is None or (known is not None and _size(target) != known.size):
            return None
        if known is not None and not self._reread:
            return known
        found = kept_at(target, path)
        if known is not None:
            return known if found == known else None
        if _size(source) is None or kept_at(source, path) == found:
            return found
        return None

    def _copy(self, path: str) -> Kept:
        reading = Reading(self._storage.folder / path)
        target = self._folder.root / path

        def read() -> Iterator[memoryview]:
            try:
                yield from reading
            except OSError as error:
                raise _UnreadableError(path) from error

        make_private(target.parent.parent)
        make_private(target.parent)
        write_whole(target, read())
        self._new_files += 1
        self._new_bytes += reading.size
        return reading.kept_as(path)

    def _check_room(self, needed: int) -> None:
        if shutil.disk_usage(self._folder.root).free < needed + _RESERVE:
            raise BackupError(
                f"There is not enough room on the backup's disk: {needed // 1_000_000 + 1} MB are"
                f" needed. {_STANDS}"
            )

    def _scaled(self, start: float, share: float) -> Progress:
        def told(fraction: float, text: str, /) -> None:
            self._progress(start + share * fraction, text)

        return told


def prune(folder: BackupFolder, key: bytes, keep: int = KEEP) -> None:
    """Let the oldest generations go, and the image files that only they held.

    While the list of one that stays cannot be read no image file goes.
    """
    generations = folder.generations()
    for old in generations[keep:]:
        gone = old.with_name(old.name + PART)
        old.rename(gone)
        sync_folder(gone.parent)
        shutil.rmtree(gone)
    wanted: set[str] = set()
    for one in generations[:keep]:
        try:
            wanted.update(kept.path for kept in read_manifest(one, key).pixels)
        except BackupError:
            return
    for path in (folder.root / PIXELS).glob("??/*"):
        if path.relative_to(folder.root).as_posix() not in wanted:
            path.unlink()


def _small_files(home: Path) -> dict[str, bytes]:
    sealed = sorted(path.relative_to(home).as_posix() for path in home.glob("inbox/*.sealed"))
    return {
        path: (home / path).read_bytes() for path in (*SMALL, *sealed) if (home / path).is_file()
    }


def _size(path: Path) -> int | None:
    """Return how long a file is, or None if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Tell what a disk or the database's driver says as a BackupError."""
    try:
        yield
    except (DiskFullError, OSError, sqlcipher.Error) as error:
        full = isinstance(error, DiskFullError) or "is full" in str(error)
        full = full or (isinstance(error, OSError) and error.errno in FULL)
        reason = "The backup's disk is full" if full else "The backup's disk could not be written"
        raise BackupError(f"{reason}; is it still connected? {_STANDS}") from error
