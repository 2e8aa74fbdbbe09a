"""Where, with what and how long: places, scanners and rooms, kinds of visit, closed days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget

from app.pages.booking_words import Catalogue, read_catalogue
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.planning_absences import AbsenceForm
from app.pages.planning_forms import KIND_WORDS, PlaceForm, ThingForm, VisitForm
from app.pages.planning_section import Plan, Section
from app.pages.wording import day, until
from app.widgets.buttons import button
from app.widgets.surfaces import row
from app.widgets.table import Column
from app.workflow import configuring, planning
from app.workflow.session import Session
from scheduling.places import Absence, Place, Resource, VisitType

Kept = TypeVar("Kept", Place, Resource, VisitType)
"""What is never removed, because visits were booked with it: it is ended, and used again."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything the page shows."""

    zone: str
    known: Catalogue
    places: tuple[Place, ...]
    things: tuple[Resource, ...]
    visits: tuple[VisitType, ...]
    absences: tuple[Absence, ...]


class PlanningPage(Page):
    """Four lists, each with a form: what is ended stays in what was booked with it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, "planning", "Places", "Where visits happen, and what they need.")
        session = context.session
        self.known = Catalogue()
        self._place, self._thing = PlaceForm("UTC"), ThingForm()
        self._absence = AbsenceForm(session.today)
        self.places = Section(self, _places(session), self._place, self.refresh)
        self.things = Section(self, self._things(session), self._thing, self.refresh)
        self.visits = Section(self, _visits(session), VisitForm(), self.refresh)
        self.absences = Section(self, self._absences(session), self._absence, self.refresh)
        self._stack = QStackedWidget()
        self._either = QButtonGroup(self)
        shown = (
            ("Places", "planning.places", self.places),
            ("Scanners and rooms", "planning.things", self.things),
            ("Kinds of visit", "planning.visits", self.visits),
            ("Closed and away", "planning.absences", self.absences),
        )
        made = [self._tab(words, name, number) for number, (words, name, _) in enumerate(shown)]
        for _, _, section in shown:
            self._stack.addWidget(section)
        made[0].setChecked(True)
        self.header.addLayout(row(*made))
        self.body.addWidget(self._stack, 1)

    def open(self, **_ids: str) -> None:
        """Read everything again."""
        self.refresh()

    def refresh(self) -> None:
        """Read everything again."""
        session = self.context.session
        self.ask(lambda _: _read(session), self._show)

    def _tab(self, words: str, name: str, number: int) -> QPushButton:
        made = button(
            words,
            lambda: self._stack.setCurrentIndex(number),
            name=name,
            key=f"Alt+{number + 1}",
        )
        made.setCheckable(True)
        self._either.addButton(made)
        return made

    def _show(self, found: _Read) -> None:
        self.known = found.known
        self._place.usual_zone = found.zone
        self._thing.show_places(found.places)
        self._absence.show_subjects(found.known)
        self.places.show_records(found.places)
        self.things.show_records(found.things)
        self.visits.show_records(found.visits)
        self.absences.show_records(found.absences)

    def _things(self, session: Session) -> Plan[Resource]:
        return _lasting(
            "things",
            "New scanner or room",
            "Scanners and rooms",
            (
                Column("State", _state, 110, _tone),
                Column("Name", lambda one: one.name),
                Column("What it is", lambda one: KIND_WORDS[one.kind], 110),
                Column("Place", lambda one: self.known.name(one.place_id, ""), 180),
                Column("Visits at once", lambda one: str(one.capacity), 120),
            ),
            lambda one: planning.put_resource(session, one),
        )

    def _absences(self, session: Session) -> Plan[Absence]:
        columns: tuple[Column[Absence], ...] = (
            Column("Who or what", lambda one: self.known.name(one.subject_id, "")),
            Column("First day", lambda one: day(one.first_day), 120),
            Column("Last day", lambda one: day(one.last_day), 120),
            Column("Hours", _hours, 120),
            Column("Why", lambda one: one.reason, 180),
        )
        return Plan(
            "absences",
            "New leave, closed day or maintenance",
            "Leave, closed days and maintenance",
            columns,
            lambda one: _touched(len(planning.put_absence(session, one))),
            lambda one: _taken_back(session, one),
            lambda _: "Take back",
        )


def _places(session: Session) -> Plan[Place]:
    return _lasting(
        "places",
        "New place",
        "Places",
        (
            Column("State", _state, 110, _tone),
            Column("Name", lambda one: one.name),
            Column("Time zone", lambda one: one.zone, 180),
            Column("Holidays of", _holidays, 140),
        ),
        lambda one: planning.put_place(session, one),
    )


def _visits(session: Session) -> Plan[VisitType]:
    return _lasting(
        "visits",
        "New kind of visit",
        "Kinds of visit",
        (
            Column("State", _state, 110, _tone),
            Column("Name", lambda one: one.name),
            Column("Takes", lambda one: f"{one.minutes} min", 90),
            Column("Needs", lambda one: ", ".join(KIND_WORDS[kind] for kind in one.needs), 150),
            Column("By patients", lambda one: "yes" if one.self_bookable else "no", 110),
        ),
        lambda one: planning.put_visit_type(session, one),
    )


def _lasting(
    name: str,
    new: str,
    says: str,
    columns: tuple[Column[Kept], ...],
    put: Callable[[Kept], None],
) -> Plan[Kept]:
    """The plan of what is kept for good: to end it can be taken back."""

    def keep(one: Kept) -> str:
        put(one)
        return "Saved. What is booked already stays as it is."

    return Plan(
        name,
        new,
        says,
        columns,
        keep,
        lambda one: keep(replace(one, active=not one.active)),
        lambda one: "End" if one.active else "Use again",
    )


def _read(session: Session) -> _Read:
    return _Read(
        configuring.clinic_settings(session).zone,
        read_catalogue(session),
        planning.places(session),
        planning.resources(session),
        planning.visit_types(session),
        planning.absences(session),
    )


def _touched(visits: int) -> str:
    if not visits:
        return "Saved. No visit is booked then."
    noun = "1 visit is" if visits == 1 else f"{visits} visits are"
    return f"Saved. {noun} booked then and stay until somebody moves them on the calendar."


def _taken_back(session: Session, one: Absence) -> str:
    planning.remove_absence(session, one.subject_id, one.id)
    return "Taken back; the time can be booked again."


def _state(one: Place | Resource | VisitType) -> str:
    return "In use" if one.active else "Ended"


def _tone(one: Place | Resource | VisitType) -> str:
    return "good" if one.active else "muted"


def _holidays(one: Place) -> str:
    return "-".join(part for part in (one.country, one.region) if part) or "none"


def _hours(one: Absence) -> str:
    if one.starts is None or one.ends is None:
        return "all day"
    return f"{one.starts:%H:%M}–{until(one.ends)}"
