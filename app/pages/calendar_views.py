"""The calendar's four views, one in front: what was read, painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QStackedWidget

from app.pages.calendar_drawing import (
    bands,
    blocks,
    closed_days,
    columns,
    kept,
    leased_bands,
    notes,
    thing_bands,
)
from app.pages.calendar_hours import HoursMode
from app.pages.calendar_span import View, days_of
from app.widgets.agenda import Agenda
from app.widgets.calendar_blocks import Band, Drop
from app.widgets.calendar_canvas import CalendarCanvas
from app.widgets.drag_grid import DragGrid
from app.widgets.month_grid import MonthGrid
from app.workflow.calendar_sheet import Sheet
from app.workflow.leasing import LeasedTime
from scheduling.places import Hold


@dataclass(frozen=True, slots=True)
class ViewActs:
    """What the page does when something is clicked, opened, asked for, dropped."""

    chosen: Callable[[str], None]
    opened: Callable[[str], None]
    asked: Callable[[str, QPoint], None]
    zoomed: Callable[[str], None]
    dropped: Callable[[Drop], None]
    ground: Callable[[Drop], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown: a view around a day, in a zone, at the present moment (aware).

    ``hold`` is the time that is kept while somebody decides, ``leased`` what may be booked for good
    while the server is away.
    """

    view: View
    day: date
    zone: tzinfo
    now: datetime
    may_move: bool
    hold: Hold | None = None
    leased: tuple[LeasedTime, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """The days shown."""
        return days_of(self.view, self.day)


class Views(QStackedWidget):
    """Day and week share a grid; month and agenda are canvases of their own."""

    def __init__(self, acts: ViewActs) -> None:
        super().__init__()
        self.grid = DragGrid(name="calendar.grid", says="Appointments by hour")
        self.month = MonthGrid(name="calendar.month_grid", says="Appointments of a month")
        self.agenda = Agenda(name="calendar.list", says="Appointments as a list")
        self._canvases: dict[View, CalendarCanvas] = {
            View.DAY: self.grid,
            View.WEEK: self.grid,
            View.MONTH: self.month,
            View.AGENDA: self.agenda,
        }
        for canvas in (self.grid, self.month, self.agenda):
            canvas.chosen.connect(acts.chosen)
            canvas.opened.connect(acts.opened)
            canvas.asked.connect(acts.asked)
            canvas.zoomed.connect(acts.zoomed)
            self.addWidget(canvas)
        self.grid.dropped.connect(acts.dropped)
        self.month.dropped.connect(acts.dropped)
        self.grid.ground.connect(acts.ground)

    def canvas(self, view: View) -> CalendarCanvas:
        """The canvas of a view."""
        return self._canvases[view]

    def paint_sheet(self, sheet: Sheet, look: Look, editing: HoursMode) -> None:
        """Show a sheet; as hours to be edited where the grid paints."""
        local = look.now.astimezone(look.zone)
        shown = blocks(sheet, look.view, look.zone, look.now if look.may_move else None)
        if look.view is View.MONTH:
            said, closed = notes(sheet, look.zone), closed_days(sheet, look.zone, look.days)
            self.month.show_month(look.days, look.day.month, local.date(), shown, said, closed)
        elif look.view is View.AGENDA:
            self.agenda.show_list(local.date(), shown, "No appointments in these four weeks.")
        else:
            across = columns(sheet, look.view, look.days, local.date())
            if self.grid.paints:
                hours = editing.blocks(sheet, look.zone)
                self.grid.show_sheet(across, hours, (), local, whole_day=True)
            else:
                if look.hold is not None:
                    shown.append(kept(look.hold, look.zone))
                self.grid.show_sheet(across, shown, _behind(sheet, look), local)
        self.setCurrentWidget(self.canvas(look.view))


def _behind(sheet: Sheet, look: Look) -> list[Band]:
    """Hours, leave and closed times; of columns that stand for several people only the hours."""
    found = [*thing_bands(sheet, look.zone), *bands(sheet.stretches, look.zone)]
    if look.view is View.DAY or sheet.scope.practitioner_id:
        found += leased_bands(look.leased, look.zone)
    if look.view is View.DAY or sheet.scope.practitioner_id:
        return found
    return [one for one in found if one.kind == "working"]
