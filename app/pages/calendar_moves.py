"""What a person does to appointments on the calendar: move, undo, attend, cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.accounts.permissions import Permission
from app.pages.page import Page
from app.pages.patient_told import say_told
from app.pages.wording import CANCEL_REASONS
from app.workflow import booking, repeating, visiting
from app.workflow.booking import CalendarEntry
from app.workflow.making import slot_of
from app.workflow.session import Session
from scheduling.errors import SchedulingError, SlotTakenError
from scheduling.records import Appointment, AppointmentStatus, CancelReason, Slot
from scheduling.rules.booking import TRANSITIONS

_NEAR = timedelta(days=14)
_ATTENDED = {
    AppointmentStatus.ARRIVED: "Arrived",
    AppointmentStatus.FULFILLED: "Seen",
    AppointmentStatus.NOSHOW: "Did not come",
    AppointmentStatus.BOOKED: "Has not arrived after all",
}
_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an appointment stays where it is, and the free times nearest to the wish."""

    entry: CalendarEntry
    why: str
    nearest: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """Something done, in words, and what takes it back."""

    words: str
    back: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for in the side: an earlier time, another time or an end for a series."""

    wait: Callable[[CalendarEntry], None]
    move_rest: Callable[[CalendarEntry], None]
    cancel_rest: Callable[[CalendarEntry], None]


class Moves:
    """Acts on appointments for one page; ``refused`` is shown every refusal of a move.

    ``wishes`` are asked further in the side. Refusals change nothing. What
    can be taken back is, last first.
    """

    def __init__(
        self,
        page: Page,
        refused: Callable[[Refusal], None],
        settled: Callable[[], None],
        wishes: Wishes,
    ) -> None:
        self._page = page
        self._session = page.context.session
        self._refused = refused
        self._settled = settled
        self._wishes = wishes
        self._done: list[_Step] = []

    @property
    def undoable(self) -> str:
        """What an undo would take back, in words; empty if nothing."""
        return self._done[-1].words if self._done else ""

    def drop(self, entry: CalendarEntry, slot: Slot) -> None:
        """Move an appointment to where it was let go."""
        before = slot_of(entry.appointment)
        if slot == before:
            self._settled()
            return
        self.move(entry, slot, exactly=slot.resource_ids != before.resource_ids)

    def move(self, entry: CalendarEntry, slot: Slot, *, exactly: bool = False) -> None:
        """Move an appointment to a slot, if the rules allow it; ``exactly`` to its resources."""
        session, one = self._session, entry.appointment
        before = slot_of(one)

        def done(refusal: Refusal | None) -> None:
            if refusal is not None:
                self._settled()
                self._refused(refusal)
                return
            self._keep(
                f"Moved {entry.patient_name}",
                lambda: visiting.reschedule(session, one.id, before),
            )
            self._tell_of(one, f"{entry.patient_name} is moved")

        self._page.ask(lambda _: _try(session, entry, slot, exactly=exactly), done)

    def attend(self, entry: CalendarEntry, status: AppointmentStatus) -> None:
        """Write down what became of the visit."""
        session, one = self._session, entry.appointment
        before = one.status

        def done(_: object) -> None:
            if before in TRANSITIONS[status]:
                self._keep(
                    f"{entry.patient_name}: {_ATTENDED[status].lower()}",
                    lambda: visiting.attend(session, one.id, before),
                )
            self._settled()

        self._page.ask(lambda _: visiting.attend(session, one.id, status), done)

    def cancel(self, entry: CalendarEntry, because: CancelReason) -> None:
        """Cancel an appointment for a reason."""
        session, one = self._session, entry.appointment
        self._page.ask(
            lambda _: booking.cancel(session, one.id, because),
            lambda _: self._tell_of(one, "The appointment is cancelled"),
        )

    def move_each(
        self,
        name: str,
        slots: Mapping[str, Slot],
        before: Mapping[str, Slot],
        heard: tuple[Callable[[], None], Callable[[str], None]],
    ) -> None:
        """Move visits of a patient's series; ``heard`` is called when done, or with why not."""
        session = self._session
        back = {ident: before[ident] for ident in slots}
        count = "1 visit" if len(slots) == 1 else f"{len(slots)} visits"

        def done(moved: tuple[Appointment, ...]) -> None:
            heard[0]()
            self._keep(f"Moved {count} of {name}", lambda: repeating.move_each(session, back))
            self._tell_of(moved[0], f"{count} of {name} moved")

        self._page.ask(lambda _: repeating.move_each(session, slots), done, failed=heard[1])

    def cancel_rest(
        self,
        entry: CalendarEntry,
        because: CancelReason,
        heard: tuple[Callable[[], None], Callable[[str], None]],
    ) -> None:
        """Cancel a visit and the later ones of its series."""
        session, ident = self._session, entry.appointment.id

        def done(gone: tuple[Appointment, ...]) -> None:
            heard[0]()
            count = "1 visit is" if len(gone) == 1 else f"{len(gone)} visits are"
            self._tell_of(entry.appointment, f"{count} cancelled")

        self._page.ask(
            lambda _: repeating.cancel_rest(session, ident, because), done, failed=heard[1]
        )

    def offer(self, entry: CalendarEntry) -> None:
        """Show the free times nearest to an appointment, to choose one from."""
        session, one = self._session, entry.appointment
        self._page.ask(
            lambda _: booking.alternatives(session, one.id, 6),
            lambda found: self._refused(Refusal(entry, "", found)),
        )

    def keep(self, words: str, back: Callable[[], object]) -> None:
        """Remember something else that was done and can be taken back."""
        self._keep(words, back)

    def undo(self) -> None:
        """Take the last thing back; what cannot be taken back any more is told and stays."""
        if not self._done:
            return
        step = self._done.pop()

        def done(_: object) -> None:
            self._tell(f"Undone: {step.words}.")

        self._page.ask(lambda _: step.back(), done, failed=self._not_undone)

    def ask(self, entry: CalendarEntry, where: QPoint) -> None:
        """Show the menu of an appointment."""
        menu = self.menu(entry)
        menu.exec(where)
        menu.deleteLater()

    def menu(self, entry: CalendarEntry) -> QMenu:
        """What may be done to an appointment now."""
        one, session = entry.appointment, self._session
        menu = QMenu(self._page)
        menu.setObjectName("calendar.menu")
        follows = TRANSITIONS[one.status]
        if session.can(Permission.RECORD_ATTENDANCE):
            for status, words in _ATTENDED.items():
                if status in follows and (status, one.status) != (
                    AppointmentStatus.BOOKED,
                    AppointmentStatus.PENDING,
                ):
                    menu.addAction(words, _attending(self, entry, status))
        ahead = one.starts > session.now()
        if session.can(Permission.BOOK) and ahead and AppointmentStatus.CANCELLED in follows:
            menu.addAction("Reschedule…", lambda: self.offer(entry))
            menu.addAction("Wait for an earlier time…", lambda: self._wishes.wait(entry))
        may = session.can(Permission.CANCEL_APPOINTMENT, one.patient_id)
        if may and ahead and AppointmentStatus.CANCELLED in follows:
            reasons = menu.addMenu("Cancel because")
            for because, words in CANCEL_REASONS.items():
                reasons.addAction(words, _cancelling(self, entry, because))
        self._add_rest(menu, entry)
        if menu.isEmpty():
            menu.addAction("Nothing can be changed any more").setEnabled(False)
        return menu

    def ask_rest(self, entry: CalendarEntry, where: QPoint) -> None:
        """Show what may be done to a visit of a series and the later ones."""
        menu = QMenu(self._page)
        self._add_rest(menu, entry)
        menu.exec(where)
        menu.deleteLater()

    def may_change_rest(self, entry: CalendarEntry) -> bool:
        """Whether a visit is one of a series that lies ahead and may be changed."""
        one, session = entry.appointment, self._session
        ahead = (
            one.starts > session.now() and AppointmentStatus.CANCELLED in TRANSITIONS[one.status]
        )
        return bool(one.series_id) and ahead and session.can(Permission.BOOK)

    def _add_rest(self, menu: QMenu, entry: CalendarEntry) -> None:
        if not self.may_change_rest(entry):
            return
        menu.addAction("Move this and the later ones…", lambda: self._wishes.move_rest(entry))
        if self._session.can(Permission.CANCEL_APPOINTMENT, entry.appointment.patient_id):
            menu.addAction(
                "Cancel this and the later ones…", lambda: self._wishes.cancel_rest(entry)
            )

    def _keep(self, words: str, back: Callable[[], object]) -> None:
        self._done = [*self._done[-_DEPTH + 1 :], _Step(words, back)]
        self._settled()

    def _not_undone(self, why: str) -> None:
        self._settled()
        self._page.complain(f"Not undone: {why}")

    def _tell_of(self, one: Appointment, done: str) -> None:
        say_told(self._page, done, one.patient_id)
        self._settled()

    def _tell(self, text: str) -> None:
        self._page.context.navigator.banner(text, "good")
        self._settled()


def _attending(moves: Moves, entry: CalendarEntry, status: AppointmentStatus) -> Callable[[], None]:
    return lambda: moves.attend(entry, status)


def _cancelling(moves: Moves, entry: CalendarEntry, because: CancelReason) -> Callable[[], None]:
    return lambda: moves.cancel(entry, because)


def _try(session: Session, entry: CalendarEntry, slot: Slot, *, exactly: bool) -> Refusal | None:
    """Move; return why not, with the nearest free times of whom was wished for."""
    try:
        visiting.reschedule(session, entry.appointment.id, slot, exactly=exactly)
    except SchedulingError as error:
        nearest = error.alternatives if isinstance(error, SlotTakenError) else ()
        here = entry.appointment.starts
        others = tuple(one for one in nearest if one.starts != here)
        return Refusal(entry, str(error), others or _near(session, slot))
    return None


def _near(session: Session, slot: Slot) -> tuple[Slot, ...]:
    found = booking.find(
        session,
        slot.starts - _NEAR,
        slot.starts + _NEAR,
        visit_type_id=slot.visit_type_id,
        practitioner_ids=[slot.practitioner_id],
        limit=2000,
    )
    nearest = sorted(found, key=lambda one: (abs(one.starts - slot.starts), one.starts))[:3]
    return tuple(sorted(nearest))
