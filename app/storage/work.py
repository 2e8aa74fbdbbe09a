"""One transaction, all shelves, and the audit line that explains it."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
)

from app.accounts.slots import derive
from app.errors import DamagedFileError, DiskFullError, LockedError, WrongKeyError
from app.records import Actor
from app.storage import schema
from app.storage.access import AssignmentShelf, EmergencyShelf, TieShelf
from app.storage.anatomy import AnatomyShelf
from app.storage.anchor import Anchor
from app.storage.audit import AuditShelf
from app.storage.booking import (
    AppointmentShelf,
    AvailabilityShelf,
    NoticeShelf,
    PractitionerShelf,
    PreferenceShelf,
)
from app.storage.comparisons import ComparisonShelf
from app.storage.conversations import shelves_of_talk
from app.storage.copies import copy_snapshot, faults_of, looking_into, size_of, snapshot
from app.storage.engine import READING, checkpoint, open_engine
from app.storage.faults import in_plain_words
from app.storage.files import make_private, write_whole
from app.storage.imaging import InstanceShelf, PatientShelf, SeriesShelf, StudyShelf
from app.storage.language_models import OwnLanguageModelShelf
from app.storage.leaflets import LeafletShelf
from app.storage.marking import AnnotationShelf, EditShelf, KeyImageShelf, StrokeShelf
from app.storage.migrations.runner import migrate
from app.storage.monitoring import MonitoringShelf
from app.storage.own_models import OwnModelShelf
from app.storage.patient_keys import PatientKeyRing
from app.storage.people import AccountShelf, SettingShelf
from app.storage.pixels import PixelFiles
from app.storage.places import SiteShelves
from app.storage.read_steps import ReadStepShelf
from app.storage.reading import FindingShelf, ReportShelf, RunShelf
from app.storage.readings import ReadingShelf
from app.storage.releases import HandOverShelf, WithdrawalShelf
from app.storage.sending import ConflictShelf, EnvelopeShelf, ReplicaShelf
from app.storage.worklist import Worklist
from app.storage.worklist_shelves import FilterShelf, ThumbnailShelf
from app.storage.worklist_tables import thumbnail
from app.storage.writing import MacroShelf, OwnWordShelf
from viewer.ports import Progress

_SWEEP_AGE_S = 3600.0
log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Work(SiteShelves):
    """The shelves open inside one transaction, and who works."""

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        audit: AuditShelf,
        at: datetime,
        anchor: Anchor,
        ring: PatientKeyRing,
    ) -> None:
        super().__init__(connection)
        self.conversations, self.answer_reviews = shelves_of_talk(connection, ring)
        self.patients = PatientShelf(connection)
        self.studies = StudyShelf(connection)
        self.series = SeriesShelf(connection)
        self.instances = InstanceShelf(connection)
        self.runs = RunShelf(connection)
        self.anatomy = AnatomyShelf(connection)
        self.findings = FindingShelf(connection)
        self.comparisons = ComparisonShelf(connection)
        self.own_models = OwnModelShelf(connection)
        self.language_models = OwnLanguageModelShelf(connection)
        self.leaflets = LeafletShelf(connection)
        self.reports = ReportShelf(connection)
        self.withdrawals = WithdrawalShelf(connection)
        self.hand_overs = HandOverShelf(connection)
        self.annotations = AnnotationShelf(connection)
        self.key_images = KeyImageShelf(connection)
        self.strokes = StrokeShelf(connection)
        self.edits = EditShelf(connection)
        self.practitioners = PractitionerShelf(connection)
        self.availabilities = AvailabilityShelf(connection)
        self.appointments = AppointmentShelf(connection)
        self.notices = NoticeShelf(connection)
        self.preferences = PreferenceShelf(connection)
        self.envelopes = EnvelopeShelf(connection)
        self.replica = ReplicaShelf(connection)
        self.conflicts = ConflictShelf(connection)
        self.accounts = AccountShelf(connection)
        self.settings = SettingShelf(connection)
        self.worklist = Worklist(connection)
        self.worklist_filters = FilterShelf(connection)
        self.macros, self.own_words = MacroShelf(connection), OwnWordShelf(connection)
        self.thumbnails = ThumbnailShelf(connection)
        self.assignments = AssignmentShelf(connection)
        self.emergencies = EmergencyShelf(connection)
        self.read_steps = ReadStepShelf(connection)
        self.readings = ReadingShelf(connection)
        self.monitoring = MonitoringShelf(connection)
        self.audit = audit
        self._connection = connection
        self._actor = actor
        self._at = at
        self._anchor = anchor
        self.anchored = False

    def anchor(self) -> None:
        """Remember this transaction's last audit line outside the database, once it is durable."""
        self.anchored = True

    def check_anchor(self) -> None:
        """Raise TamperedReportError unless this is the database that was last signed in."""
        self._anchor.check(self._connection)

    def note(
        self,
        action: str,
        subject: str,
        *,
        patient_id: str = "",
        outcome: str = "ok",
        detail: str = "",
    ) -> None:
        """Append one audit line to this transaction: if it cannot be written, the act fails.

        ``subject`` and ``detail`` carry ids and codes, never names or findings.
        """
        facts = {
            "action": action,
            "subject": subject,
            "patient_id": patient_id,
            "outcome": outcome,
            "detail": detail,
        }
        with in_plain_words():
            self.audit.append(self._at, self._actor, facts)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what is done inside, and only that, if it raises; the transaction goes on.

        Raises
        ------
        ValueError
            The rows cannot be kept: a wrong type, or an id that leads nowhere.
        """
        try:
            with self._connection.begin_nested():
                yield
        except (DataError, IntegrityError, InterfaceError, ProgrammingError) as error:
            raise ValueError("the database cannot keep it") from error


class Storage:
    """The database and the pixel files of one data folder, opened by the master key.

    Opening creates or upgrades the database and sweeps what a crash left behind. Safe to use
    from several threads; a thread has one transaction open at a time.

    Raises
    ------
    WrongKeyError
        The key is not this folder's.
    DamagedFileError
        The key is right and the database cannot be read.
    NewerDatabaseError
        A newer program wrote the database.
    """

    def __init__(
        self, folder: Path, master_key: bytes, *, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        make_private(folder)
        self.folder = folder
        self._clock = clock
        self._closed = False
        self._audit_key = derive(master_key, "audit")
        self._mine = threading.local()
        _check_key(folder, derive(master_key, "check"))
        self._database, self._key = folder / "sagittal.db", derive(master_key, "db")
        self.backup_key = derive(master_key, "backup")
        self._engine = _open(self._database, self._key)
        self._anchor = Anchor(folder, derive(master_key, "anchor"))
        self._ring = PatientKeyRing(derive(master_key, "pixels"), self._writing, self._reading)
        self.pixels = PixelFiles(folder / "pixels", self._ring)
        with self._writing() as connection:
            Worklist(connection).refresh()
        self.sweep()

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[Work]:
        """Open all shelves in one transaction: commit on success, roll back on any exception.

        Other writers wait meanwhile, so keep it short and compute outside it.
        """
        if self._current() is not None:
            raise RuntimeError("this thread has a transaction open already")
        with in_plain_words(), self._opened().begin() as connection:
            self._mine.connection = connection
            try:
                audit = AuditShelf(connection, self._audit_key)
                work = Work(connection, actor, audit, self._clock(), self._anchor, self._ring)
                yield work
                work.worklist.refresh()
                head = audit.head() if work.anchored else None
            finally:
                self._mine.connection = None
        if head is not None:
            self._keep_anchor(*head)

    def _keep_anchor(self, seq: int, digest: str) -> None:
        """Remember the line; where that fails the act is done all the same, and must not seem not.

        The line of the signature before stays remembered.
        """
        try:
            self._anchor.keep(seq, digest)
        except (OSError, DiskFullError):
            log.warning("the last signature could not be remembered beside the database")

    @contextmanager
    def looking(self) -> Iterator[TieShelf]:
        """Open what tells whose data something is; inside a transaction, as it stands there."""
        with self._reading() as connection:
            yield TieShelf(connection)

    @contextmanager
    def reading_settings(self) -> Iterator[SettingShelf]:
        """Open the settings to read, without waiting for who writes; else as ``looking``."""
        with self._reading() as connection:
            yield SettingShelf(connection)

    def sweep(self) -> int:
        """Remove part files and orphans older than an hour; return how many went."""
        with self._reading() as connection:
            named = _named_files(connection)
        return self.pixels.sweep(named, _SWEEP_AGE_S, time.time())

    def clinic_id(self) -> str:
        """Return 32 hex digits that stand for the clinic's keys and tell nothing of them."""
        return hashlib.sha256(b"clinic-id|" + self.backup_key).hexdigest()[:32]

    def copy_to(self, target: Path, beside: Callable[[int], None], progress: Progress) -> None:
        """Copy the database as it stands into a new file under the same key.

        ``beside`` is called, with the copy's size in bytes, while nobody can write: for what must
        fit the copy. The copying itself stops nobody.
        """
        with ExitStack() as until_copied:
            with self._opened().begin():
                standing = until_copied.enter_context(snapshot(self._database, self._key))
                beside(size_of(standing))
            copy_snapshot(standing, target, self._key, progress)

    def faults_in(self, copy: Path) -> tuple[str, ...]:
        """Return what is wrong with a copy of the database; nothing if it is sound."""
        return faults_of(copy, self._key)

    def named_in(self, copy: Path) -> frozenset[str]:
        """Return the ids of the pixel files a copy of the database names."""
        with looking_into(copy, self._key) as connection:
            return _named_files(connection)

    def close(self) -> None:
        """Empty the write-ahead log into the database and close every connection, for good."""
        if self._closed:
            return
        self._closed = True
        try:
            checkpoint(self._engine)
        finally:
            self._engine.dispose()

    def _opened(self) -> Engine:
        if self._closed:
            raise LockedError("The workstation is locked. Sign in again to go on.")
        return self._engine

    def _current(self) -> Connection | None:
        current: Connection | None = getattr(self._mine, "connection", None)
        return current

    def _writing(self) -> AbstractContextManager[Connection]:
        current = self._current()
        return self._opened().begin() if current is None else _borrowed(current)

    def _reading(self) -> AbstractContextManager[Connection]:
        current = self._current()
        if current is not None:
            return _borrowed(current)
        return self._opened().execution_options(**{READING: True}).begin()


@contextmanager
def _borrowed(connection: Connection) -> Iterator[Connection]:
    yield connection


def _check_key(folder: Path, check: bytes) -> None:
    """Tell a wrong key from a damaged database: both look alike to SQLCipher."""
    path = folder / "sagittal.check"
    if not path.exists():
        if (folder / "sagittal.db").exists():
            return
        write_whole(path, [check.hex().encode()])
    elif not hmac.compare_digest(path.read_bytes(), check.hex().encode()):
        raise WrongKeyError("This key does not open the database here.")


def _open(path: Path, key: bytes) -> Engine:
    engine = open_engine(path, key)
    try:
        migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        if (path.parent / "sagittal.check").exists():
            raise DamagedFileError(
                "The database is damaged. Restore it from a backup; it was not changed."
            ) from error
        raise WrongKeyError("This key does not open the database here.") from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def _named_files(connection: Connection) -> frozenset[str]:
    """Return the ids of every pixel file that a row names."""
    series, run = schema.series.c, schema.run.c
    named: set[str] = set()
    for row in connection.execute(select(series.pixel_file, series.header_file)):
        named.update(row)
    named.update(connection.scalars(select(schema.anatomy_run.c.label_file)))
    named.update(connection.scalars(select(thumbnail.c.pixel_file)))
    for label_file, attribution in connection.execute(select(run.label_file, run.attribution)):
        named.add(label_file)
        if attribution is not None:
            named.add(json.loads(attribution)["map_file"])
    named.update(connection.scalars(select(schema.own_model.c.weights_file)))
    return frozenset(named - {"", None})
