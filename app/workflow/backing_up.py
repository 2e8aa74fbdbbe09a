"""Backups: where they go, made now or every day by itself, checked, and remembered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from app.accounts.permissions import Permission
from app.errors import BackupError
from app.events import BackupTurned
from app.records import SYSTEM
from app.storage.backup import Made
from app.storage.backup import back_up as make_one
from app.storage.backup_check import Checked
from app.storage.backup_check import verify as check_one
from app.storage.work import Storage, Work
from app.workflow.session import Session
from viewer.ports import Progress

DAY = timedelta(days=1)
RETRY = timedelta(hours=1)
CHECK_EVERY = timedelta(days=7)
OVERDUE = timedelta(days=7)
"""After how long without a backup the staff are told."""

_KEY = "backup"
_ONE_AT_A_TIME = threading.Lock()
_SHOWN = 3
Begin = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class BackupState:
    """What is set and what is known of the backups; times are ISO 8601, UTC, or empty.

    Attributes
    ----------
    folder
        Where they go, or empty.
    daily
        Whether one is made every day by itself, while somebody is signed in.
    begun
        Whether one was made in that folder.
    same_disk
        Whether the folder lies on the disk of the workstation itself, and goes with it.
    made_at, generation, new_bytes, missing
        The last one: when, its name, what was copied for it, and how many image files the
        workstation itself had lost.
    checked_at, checked, faults
        The last check: when, of which generation, and the first things it found.
    failed_at, failure
        The last one that was not made, since; empty once one was.
    """

    folder: str = ""
    daily: bool = False
    begun: bool = False
    same_disk: bool = False
    made_at: str = ""
    generation: str = ""
    new_bytes: int = 0
    missing: int = 0
    checked_at: str = ""
    checked: str = ""
    faults: tuple[str, ...] = ()
    failed_at: str = ""
    failure: str = ""

    @property
    def last(self) -> datetime | None:
        """When the last one was made, if any."""
        return datetime.fromisoformat(self.made_at) if self.made_at else None

    @property
    def is_checked(self) -> bool:
        """Whether the last one was checked, whatever came of it."""
        return bool(self.generation) and self.checked == self.generation


def state(session: Session) -> BackupState:
    """Return what is set and what is known of the backups."""
    session.authorize(Permission.BACK_UP)
    with session.begin() as work:
        return _read(work)


def choose(
    session: Session, folder: Path | None, *, daily: bool, anew: bool = False
) -> BackupState:
    """Say where backups go (None: nowhere) and whether one is made every day.

    ``anew``: they may be begun anew there, where others had been and another disk is now.

    Raises
    ------
    BackupError
        There is no such folder, or it lies in the workstation's own.
    """
    session.authorize(Permission.BACK_UP)
    if folder is not None and not folder.is_dir():
        raise BackupError("There is no such folder.")
    if folder is not None and folder.resolve().is_relative_to(session.storage.folder.resolve()):
        raise BackupError("A backup must not lie inside the workstation's own folder.")
    own_disk = session.storage.folder.stat().st_dev
    same_disk = folder is not None and folder.stat().st_dev == own_disk
    with session.begin() as work:
        before = _read(work)
        chosen = str(folder) if folder is not None else ""
        after = replace(
            before,
            folder=chosen,
            daily=daily and bool(chosen),
            begun=before.begun and chosen == before.folder and not anew,
            same_disk=same_disk,
            failed_at="",
            failure="",
        )
        _write(work, after)
        work.note("backup.chosen", "backup", detail="daily" if after.daily else "by hand")
    return after


def back_up(session: Session, progress: Progress) -> Made:
    """Make a backup now; whatever becomes of it is recorded.

    Raises
    ------
    BackupError
        It was not made: the text says why. The ones made before stand.
    """
    session.authorize(Permission.BACK_UP)
    with session.begin() as work:
        before = _read(work)
    made = _make(session.storage, before, session.now(), progress, session.begin_results)
    session.bus.publish(BackupTurned())
    return made


def verify(session: Session, progress: Progress) -> Checked:
    """Check the newest backup byte for byte; what was found is recorded.

    Raises
    ------
    BackupError
        There is none in the folder that is set.
    """
    session.authorize(Permission.BACK_UP)
    with session.begin() as work:
        before = _read(work)
    checked = _check(session.storage, before, session.now(), progress, session.begin_results)
    session.bus.publish(BackupTurned())
    return checked


def days_without(session: Session) -> int:
    """Return for how many days there was no backup, if that is too long; otherwise 0."""
    session.authorize(Permission.SEE_CALENDAR)
    with session.begin() as work:
        last = _read(work).last
        if last is None:
            last = min((one.created_at for one in work.accounts.all()), default=session.now())
    without = session.now() - last
    return without.days if without >= OVERDUE else 0


def daily_turn(storage: Storage, now: datetime, progress: Progress) -> bool:
    """Make the day's backup where one is due, and check it once a week; return if one was tried.

    What goes wrong is recorded and tried again an hour later.
    """
    with storage.begin(SYSTEM) as work:
        before = _read(work)
    if not before.daily or _within(before.made_at, now, DAY):
        return False
    if _within(before.failed_at, now, RETRY):
        return False

    def begin() -> AbstractContextManager[Work]:
        return storage.begin(SYSTEM)

    try:
        _make(storage, before, now, progress, begin)
        if not _within(before.checked_at, now, CHECK_EVERY):
            with begin() as work:
                after = _read(work)
            _check(storage, after, now, progress, begin)
    except BackupError:
        return True  # recorded; the card and the strip tell it
    except OSError as error:
        _note_failure(begin, now, f"The disk refused: {error.strerror or 'it is gone'}.")
    return True


def _make(
    storage: Storage, before: BackupState, now: datetime, progress: Progress, begin: Begin
) -> Made:
    with _alone(before):
        try:
            made = make_one(
                storage,
                Path(before.folder),
                now,
                progress,
                begun=before.begun,
                reread=bool(before.faults),
            )
        except BackupError as error:
            _note_failure(begin, now, str(error))
            raise
    with begin() as work:
        after = replace(
            _read(work),
            begun=True,
            made_at=now.isoformat(),
            generation=made.generation,
            new_bytes=made.new_bytes,
            missing=made.missing,
            faults=(),
            failed_at="",
            failure="",
        )
        _write(work, after)
        work.note("backup.made", made.generation, detail=f"{made.new_files} new files")
    return made


def _note_failure(begin: Begin, now: datetime, said: str) -> None:
    """Remember why a backup was not made; in the audit trail once, not at every try."""
    with begin() as work:
        before = _read(work)
        _write(work, replace(before, failed_at=now.isoformat(), failure=said))
        if said != before.failure:
            work.note("backup.failed", "backup", outcome="failed")


def _check(
    storage: Storage, before: BackupState, now: datetime, progress: Progress, begin: Begin
) -> Checked:
    with _alone(before):
        checked = check_one(storage, Path(before.folder), progress)
    with begin() as work:
        after = replace(
            _read(work),
            checked_at=now.isoformat(),
            checked=checked.generation,
            faults=checked.faults[:_SHOWN],
        )
        _write(work, after)
        work.note(
            "backup.verified",
            checked.generation,
            outcome="ok" if checked.sound else "failed",
            detail=f"{len(checked.faults)} faults in {checked.files} files",
        )
    return checked


@contextmanager
def _alone(before: BackupState) -> Iterator[None]:
    """Let one thing at a time touch the backups; BackupError if something does, or none is set."""
    if not before.folder:
        raise BackupError("Choose a folder for the backups first, on another disk.")
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise BackupError("A backup is being made or checked already.")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


def _within(at: str, now: datetime, span: timedelta) -> bool:
    """Whether a moment lies less than a span ago; not where the clock was set back behind it."""
    return bool(at) and timedelta() <= now - datetime.fromisoformat(at) < span


def _read(work: Work) -> BackupState:
    stored = json.loads(work.settings.get(_KEY) or "{}")
    known = {name: stored[name] for name in BackupState.__slots__ if name in stored}
    return BackupState(**{**known, "faults": tuple(stored.get("faults", ()))})


def _write(work: Work, after: BackupState) -> None:
    work.settings.put(_KEY, json.dumps(asdict(after)))
