"""What goes on while somebody works: the outboxes' turns and the facts in the status strip."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from app.accounts.permissions import Permission
from app.bootstrap import Workstation
from app.errors import AuditBrokenError, WorkstationError
from app.events import BackupTurned, Event, FindingsReady, NoticesSent, SyncTurned
from app.shell.strip import StatusStrip
from app.tasks import Lane, Tasks
from app.workflow.session import Session
from assistant.phrases import Phrases
from inference.errors import InferenceError
from viewer.ports import Progress

log = logging.getLogger(__name__)
WARM_AFTER_MS = 20_000
WARM_FREE = 2 << 30
BACKUP_MS = 300_000
"""How often it is asked whether the day's backup is due."""
E = TypeVar("E", bound=Event)


class Background(QObject):
    """Runs the outboxes' turn every few seconds while the clinic is open."""

    def __init__(
        self, workstation: Workstation, tasks: Tasks, strip: StatusStrip, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workstation, self._tasks, self._strip = workstation, tasks, strip
        self._session: Session | None = None
        self._turning = False
        self._unsent = 0
        self._timer = QTimer(self, interval=workstation.preferences.background_seconds * 1000)
        self._timer.timeout.connect(self.turn)
        self._backing_up = False
        self._backups = QTimer(self, interval=BACKUP_MS)
        self._backups.timeout.connect(self.back_up)
        self._warming = QTimer(self, interval=WARM_AFTER_MS, singleShot=True)
        self._warming.timeout.connect(self._warm_up)
        self._unsubscribers = (
            self._listen(NoticesSent, lambda event: self._hear_notices(event.waiting)),
            self._listen(SyncTurned, lambda _: self._read_sync()),
            self._listen(BackupTurned, lambda _: self._read_backup()),
            self._listen(FindingsReady, lambda _: self._read_device()),  # known once it has run
        )

    def begin(self, session: Session, words: Phrases) -> None:
        """Show how things stand for this person, and keep turning."""
        self._session = session
        self._strip.begin(words)
        self._strip.show_keys(self._workstation.clinic.key_mode)
        self._hear_notices(self._unsent)
        self._read_sync()
        self._read_audit()
        self._read_device()
        self._read_backup()
        self._timer.start()
        self._backups.start()
        self._warming.start()
        self.turn()

    def end(self) -> None:
        """Forget the person; the outboxes go on turning while the clinic is open."""
        self._session = None
        self._warming.stop()

    def close(self) -> None:
        """Stop for good."""
        self._timer.stop()
        self._backups.stop()
        self._warming.stop()
        for unsubscribe in self._unsubscribers:
            unsubscribe()

    def turn(self) -> None:
        """Give the outboxes their turn, unless the last one still runs."""
        if self._turning or not self._workstation.clinic.is_open:
            return
        self._turning = True

        def over() -> None:
            self._turning = False

        def work(progress: Progress) -> None:
            self._workstation.background_turn(progress)

        def failed(error: Exception) -> None:
            over()
            log.warning("the outboxes' turn failed: %s", type(error).__name__)
            if not isinstance(error, (WorkstationError, OSError)):
                raise error

        self._tasks.run(Lane.IO, work, done=lambda _: over(), failed=failed, cancelled=over)

    def back_up(self) -> None:
        """Make the day's backup if it is due and somebody is signed in."""
        if self._backing_up or self._session is None:
            return
        self._backing_up = True

        def over() -> None:
            self._backing_up = False

        def failed(error: Exception) -> None:
            over()
            log.warning("the day's backup failed: %s", type(error).__name__)
            if not isinstance(error, (WorkstationError, OSError)):
                raise error

        self._tasks.run(
            Lane.BACKUP,
            self._workstation.backup_turn,
            done=lambda _: over(),
            failed=failed,
            cancelled=over,
        )

    def _warm_up(self) -> None:
        """Start the analysing process while nobody waits for it, where there is room for it."""
        session = self._session
        if session is None or not session.can(Permission.RUN_AI):
            return

        from app.workflow import memory  # noqa: PLC0415 - loaded once somebody is in
        from inference.ports import Warming  # noqa: PLC0415 - as above

        def work(_: Progress) -> None:
            analyser = self._workstation.analyser
            if isinstance(analyser, Warming) and memory.free_bytes() > WARM_FREE:
                analyser.warm_up()

        def failed(error: Exception) -> None:
            log.warning("the analysing process did not start ahead: %s", type(error).__name__)
            if not isinstance(error, (InferenceError, OSError)):
                raise error

        self._tasks.run(Lane.ANALYSIS, work, done=lambda _: None, failed=failed)

    def _hear_notices(self, unsent: int) -> None:
        """Tell staff how many messages wait; to a patient they would be those of others."""
        self._unsent = unsent
        staff = self._session is not None and self._session.can(Permission.SEE_CALENDAR)
        self._strip.show_notices(unsent if staff else 0)

    def _read_sync(self) -> None:
        session = self._session
        if session is None or not session.can(Permission.SEE_CALENDAR):
            self._strip.show_refused(0)
            return
        from app.workflow import sending  # noqa: PLC0415 - loaded once somebody is in

        self._tasks.run(
            Lane.DATABASE,
            lambda _: sending.status(session),
            done=lambda status: self._strip.show_sync(status, session.now()),
            failed=_ignore_locked,
        )
        if not session.can(Permission.BOOK):
            self._strip.show_refused(0)
            return
        self._tasks.run(
            Lane.DATABASE,
            lambda _: len(sending.conflicts(session)),
            done=self._strip.show_refused,
            failed=_ignore_locked,
        )

    def _read_audit(self) -> None:
        session = self._session
        if session is None or not session.can(Permission.READ_AUDIT):
            return
        from app.workflow import auditing  # noqa: PLC0415 - loaded once somebody is in

        def failed(error: Exception) -> None:
            if isinstance(error, AuditBrokenError):
                self._strip.show_audit(str(error), broken=True)
            else:
                _ignore_locked(error)

        self._tasks.run(
            Lane.DATABASE,
            lambda _: auditing.verify(session),
            done=self._strip.show_audit,
            failed=failed,
        )

    def _read_backup(self) -> None:
        session = self._session
        if session is None or not session.can(Permission.SEE_CALENDAR):
            return
        from app.workflow import backing_up  # noqa: PLC0415 - loaded once somebody is in

        may = session.can(Permission.BACK_UP)
        self._tasks.run(
            Lane.DATABASE,
            lambda _: backing_up.days_without(session),
            done=lambda days: self._strip.show_backup(days, may_back_up=may),
            failed=_ignore_locked,
        )

    def _read_device(self) -> None:
        if self._session is None or not self._session.can(Permission.RUN_AI):
            self._strip.show_device("")
            return
        self._tasks.run(
            Lane.IO,
            lambda _: self._workstation.analyser.device(),
            done=self._strip.show_device,
            failed=lambda _: self._strip.show_device(""),
        )

    def _listen(self, kind: type[E], slot: Callable[[E], None]) -> Callable[[], None]:
        def hand_over(event: E) -> None:
            self._tasks.on_gui_thread(lambda: slot(event))

        return self._workstation.bus.listen(kind, hand_over)


def _ignore_locked(error: Exception) -> None:
    """The person left while it was being read: nothing to show."""
    if not isinstance(error, WorkstationError):
        raise error
