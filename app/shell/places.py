"""Which pages there are, for whom, and how each is made at its first visit.

Each maker imports its page when it is called, so that the sign-in window waits for none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.pages.context import PageContext
from app.records import Role


def _worklist(context: PageContext) -> QWidget:
    from app.pages.worklist import WorklistPage  # noqa: PLC0415 - made at its first visit

    return WorklistPage(context)


def _reading(context: PageContext) -> QWidget:
    from app.pages.reading.page import ReadingPage  # noqa: PLC0415 - it brings VTK

    return ReadingPage(context)


def _calendar(context: PageContext) -> QWidget:
    from app.pages.calendar import CalendarPage  # noqa: PLC0415 - made at its first visit

    return CalendarPage(context)


def _patients(context: PageContext) -> QWidget:
    from app.pages.patients import PatientsPage  # noqa: PLC0415 - made at its first visit

    return PatientsPage(context)


def _my_health(context: PageContext) -> QWidget:
    from app.pages.my_health import MyHealthPage  # noqa: PLC0415 - made at its first visit

    return MyHealthPage(context)


def _assistant(context: PageContext) -> QWidget:
    from app.pages.assistant import AssistantPage  # noqa: PLC0415 - made at its first visit

    return AssistantPage(context)


def _audit(context: PageContext) -> QWidget:
    from app.pages.audit import AuditPage  # noqa: PLC0415 - made at its first visit

    return AuditPage(context)


def _administration(context: PageContext) -> QWidget:
    from app.pages.administration import AdministrationPage  # noqa: PLC0415 - made at its first visit

    return AdministrationPage(context)


def _settings(context: PageContext) -> QWidget:
    from app.pages.settings import SettingsPage  # noqa: PLC0415 - made at its first visit

    return SettingsPage(context)


@dataclass(frozen=True, slots=True)
class Place:
    """One page as the navigation rail knows it."""

    key: str
    title: str
    icon: str
    roles: frozenset[Role]
    make: Callable[[PageContext], QWidget]


_DOCTOR, _PATIENT, _DESK, _ADMIN = (
    frozenset({role}) for role in (Role.DOCTOR, Role.PATIENT, Role.RECEPTIONIST, Role.ADMINISTRATOR)
)

PLACES = (
    Place("my_health", "My health", "health", _PATIENT, _my_health),
    Place("worklist", "Worklist", "worklist", _DOCTOR | _DESK, _worklist),
    Place("reading", "Reading", "reading", _DOCTOR, _reading),
    Place("administration", "Clinic", "administration", _ADMIN, _administration),
    Place("calendar", "Calendar", "calendar", _DOCTOR | _DESK | _ADMIN, _calendar),
    Place("patients", "Patients", "user", _DOCTOR | _DESK, _patients),
    Place("assistant", "Assistant", "assistant", _PATIENT | _DOCTOR, _assistant),
    Place("audit", "Audit", "audit", _ADMIN, _audit),
    Place("access", "Access", "audit", _PATIENT, _audit),
    Place("settings", "Settings", "settings", _ADMIN, _settings),
)
"""Every page, in the order of the rail; the first a person may see is the one to start on."""


def places_for(role: Role | None) -> tuple[Place, ...]:
    """Pages a role finds in its rail."""
    return tuple(place for place in PLACES if role in place.roles)
