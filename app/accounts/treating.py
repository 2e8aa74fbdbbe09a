"""When a doctor is treating a patient, and what only a treating doctor may do: pure.

Five ties make a doctor treating. Without one there is emergency access (break-glass), which opens
the images and the signed report and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.accounts.permissions import Permission

P = Permission

APPOINTMENT_BEFORE = timedelta(days=30)
"""How long before an appointment its doctor is treating the patient."""

APPOINTMENT_AFTER = timedelta(days=90)
"""How long after an appointment its doctor is treating the patient."""

TREATING_ONLY: frozenset[Permission] = frozenset(
    {
        P.VIEW_IMAGES,
        P.RUN_AI,
        P.REVIEW_FINDING,
        P.ANNOTATE_IMAGES,
        P.EXPORT_IMAGES,
        P.WRITE_REPORT,
        P.SIGN_REPORT,
        P.RELEASE_REPORT,
        P.READ_REPORT,
        P.EXPORT_REPORT,
        P.HAND_OVER_REPORT,
    }
)
"""What a doctor may do for patients they treat only (T in the matrix of docs/ARCHITECTURE.md)."""

IN_AN_EMERGENCY: frozenset[Permission] = frozenset({P.VIEW_IMAGES, P.READ_REPORT})
"""What emergency access opens (B in the matrix): looking, never signing, exporting or deciding."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties a doctor to a patient at this moment.

    Attributes
    ----------
    has_study
        A study of the patient is assigned to the doctor.
    may_take
        A study of the patient has no reader and no signed report: it waits to be taken. Or there
        are reports of the patient from another workstation and no images here to be assigned.
    may_cosign
        A report of the patient waits for another doctor's co-signature.
    appointment
        They have an appointment with each other, see ``APPOINTMENT_BEFORE`` and ``_AFTER``.
    wrote_report
        The doctor wrote or signed a version of a report of the patient.
    emergency
        An emergency access of the doctor to the patient holds.
    """

    has_study: bool = False
    may_take: bool = False
    may_cosign: bool = False
    appointment: bool = False
    wrote_report: bool = False
    emergency: bool = False

    @property
    def treating(self) -> bool:
        """Whether the doctor is treating the patient."""
        return (
            self.has_study
            or self.may_take
            or self.may_cosign
            or self.appointment
            or self.wrote_report
        )


def opens(ties: Ties, permission: Permission) -> bool:
    """Whether these ties let a doctor do it to that patient's data."""
    if permission not in TREATING_ONLY or ties.treating:
        return True
    return ties.emergency and permission in IN_AN_EMERGENCY
