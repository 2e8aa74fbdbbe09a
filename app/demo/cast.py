"""The people of the demo, and a clock that can be put forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.records import Role
from app.workflow.signing_up import SignUp

PASSWORD = "correct horse battery staple 9"  # noqa: S105 - the demo's people are not real
MARKER = "Zebracanary"
"""A surname that must not be readable in any file the demo leaves."""

CLINIC, ZONE = "Hillside Imaging", "Europe/Paris"
ADMINISTRATOR = ("Ada Okafor", "ada")
DOCTOR = SignUp(
    Role.DOCTOR,
    "Iris Moreau",
    "iris",
    PASSWORD,
    email="iris@hillside.example",
    specialty="Neurosurgery",
)
PATIENT = SignUp(
    Role.PATIENT,
    f"Zoe {MARKER}",
    "zoe",
    PASSWORD,
    email="zoe@mail.example",
    phone="+33612345678",
    birth_date=date(1961, 4, 12),
    mrn="4711",
)


@dataclass
class DemoClock:
    """The present, or some time later: so that back-off need not be waited for."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Return the demo's present, aware, in UTC."""
        return datetime.now(UTC) + self.ahead

    def later(self, minutes: float) -> None:
        """Put the clock forward."""
        self.ahead += timedelta(minutes=minutes)
