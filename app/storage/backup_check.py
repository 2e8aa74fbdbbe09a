"""Whether a backup would serve: every byte of it against its list, and the database by its key."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from app.errors import BackupError
from app.storage.backup_folder import (
    DATABASE,
    MANIFEST,
    BackupFolder,
    Manifest,
    Sparing,
    kept_at,
    pixel_path,
    read_manifest,
)
from app.storage.work import Storage
from viewer.ports import Progress


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a generation found; sound if there are no faults.

    ``missing`` counts image files that were lost already when the backup was made.
    """

    generation: str
    faults: tuple[str, ...]
    files: int
    missing: int = 0

    @property
    def sound(self) -> bool:
        """Whether everything is as it was backed up."""
        return not self.faults


def verify(storage: Storage, chosen: Path, progress: Progress, generation: str = "") -> Checked:
    """Check a generation, by default the newest, byte for byte; nothing is changed.

    Raises
    ------
    BackupError
        There is no backup of this clinic below that folder.
    """
    folder = BackupFolder.of(chosen, storage.clinic_id())
    there = {one.name: one for one in folder.generations()}
    name = generation or next(iter(there), "")
    if name not in there:
        raise BackupError("There is no backup of this clinic in that folder. Is its disk there?")
    where = there[name]
    try:
        manifest = read_manifest(where, storage.backup_key)
    except BackupError as error:
        return Checked(name, (str(error),), 0)
    faults = damaged_files(folder, where, manifest, progress)
    faults += _strangers(where, manifest)
    if not any(one.startswith(DATABASE) for one in faults):
        faults += _database_faults(storage, where, manifest)
    count = len(manifest.files) + len(manifest.pixels)
    return Checked(name, faults, count, len(manifest.missing))


def damaged_files(
    folder: BackupFolder, generation: Path, manifest: Manifest, progress: Progress
) -> tuple[str, ...]:
    """Return every file of a list that is missing or not as listed, with what is wrong."""
    everything = (*manifest.files, *manifest.pixels)
    total, done = sum(one.size for one in everything), 0
    faults: list[str] = []
    sparing = Sparing(progress)

    def told(count: int) -> None:
        nonlocal done
        done += count
        sparing(min(1.0, done / max(1, total)), "Checking the backup")

    for kept in everything:
        try:
            found = kept_at(folder.place_of(generation, kept), kept.path, told)
        except OSError:
            faults.append(f"{kept.path} is missing or cannot be read")
            continue
        if found != kept:
            faults.append(f"{kept.path} is damaged")
    return tuple(faults)


def _strangers(generation: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return what lies in a generation and is not in its list."""
    listed = {MANIFEST, *(one.path for one in manifest.files)}
    found = {
        path.relative_to(generation).as_posix()
        for path in generation.rglob("*")
        if not path.is_dir()
    }
    return tuple(f"{one} does not belong there" for one in sorted(found - listed))


def _database_faults(storage: Storage, generation: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return what is wrong inside the database, or what it names and the list does not.

    The tables of an older program may be others: then the list stands for what was named.
    """
    copy = generation / DATABASE
    if faults := storage.faults_in(copy):
        return tuple(f"{DATABASE}: {one}" for one in faults[:3])
    try:
        named = storage.named_in(copy)
    except DBAPIError:
        return ()
    listed = {one.path for one in manifest.pixels} | {pixel_path(one) for one in manifest.missing}
    lacking = sorted(pixel_path(one) for one in named if pixel_path(one) not in listed)
    return tuple(f"{one} is named by the database and not in the list" for one in lacking)
