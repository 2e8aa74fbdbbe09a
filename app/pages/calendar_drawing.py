"""How a sheet of the calendar becomes blocks, bands and columns; the legend of its colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.pages.calendar_span import View
from app.pages.wording import APPOINTMENT_WORDS
from app.widgets.calendar_blocks import WEEKDAYS, Band, Block, Column, paint_block
from app.widgets.text import label
from app.workflow.booking import CalendarEntry
from app.workflow.calendar_sheet import Sheet
from app.workflow.leasing import LeasedTime
from scheduling.places import Hold
from scheduling.records import AppointmentStatus, Slot
from scheduling.rules.opening import Shade, Stretch

FREE = "free-"
KEPT = "kept"
_IN = "@"
_MOVABLE = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.PENDING})
_FAINT = frozenset({AppointmentStatus.FULFILLED})
_KINDS = {
    Shade.WORKING: "working",
    Shade.AWAY: "away",
    Shade.CLOSED: "closed",
    Shade.HOLIDAY: "closed",
}
_WORDS = {Shade.AWAY: "Away", Shade.CLOSED: "Closed", Shade.HOLIDAY: "Public holiday"}
_LEGEND = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.PENDING,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)


def blocks(sheet: Sheet, view: View, zone: tzinfo, now: datetime | None) -> list[Block]:
    """Appointments and offers as blocks; movable are those that begin after ``now``, if any."""
    found = [_booked(sheet, entry, view, zone, now) for entry in sheet.entries]
    if view in {View.DAY, View.WEEK}:
        found += [_offer(number, slot, zone) for number, slot in enumerate(sheet.slots)]
    if view is View.DAY and sheet.scope.subjects:
        return _side_by_side(sheet, found)
    return found


def kept(hold: Hold, zone: tzinfo) -> Block:
    """The time that is kept while somebody decides."""
    starts, ends = hold.starts.astimezone(zone), hold.ends.astimezone(zone)
    text = f"{starts:%H:%M} kept"
    return Block(KEPT, starts, ends, text, "info", subject=hold.practitioner_id, faint=True)


def appointment_id(key: str) -> str:
    """The appointment a block stands for, in whichever column."""
    return key.partition(_IN)[0]


def _side_by_side(sheet: Sheet, found: list[Block]) -> list[Block]:
    """Blocks in the columns of the people and things that were chosen, a copy in each."""
    chosen = frozenset(sheet.scope.subjects)
    used = {one.appointment.id: one.appointment.resource_ids for one in sheet.entries}
    used |= {f"{FREE}{number}": one.resource_ids for number, one in enumerate(sheet.slots)}
    made = [one for one in found if one.subject in chosen]
    names = {one.id: one.name for one in sheet.practitioners}
    for block in found:
        said = " · ".join(part for part in (names.get(block.subject, ""), block.detail) if part)
        made += [
            replace(block, key=f"{block.key}{_IN}{each}", subject=each, detail=said)
            for each in used.get(block.key, ())
            if each in chosen
        ]
    return made


def bands(found: Iterable[Stretch], zone: tzinfo) -> list[Band]:
    """Hours, leave and closed times as bands."""
    return [
        Band(
            one.starts.astimezone(zone),
            one.ends.astimezone(zone),
            _KINDS[one.shade],
            one.practitioner_id,
            ": ".join(part for part in (_WORDS.get(one.shade, ""), one.text) if part),
            one.source_id,
            one.slot_minutes or 15,
        )
        for one in found
    ]


def thing_bands(sheet: Sheet, zone: tzinfo) -> list[Band]:
    """When somebody works at the place of a scanner or room that has a column."""
    return [
        replace(one, subject=thing.id, text="")
        for thing in sheet.things
        if thing.id in sheet.scope.subjects
        for one in bands(
            (each for each in sheet.stretches if each.place_id == thing.place_id), zone
        )
        if one.kind == "working"
    ]


def leased_bands(leased: Iterable[LeasedTime], zone: tzinfo) -> list[Band]:
    """Times that may be booked for good while the server is away."""
    return [
        Band(
            one.starts.astimezone(zone),
            one.ends.astimezone(zone),
            "leased",
            one.practitioner_id,
            "Booked for good here, even offline",
        )
        for one in leased
    ]


def columns(sheet: Sheet, view: View, days: Iterable[date], today: date) -> list[Column]:
    """Days side by side, or the people of one day: those who work or see somebody then."""
    scope = sheet.scope
    if view is View.DAY and scope.subjects:
        (day,) = days
        return _chosen_columns(sheet, day)
    if view is View.DAY and not scope.practitioner_id:
        (day,) = days
        busy = {one.practitioner_id for one in sheet.stretches}
        busy |= {one.appointment.practitioner_id for one in sheet.entries}
        people = [one for one in sheet.practitioners if one.id in busy] or sheet.practitioners
        counts = Counter(one.appointment.practitioner_id for one in sheet.entries)
        return [
            Column(day, one.name, one.id, _counted(counts[one.id], one.specialty)) for one in people
        ]
    note = dict.fromkeys(sheet.holidays, "Public holiday")
    return [
        Column(
            day,
            f"{WEEKDAYS[day.weekday()][:3]} {day.day}" + (" · today" if day == today else ""),
            scope.practitioner_id,
            note.get(day, ""),
        )
        for day in days
    ]


def _chosen_columns(sheet: Sheet, day: date) -> list[Column]:
    """The people, scanners and rooms that were chosen, in that order."""
    people = {one.id: (one.name, one.specialty) for one in sheet.practitioners}
    known = people | {one.id: (one.name, one.kind.value.capitalize()) for one in sheet.things}
    counts = Counter(
        each
        for one in sheet.entries
        for each in (one.appointment.practitioner_id, *one.appointment.resource_ids)
    )
    return [
        Column(day, known[each][0], each, _counted(counts[each], known[each][1]))
        for each in sheet.scope.subjects
        if each in known
    ]


def notes(sheet: Sheet, zone: tzinfo) -> dict[date, str]:
    """What a month says beside the number of a day."""
    counts = Counter(one.appointment.starts.astimezone(zone).date() for one in sheet.entries)
    found = {day: _counted(count, "") for day, count in counts.items()}
    for day in sheet.holidays:
        found[day] = " · ".join(part for part in ("Holiday", found.get(day, "")) if part)
    return found


def closed_days(sheet: Sheet, zone: tzinfo, days: Iterable[date]) -> frozenset[date]:
    """Days without working hours that nothing takes away, where any hours are known."""
    away = [one for one in sheet.stretches if one.shade is Shade.AWAY]
    worked = {
        one.starts.astimezone(zone).date()
        for one in sheet.stretches
        if one.shade is Shade.WORKING and not any(_covers(each, one) for each in away)
    }
    return frozenset(day for day in days if day not in worked) if worked else frozenset()


def legend() -> QHBoxLayout:
    """What the colours mean."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    for status in _LEGEND:
        word, tone = APPOINTMENT_WORDS[status]
        line.addWidget(_Swatch(_look(status, tone)))
        line.addWidget(label(word, "caption"))
        line.addSpacing(10)
    line.addWidget(_Swatch(_sample("", hollow=True)))
    line.addWidget(label("Free", "caption"))
    line.addStretch(1)
    return line


class _Swatch(QWidget):
    """A small block as the calendar paints it."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self._block = block
        self.setFixedSize(QSize(22, 14))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_block(painter, box, self._block, self.font())


def _look(status: AppointmentStatus, tone: str) -> Block:
    return _sample(tone, hatched=status is AppointmentStatus.PENDING, faint=status in _FAINT)


def _sample(
    tone: str, *, hatched: bool = False, faint: bool = False, hollow: bool = False
) -> Block:
    at = datetime(2000, 1, 1, tzinfo=UTC)
    return Block("", at, at, "", tone, hatched, hollow, faint)


def _booked(
    sheet: Sheet, entry: CalendarEntry, view: View, zone: tzinfo, now: datetime | None
) -> Block:
    one = entry.appointment
    starts = one.starts.astimezone(zone)
    whose = "" if sheet.scope.practitioner_id or view is View.DAY else entry.practitioner_name
    word, tone = APPOINTMENT_WORDS[one.status]
    parts = [whose, one.reason, word if view is View.AGENDA else "", one.exception]
    name = entry.patient_name
    return Block(
        key=one.id,
        starts=starts,
        ends=one.ends.astimezone(zone),
        text=f"{_clock(starts)} {name}" if view is View.MONTH else name,
        tone=tone,
        hatched=one.status is AppointmentStatus.PENDING,
        faint=one.status in _FAINT,
        subject=one.practitioner_id,
        detail=" · ".join(part for part in parts if part),
        mark="warning" if one.id in sheet.troubled else "",
        movable=one.status in _MOVABLE and now is not None and one.starts > now,
    )


def _clock(at: datetime) -> str:
    """Hours and minutes; formatting a time by strftime costs ten times as much."""
    return f"{at.hour:02d}:{at.minute:02d}"


def _offer(number: int, slot: Slot, zone: tzinfo) -> Block:
    starts = slot.starts.astimezone(zone)
    return Block(
        key=f"{FREE}{number}",
        starts=starts,
        ends=slot.ends.astimezone(zone),
        text=f"{_clock(starts)} free",
        tone="",
        hollow=True,
        subject=slot.practitioner_id,
    )


def _counted(count: int, otherwise: str) -> str:
    return otherwise if not count else "1 visit" if count == 1 else f"{count} visits"


def _covers(away: Stretch, one: Stretch) -> bool:
    mine = away.practitioner_id == one.practitioner_id
    return mine and away.starts <= one.starts and away.ends >= one.ends
