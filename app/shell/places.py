"""Which pages there are, for whom, and how each is loaded.

Each loader imports its page when it is called, so that the sign-in window waits for none of them;
once somebody is in, the loaders run off the GUI thread, so that no click waits for them either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.pages.context import PageContext
from app.records import Role
from assistant.phrases import Phrases

Maker = Callable[[PageContext], QWidget]
"""Makes a page for somebody."""


def _worklist() -> Maker:
    from app.pages.worklist import WorklistPage  # noqa: PLC0415 - loaded once somebody is in

    return WorklistPage


def _reading() -> Maker:
    from app.pages.reading.page import ReadingPage  # noqa: PLC0415 - it brings VTK
    from viewer.canvas.colours import heat_table  # noqa: PLC0415 - as above

    heat_table()
    return ReadingPage


def _calendar() -> Maker:
    from app.pages.calendar import CalendarPage  # noqa: PLC0415 - loaded once somebody is in

    return CalendarPage


def _my_booking() -> Maker:
    from app.pages.my_booking import MyBookingPage  # noqa: PLC0415 - loaded once somebody is in

    return MyBookingPage


def _clinic_plan() -> Maker:
    from app.pages.planning import PlanningPage  # noqa: PLC0415 - loaded once somebody is in

    return PlanningPage


def _patients() -> Maker:
    from app.pages.patients import PatientsPage  # noqa: PLC0415 - loaded once somebody is in

    return PatientsPage


def _my_health() -> Maker:
    from app.pages.my_health import MyHealthPage  # noqa: PLC0415 - loaded once somebody is in

    return MyHealthPage


def _assistant() -> Maker:
    from app.pages.assistant import AssistantPage  # noqa: PLC0415 - loaded once somebody is in

    return AssistantPage


def _audit() -> Maker:
    from app.pages.audit import AuditPage  # noqa: PLC0415 - loaded once somebody is in

    return AuditPage


def _emergencies() -> Maker:
    from app.pages.emergencies import EmergenciesPage  # noqa: PLC0415 - loaded once somebody is in

    return EmergenciesPage


def _access() -> Maker:
    from app.pages.access_list import AccessListPage  # noqa: PLC0415 - loaded once somebody is in

    return AccessListPage


def _monitoring() -> Maker:
    from app.pages.monitoring import MonitoringPage  # noqa: PLC0415 - loaded once somebody is in

    return MonitoringPage


def _administration() -> Maker:
    from app.pages.administration import AdministrationPage  # noqa: PLC0415 - loaded once somebody is in

    return AdministrationPage


def _models() -> Maker:
    from app.pages.models import ModelsPage  # noqa: PLC0415 - loaded once somebody is in

    return ModelsPage


def _knowledge() -> Maker:
    from app.pages.knowledge import KnowledgePage  # noqa: PLC0415 - loaded once somebody is in

    return KnowledgePage


def _language_models() -> Maker:
    from app.pages.language_models import LanguageModelsPage  # noqa: PLC0415 - loaded once somebody is in

    return LanguageModelsPage


def _settings() -> Maker:
    from app.pages.settings import SettingsPage  # noqa: PLC0415 - loaded once somebody is in

    return SettingsPage


def _report() -> Maker:
    from app.pages.report import ReportPage  # noqa: PLC0415 - loaded once somebody is in

    return ReportPage


def _answer_reviews() -> Maker:
    from app.pages.answer_reviews import AnswerReviewsPage  # noqa: PLC0415 - loaded once somebody is in

    return AnswerReviewsPage


@dataclass(frozen=True, slots=True)
class Place:
    """One page as the navigation rail knows it; one outside the rail is reached by links.

    ``ahead`` says that the page takes so long to make that it is made before its first visit.
    """

    key: str
    title: str
    icon: str
    roles: frozenset[Role]
    load: Callable[[], Maker]
    in_rail: bool = True
    ahead: bool = False

    def title_in(self, words: Phrases) -> str:
        """What the page is called in a language; only patients' pages have names in others."""
        return words.say(f"place.{self.key}") if words.knows(f"place.{self.key}") else self.title


_DOCTOR, _PATIENT, _DESK, _ADMIN = (
    frozenset({role}) for role in (Role.DOCTOR, Role.PATIENT, Role.RECEPTIONIST, Role.ADMINISTRATOR)
)

PLACES = (
    Place("my_health", "My health", "health", _PATIENT, _my_health),
    Place("my_booking", "Book", "calendar", _PATIENT, _my_booking),
    Place("worklist", "Worklist", "worklist", _DOCTOR | _DESK, _worklist),
    Place("reading", "Reading", "reading", _DOCTOR, _reading, ahead=True),
    Place("report", "Report", "report", _DOCTOR, _report, in_rail=False),
    Place("administration", "Clinic", "administration", _ADMIN, _administration),
    Place("calendar", "Calendar", "calendar", _DOCTOR | _DESK | _ADMIN, _calendar),
    Place("planning", "Places", "home", _ADMIN, _clinic_plan),
    Place("patients", "Patients", "user", _DOCTOR | _DESK, _patients),
    Place("assistant", "Assistant", "assistant", _PATIENT | _DOCTOR, _assistant),
    Place("monitoring", "Monitoring", "monitoring", _DOCTOR | _ADMIN, _monitoring),
    Place(
        "answer_reviews", "Answers", "question", _DOCTOR | _ADMIN, _answer_reviews, in_rail=False
    ),
    Place("models", "Models", "sparkle", _ADMIN, _models),
    Place("language", "Language", "message", _ADMIN, _language_models),
    Place("knowledge", "Knowledge", "info", _ADMIN, _knowledge),
    Place("audit", "Audit", "audit", _ADMIN, _audit),
    Place("access", "Access", "audit", _PATIENT, _access),
    Place("emergencies", "Emergency", "warning", _ADMIN, _emergencies),
    Place("settings", "Settings", "settings", _ADMIN, _settings),
)
"""Every page, in the order of the rail; the first a person may see is the one to start on."""


def places_for(role: Role | None) -> tuple[Place, ...]:
    """Pages a role may visit, those in its rail and those behind links."""
    return tuple(place for place in PLACES if role in place.roles)
