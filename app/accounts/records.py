"""Who reads a study, and access without a tie to the patient: the records behind the rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Assignment:
    """One step in a study's history of readers; the newest one holds.

    ``reader_id`` is the account of who has the study from then on; empty where it was given back.
    ``word`` is what the one who handed it over wrote to the next reader.
    """

    study_uid: str
    reader_id: str
    by_id: str
    at: datetime
    word: str = field(repr=False, default="")
    seq: int = 0


class EmergencyReason(StrEnum):
    """Why a doctor opens the chart of a patient who is not theirs."""

    LIFE_THREATENING = "life-threatening"
    ON_CALL = "on-call"
    READER_AWAY = "reader-away"
    TRANSFER = "transfer"
    OTHER = "other"


class Verdict(StrEnum):
    """What the review of an emergency access came to; PENDING until somebody has looked."""

    PENDING = ""
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not justified"


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """Access of one doctor to one patient's images and reports, opened with a reason.

    It holds from ``started_at`` until ``ends_at`` or, where the chart was left, ``ended_at``.
    """

    id: str
    patient_id: str
    account_id: str
    reason: EmergencyReason
    words: str = field(repr=False)
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None
    verdict: Verdict = Verdict.PENDING
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review_words: str = field(repr=False, default="")
