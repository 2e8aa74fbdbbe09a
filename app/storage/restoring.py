"""Bringing a backup back into an empty folder, without any key: whole, or not at all.

Every file is checked against the list while it is copied. An image file that is damaged is left
out and told, so that it takes nothing else with it; a damaged database, keystore or list stops
the restoring, and an older generation can be named instead.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import BackupError, DiskFullError
from app.storage.backup_folder import (
    BackupFolder,
    Kept,
    Manifest,
    Reading,
    number_of,
    read_manifest,
)
from app.storage.files import make_private, sync_folder, write_whole
from viewer.ports import Progress

MARK = "restored.json"
"""Lies in a restored home until it is first opened, and says which backup it came from."""

_RESERVE = 32 << 20
_PART = ".restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; ``left_out`` are image files damaged in the backup or not in it."""

    home: Path
    generation: str
    made_at: datetime
    files: int
    left_out: tuple[str, ...]


class _DamagedError(Exception):
    """A file is not as listed."""


def generations_in(chosen: Path) -> tuple[Path, ...]:
    """Return the generations below a folder, the newest first.

    Raises
    ------
    BackupError
        There is no backup, or there are those of several clinics: then one has to be named.
    """
    found = BackupFolder.found(chosen)
    if len(found) > 1:
        names = ", ".join(one.root.name for one in found)
        raise BackupError(f"There are backups of several clinics. Name one of: {names}.")
    generations = found[0].generations() if found else ()
    if not generations:
        raise BackupError(f"There is no backup in {chosen}.")
    return generations


def restore(chosen: Path, home: Path, progress: Progress, generation: str = "") -> Restored:
    """Bring a generation back into a home that is empty or not there yet.

    Parameters
    ----------
    chosen
        The folder backups were made to, or the one of them in it.
    generation
        Its name or its number; by default the newest.

    Raises
    ------
    BackupError
        Nothing was restored; the text says why.
    """
    there = generations_in(chosen)
    wanted = [one for one in there if generation in {"", one.name, str(number_of(one))}]
    if not wanted:
        names = ", ".join(one.name for one in there)
        raise BackupError(f"There is no generation {generation}. There are: {names}.")
    where = wanted[0]
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupError(
            f"{home} is not empty. A backup is restored into a new or an empty folder only, so"
            " that it never takes the place of what is there."
        )
    part = home.with_name(home.name + _PART)
    if part.exists():
        raise BackupError(f"{part} is there from a restoring that was cut short. Remove it first.")
    manifest = read_manifest(where)
    with _in_plain_words():
        return _bring_back(where, manifest, (home, part), progress)


def _bring_back(
    where: Path, manifest: Manifest, into: tuple[Path, Path], progress: Progress
) -> Restored:
    home, part = into
    folder = BackupFolder(where.parent.parent)
    home.parent.mkdir(parents=True, exist_ok=True)
    everything = (*manifest.files, *manifest.pixels)
    total, done = sum(one.size for one in everything), 0
    if shutil.disk_usage(home.parent).free < total + _RESERVE:
        raise BackupError(f"There is not enough room for {total // 1_000_000 + 1} MB.")
    left_out = list(manifest.missing)
    make_private(part)
    try:
        for kept in everything:
            progress(done / max(1, total), "Restoring")
            try:
                _copy(folder.place_of(where, kept), part / kept.path, kept)
            except _DamagedError as error:
                if kept not in manifest.pixels:
                    raise BackupError(
                        f"{kept.path} of {where.name} is damaged. Nothing was restored; name an"
                        " older generation."
                    ) from error
                left_out.append(Path(kept.path).name)
            done += kept.size
        told = {"generation": where.name, "made_at": manifest.made_at}
        write_whole(part / MARK, [json.dumps(told).encode()])
        for one in sorted(path for path in part.rglob("*") if path.is_dir()):
            sync_folder(one)
        if home.exists():
            home.rmdir()
        part.rename(home)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    try:
        sync_folder(home.parent)
    except OSError as error:
        raise BackupError(
            f"The disk failed at the very end. Remove {home} and restore again."
        ) from error
    return Restored(home, where.name, manifest.at, len(everything), tuple(left_out))


def _copy(source: Path, target: Path, kept: Kept) -> None:
    """Copy a file, durably, unless it is not as listed."""
    reading = Reading(source)

    def checked() -> Iterator[memoryview]:
        try:
            yield from reading
        except OSError as error:
            raise _DamagedError(kept.path) from error
        if reading.kept_as(kept.path) != kept:
            raise _DamagedError(kept.path)

    make_private(target.parent.parent)
    make_private(target.parent)
    write_whole(target, checked())


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except (DiskFullError, OSError) as error:
        full = isinstance(error, DiskFullError)
        reason = "There is not enough room" if full else "The disk could not be read or written"
        raise BackupError(f"{reason}. Nothing was restored.") from error
