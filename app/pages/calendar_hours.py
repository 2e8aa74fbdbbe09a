"""Working hours and leave edited on the calendar: painted, dragged, ended, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.pages.calendar_moves import Moves
from app.pages.page import Page
from app.pages.wording import WEEKDAYS, until, zone_of
from app.pages.wording import day as in_words
from app.widgets.calendar_blocks import Block, Drop
from app.workflow import booking, planning
from app.workflow.calendar_sheet import Sheet
from app.workflow.hours import edit_hours
from app.workflow.session import Session
from scheduling.errors import OutsideHoursError
from scheduling.places import Absence
from scheduling.records import Appointment, Availability, ends_after
from scheduling.rules import hours as rules
from scheduling.rules.hours import HoursEdit, Time
from scheduling.rules.opening import Shade, Stretch

_MINUTES = 30
_TICK = timedelta(microseconds=1)
STRETCH = "stretch-"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do, in words."""

    words: str
    do: Callable[[], None]


class HoursMode:
    """What the calendar shows and does while hours are edited; ``changed`` reads it again."""

    def __init__(self, page: Page, moves: Moves, changed: Callable[[], None]) -> None:
        self._page = page
        self._session = page.context.session
        self._moves = moves
        self._changed = changed
        self._sheet: Sheet | None = None
        self._zone: tzinfo | None = None

    def blocks(self, sheet: Sheet, zone: tzinfo) -> list[Block]:
        """Hours and absences of a sheet as blocks."""
        self._sheet, self._zone = sheet, zone
        places = {one.id: one.name for one in sheet.places}
        return [
            _block(f"{STRETCH}{number}", one, places.get(one.place_id, ""), zone)
            for number, one in enumerate(sheet.stretches)
        ]

    def on_drop(self, drop: Drop) -> list[Choice]:
        """What a drop may mean."""
        stretch = self._stretch(drop.key)
        if stretch is None:
            return self._painted(drop)
        if stretch.shade is Shade.AWAY:
            at = self._local(drop, "")
            return [Choice("Move this leave", lambda: self._move_leave(stretch, at))]
        at, day = self._local(drop, stretch.place_id), self._day(stretch)
        return [
            Choice(
                f"Every week from {in_words(day)} on",
                lambda: self._edit(stretch, lambda one: rules.moved_on(one, day, at, _new_id())),
            ),
            Choice(
                f"Only on {in_words(day)}",
                lambda: self._edit(
                    stretch, lambda one: rules.moved_once(one, day, at, (_new_id(), _new_id()))
                ),
            ),
        ]

    def on_block(self, key: str) -> list[Choice]:
        """What may be done to hours or leave."""
        stretch = self._stretch(key)
        if stretch is None:
            return []
        if stretch.shade is Shade.AWAY:
            return [Choice("Take this leave back", lambda: self._take_back(stretch))]
        if stretch.shade is Shade.CLOSED:
            return []
        day = self._day(stretch)
        whole = Time(day, time(), time())
        return [
            Choice(
                f"No more from {in_words(day)} on",
                lambda: self._edit(stretch, lambda one: rules.ended(one, day)),
            ),
            Choice(
                f"Not on {in_words(day)}",
                lambda: self._edit(stretch, lambda one: rules.without(one, day, _new_id())),
            ),
            Choice(
                f"Away all day on {in_words(day)}",
                lambda: self._leave(stretch.practitioner_id, whole, whole=True),
            ),
        ]

    def ask(self, choices: Sequence[Choice], where: QPoint, gone: Callable[[], None]) -> None:
        """Let the person choose; ``gone`` is called if nothing was."""
        menu = QMenu(self._page)
        for one in choices:
            menu.addAction(one.words, one.do)
        if menu.isEmpty() or menu.exec(where) is None:
            gone()
        menu.deleteLater()

    # --- acts ------------------------------------------------------------------------------

    def _painted(self, drop: Drop) -> list[Choice]:
        sheet = self._sheet
        who = drop.subject or (sheet.scope.practitioner_id if sheet else "")
        if sheet is None or not who:
            return []
        like = next((one for one in sheet.stretches if one.practitioner_id == who), None)
        place = sheet.scope.place_id or (like.place_id if like else "")
        at, here = self._local(drop, place, who), self._local(drop, "", who)
        minutes = like.slot_minutes if like and like.slot_minutes else _MINUTES
        day, span = in_words(at.day), f"{at.starts:%H:%M}–{until(at.ends)}"
        names = {one.id: one.name for one in sheet.places}
        where = f", {names[place]}" if place in names else ""
        weekday = WEEKDAYS[at.day.weekday()]

        def make(rule: Callable[[Availability, Time], HoursEdit]) -> None:
            if not ends_after(at.ends, at.starts):
                self._page.complain("Working hours end on the day they begin.")
                self._changed()
                return
            plain = Availability(
                _new_id(), who, 0, at.starts, at.ends, minutes, at.day, place_id=place
            )
            self._apply(who, lambda: rule(plain, at))

        return [
            Choice(f"Every {weekday} {span}{where}", lambda: make(rules.every_week)),
            Choice(f"Only on {day}, {span}{where}", lambda: make(rules.once)),
            Choice(f"Away on {day}, {span}", lambda: self._leave(who, here)),
            Choice(f"Away all day on {day}", lambda: self._leave(who, here, whole=True)),
        ]

    def _edit(self, stretch: Stretch, rule: Callable[[Availability], HoursEdit]) -> None:
        who, session = stretch.practitioner_id, self._session

        def made() -> HoursEdit:
            return rule(_availability(session, who, stretch.source_id))

        self._apply(who, made)

    def _apply(self, who: str, made: Callable[[], HoursEdit]) -> None:
        """Change hours in one go, to be taken back in one go."""
        session = self._session

        def job() -> HoursEdit:
            try:
                return edit_hours(session, who, made())
            except ValueError as error:
                raise OutsideHoursError("Working hours end on the day they begin.") from error

        def done(back: HoursEdit) -> None:
            self._moves.keep("working hours", lambda: edit_hours(session, who, back))
            self._changed()

        self._page.ask(lambda _: job(), done, failed=self._refused)

    def _leave(self, who: str, at: Time, *, whole: bool = False) -> None:
        starts, ends = (None, None) if whole else (at.starts, at.ends)
        session = self._session
        if starts is not None and ends is not None and not ends_after(ends, starts):
            self._refused("Leave of a part of a day ends on that day.")
            return
        leave = Absence(_new_id(), who, at.day, at.day, starts, ends)

        def done(touched: tuple[Appointment, ...]) -> None:
            self._kept(touched, lambda: planning.remove_absence(session, who, leave.id), "leave")

        self._page.ask(lambda _: planning.put_absence(session, leave), done, failed=self._refused)

    def _move_leave(self, stretch: Stretch, at: Time) -> None:
        session = self._session

        def job() -> tuple[Absence, tuple[Appointment, ...]]:
            before = _absence(session, stretch.source_id)
            try:
                after = replace(
                    before, first_day=at.day, last_day=at.day, starts=at.starts, ends=at.ends
                )
            except ValueError as error:
                raise OutsideHoursError("Leave of a part of a day ends on that day.") from error
            return before, planning.put_absence(session, after)

        def done(found: tuple[Absence, tuple[Appointment, ...]]) -> None:
            before, touched = found
            self._kept(touched, lambda: planning.put_absence(session, before), "leave")

        self._page.ask(lambda _: job(), done, failed=self._refused)

    def _take_back(self, stretch: Stretch) -> None:
        session = self._session

        def job() -> Absence:
            before = _absence(session, stretch.source_id)
            planning.remove_absence(session, before.subject_id, before.id)
            return before

        def done(before: Absence) -> None:
            self._kept((), lambda: planning.put_absence(session, before), "leave taken back")

        self._page.ask(lambda _: job(), done, failed=self._refused)

    def _kept(self, touched: Sequence[Appointment], back: Callable[[], object], words: str) -> None:
        self._moves.keep(words, back)
        if touched:
            many = "visits fall" if len(touched) > 1 else "visit falls"
            text = f"{len(touched)} booked {many} on it and stay booked: move or cancel them."
            self._page.context.navigator.banner(text, "warning")
        self._changed()

    def _refused(self, why: str) -> None:
        self._page.complain(why)
        self._changed()

    # --- what is meant ---------------------------------------------------------------------

    def _stretch(self, key: str) -> Stretch | None:
        if self._sheet is None or not key.startswith(STRETCH):
            return None
        return self._sheet.stretches[int(key.removeprefix(STRETCH))]

    def _day(self, stretch: Stretch) -> date:
        zone = self._zone_of(stretch.practitioner_id, stretch.place_id)
        return stretch.starts.astimezone(zone).date()

    def _local(self, drop: Drop, place_id: str, who: str = "") -> Time:
        """A drop on the clock the hours are meant in, which need not be the one shown."""
        zone = self._zone_of(who or drop.subject, place_id)
        starts, ends = drop.starts.astimezone(zone), drop.ends.astimezone(zone)
        return Time(starts.date(), _clock(starts), _clock(ends))

    def _zone_of(self, who: str, place_id: str) -> tzinfo:
        sheet = self._sheet
        if sheet is not None:
            for place in sheet.places:
                if place.id == place_id:
                    return zone_of(place.zone)
            for practitioner in sheet.practitioners:
                if practitioner.id == who:
                    return zone_of(practitioner.zone)
        return zone_of("UTC")


def _block(key: str, one: Stretch, place: str, zone: tzinfo) -> Block:
    starts, ends = one.starts.astimezone(zone), one.ends.astimezone(zone)
    words = {
        Shade.WORKING: place or "Working",
        Shade.AWAY: f"Away: {one.text}" if one.text else "Away",
        Shade.CLOSED: f"Closed: {one.text}" if one.text else "Closed",
        Shade.HOLIDAY: "Public holiday",
    }[one.shade]
    tone = {Shade.WORKING: "good", Shade.AWAY: "info"}.get(one.shade, "danger")
    short = starts.date() == (ends - _TICK).date()
    return Block(
        key,
        starts,
        ends,
        f"{starts:%H:%M}–{until(ends)}" if short else words,
        tone,
        hatched=one.shade is not Shade.WORKING,
        subject=one.practitioner_id,
        detail=words if short else "",
        movable=short and one.shade in {Shade.WORKING, Shade.AWAY},
    )


def _availability(session: Session, who: str, availability_id: str) -> Availability:
    for one in booking.availabilities(session, who):
        if one.id == availability_id:
            return one
    raise OutsideHoursError("These hours are gone; somebody else has changed them.")


def _absence(session: Session, absence_id: str) -> Absence:
    for one in planning.absences(session):
        if one.id == absence_id:
            return one
    raise OutsideHoursError("This leave is gone; somebody else has taken it back.")


def _clock(moment: datetime) -> time:
    return time(moment.hour, moment.minute)


def _new_id() -> str:
    return str(uuid.uuid4())
