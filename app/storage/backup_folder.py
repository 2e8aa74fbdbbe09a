"""What a backup looks like on its disk, and the list of what a generation holds.

::

    sagittal-backup-<clinic>/
        pixels/ab/<id>                        encrypted image files, shared by all generations
        generations/000007-2026-11-28T010203Z/
            sagittal.db, keystore.json, ...   the encrypted database and the small files
            manifest.json                     path, size and SHA-256 of each file

The list bears a plain digest, so that anybody can tell an accident, and a seal of the clinic's
backup key, so that nobody else can write one. It names no person and no clinic, only ids.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785

from app.errors import BackupError
from app.storage.files import PART
from viewer.ports import Progress

DATABASE = "sagittal.db"
MANIFEST = "manifest.json"
PIXELS = "pixels"
SMALL = (
    "keystore.json",
    "keystore.previous.json",
    "device.json",
    "device.previous.json",
    "sagittal.check",
    "audit.anchor",
    "preferences.json",
)
"""The small files of a home, beside the sealed sign-ups in ``inbox``; not each is always there."""

_PREFIX = "sagittal-backup-"
_STORE = re.compile(_PREFIX + "[0-9a-f]{12}")
_GENERATION = re.compile(r"(\d{6})-\d{4}-\d\d-\d\dT\d{6}Z")
_PATH = re.compile(
    "|".join(re.escape(name) for name in (*SMALL, DATABASE))
    + r"|inbox/[0-9a-f]{32}\.sealed|pixels/([0-9a-f]{2})/\1[0-9a-f]{30}"
)
_DIGEST = re.compile("[0-9a-f]{64}")
_BLOCK = 1 << 20
_STEPS, _SHARE = 64, 0.005
_UNREADABLE = "The list of this backup is damaged."


@dataclass(frozen=True, slots=True)
class Kept:
    """One file: where it belongs in a home, its bytes as kept, and their SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation holds.

    Attributes
    ----------
    clinic
        Stands for the clinic's keys, 32 hex digits.
    number
        Counts the generations of a folder, from 1.
    made_at
        UTC, ISO 8601.
    program
        Version of the program that made it.
    files
        The database and the small files, in the generation's own folder.
    pixels
        Encrypted image files the database names, in the shared folder.
    missing
        Those it names that were nowhere to be had when it was made.
    """

    clinic: str
    number: int
    made_at: str
    program: str
    files: tuple[Kept, ...]
    pixels: tuple[Kept, ...]
    missing: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """When it was made, aware, in UTC."""
        return datetime.fromisoformat(self.made_at).astimezone(UTC)

    def to_bytes(self, key: bytes) -> bytes:
        """Return the list with its digest and its seal."""
        body: dict[str, Any] = asdict(self)
        plain = rfc8785.dumps(body)
        told: dict[str, Any] = {
            "format": 1,
            "body": body,
            "sha256": _sha256(plain),
            "mac": _mac(key, plain),
        }
        return rfc8785.dumps(told)

    @classmethod
    def from_bytes(cls, data: bytes, key: bytes | None = None) -> Manifest:
        """Return the list; with a key only if the clinic sealed it.

        Raises
        ------
        BackupError
            It was damaged, names a file no home has, or, with a key, is somebody else's.
        """
        try:
            whole = json.loads(data)
            body = whole["body"]
            plain = rfc8785.dumps(body)
            sound = rfc8785.dumps(whole) == data and whole["sha256"] == _sha256(plain)
            lists = {name: tuple(_kept(one) for one in body[name]) for name in ("files", "pixels")}
            made = cls(**{**body, **lists, "missing": tuple(body["missing"])})
            sound = sound and made.at is not None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(_UNREADABLE) from error
        if not sound:
            raise BackupError(_UNREADABLE)
        if key is not None and not hmac.compare_digest(str(whole.get("mac")), _mac(key, plain)):
            raise BackupError("This backup was not made by this clinic, or its list was changed.")
        return made


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """The folder of one clinic's backups."""

    root: Path

    @classmethod
    def of(cls, chosen: Path, clinic: str) -> BackupFolder:
        """Return where the backups of a clinic are kept below a folder somebody chose."""
        return cls(chosen / (_PREFIX + clinic[:12]))

    @classmethod
    def found(cls, chosen: Path) -> tuple[BackupFolder, ...]:
        """Return the backups in a folder, which may be one itself."""
        if _STORE.fullmatch(chosen.name) and (chosen / "generations").is_dir():
            return (cls(chosen),)
        inside = sorted(one for one in chosen.glob(_PREFIX + "*") if _STORE.fullmatch(one.name))
        return tuple(cls(one) for one in inside if (one / "generations").is_dir())

    @property
    def generations_folder(self) -> Path:
        """Where the generations lie."""
        return self.root / "generations"

    def generations(self) -> tuple[Path, ...]:
        """Return the whole generations, the newest first."""
        try:
            found = [one for one in self.generations_folder.iterdir() if number_of(one)]
        except FileNotFoundError:
            return ()
        return tuple(sorted(found, key=number_of, reverse=True))

    def leftovers(self) -> tuple[Path, ...]:
        """Return what an interrupted backup left of a generation."""
        return tuple(self.generations_folder.glob("*" + PART))

    def place_of(self, generation: Path, kept: Kept) -> Path:
        """Return where a file of a generation lies."""
        return (self.root if kept.path.startswith(PIXELS + "/") else generation) / kept.path


def number_of(generation: Path) -> int:
    """Return a generation's number; 0 if the folder is none."""
    match = _GENERATION.fullmatch(generation.name)
    return int(match[1]) if match else 0


def name_of(number: int, at: datetime) -> str:
    """Return the name of a generation: it sorts by number, whatever the clock says."""
    return f"{number:06d}-{at.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


def read_manifest(generation: Path, key: bytes | None = None) -> Manifest:
    """Return the list of a generation, see ``Manifest.from_bytes``; BackupError without one."""
    try:
        data = (generation / MANIFEST).read_bytes()
    except OSError as error:
        raise BackupError("The list of this backup cannot be read.") from error
    made = Manifest.from_bytes(data, key)
    if made.number != number_of(generation):
        raise BackupError(_UNREADABLE)
    return made


def pixel_path(file_id: str) -> str:
    """Return where a pixel file belongs in a home."""
    return f"{PIXELS}/{file_id[:2]}/{file_id}"


class Reading:
    """Reads a file in blocks, once, and knows size and SHA-256 of what it read."""

    def __init__(self, path: Path) -> None:
        self._path, self._digest, self.size = path, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[memoryview]:
        """Give the file's blocks; each is overwritten by the next."""
        block = memoryview(bytearray(_BLOCK))
        with self._path.open("rb", buffering=0) as file:
            while count := file.readinto(block):
                self._digest.update(block[:count])
                self.size += count
                yield block[:count]

    def kept_as(self, path: str) -> Kept:
        """Return the entry of what was read, as the file at that place of a home."""
        return Kept(path, self.size, self._digest.hexdigest())


def kept_at(place: Path, path: str, told: Callable[[int], None] = lambda _size: None) -> Kept:
    """Return the entry of a file that lies at a place; ``told`` hears how much was read."""
    reading = Reading(place)
    for block in reading:
        told(len(block))
    return reading.kept_as(path)


class Sparing:
    """Passes progress on, and so hears of a cancel, but not at each of very many small steps."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._steps, self._told = progress, 0, -1.0

    def __call__(self, fraction: float, text: str, /) -> None:
        """Tell what is new by half a percent, and every 64th step."""
        self._steps += 1
        if self._steps % _STEPS == 0 or not self._told <= fraction < self._told + _SHARE:
            self._told = fraction
            self._progress(fraction, text)


def kept_of(path: str, data: bytes) -> Kept:
    """Return the entry of a small file."""
    return Kept(path, len(data), _sha256(data))


def _kept(entry: dict[str, Any]) -> Kept:
    path, size, digest = str(entry["path"]), entry["size"], str(entry["sha256"])
    whole = type(size) is int and size >= 0 and len(entry) == 3
    if not whole or not _PATH.fullmatch(path) or not _DIGEST.fullmatch(digest):
        raise ValueError(path)
    return Kept(path, size, digest)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mac(key: bytes, plain: bytes) -> str:
    return hmac.new(key, b"backup-manifest|" + plain, hashlib.sha256).hexdigest()
