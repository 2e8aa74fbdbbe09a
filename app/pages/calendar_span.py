"""Which days a view of the calendar spans."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from app.pages.wording import day as in_words
from app.widgets.calendar_blocks import MONTHS, WEEKDAYS, week_of

_AGENDA_DAYS = 28


class View(StrEnum):
    """How much is shown at once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    AGENDA = "agenda"


def days_of(view: View, day: date) -> tuple[date, ...]:
    """Days shown around a day: whole weeks of a month, four weeks ahead in the agenda."""
    if view is View.DAY:
        return (day,)
    if view is View.WEEK:
        return week_of(day)
    if view is View.AGENDA:
        return tuple(day + timedelta(days=number) for number in range(_AGENDA_DAYS))
    first = week_of(day.replace(day=1))[0]
    last = week_of(day.replace(day=monthrange(day.year, day.month)[1]))[-1]
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def stepped(view: View, day: date, direction: int) -> date:
    """The day to show one step further, or back; a month later the same day or the last one."""
    if view is not View.MONTH:
        days = {View.DAY: 1, View.WEEK: 7, View.AGENDA: _AGENDA_DAYS}[view]
        return day + timedelta(days=days * direction)
    months = day.year * 12 + day.month - 1 + direction
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def title(view: View, day: date) -> str:
    """The days in words."""
    if view is View.MONTH:
        return f"{MONTHS[day.month - 1]} {day.year}"
    days = days_of(view, day)
    if len(days) == 1:
        return f"{WEEKDAYS[day.weekday()]} {in_words(day)}"
    return f"{in_words(days[0])} – {in_words(days[-1])}"
