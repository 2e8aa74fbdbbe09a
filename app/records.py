"""The workstation's own nouns: accounts, audit and worklist entries, edits, model releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any


class Role(StrEnum):
    """What a person is here as."""

    DOCTOR = "doctor"
    PATIENT = "patient"
    RECEPTIONIST = "receptionist"
    ADMINISTRATOR = "administrator"


class AccountStatus(StrEnum):
    """WAITING: signed up, not yet approved. CLOSED: may no longer sign in."""

    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in identity, separate from Practitioner and Patient.

    ``patient_id`` is empty until a member of staff has matched a patient's account with a
    patient record. ``verifier`` is the Argon2id hash of a patient's password (staff have none:
    their key slot is the proof). ``public_key`` is the hex Ed25519 key that checks a doctor's
    signatures.
    """

    id: str
    username: str
    name: str = field(repr=False)
    role: Role
    status: AccountStatus
    created_at: datetime
    email: str = field(repr=False, default="")
    phone: str = field(repr=False, default="")
    birth_date: date | None = field(repr=False, default=None)
    mrn: str = field(repr=False, default="")
    specialty: str = ""
    patient_id: str = ""
    practitioner_id: str = ""
    verifier: str = field(repr=False, default="")
    public_key: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the signed-in account as policy and audit see it.

    The program itself acts as ``Actor("system", "system", None)`` for sending and sweeping.
    """

    account_id: str
    name: str = field(repr=False)
    role: Role | None
    patient_id: str = ""
    practitioner_id: str = ""

    @property
    def signer_id(self) -> str:
        """Under which id this person writes and signs reports."""
        return self.practitioner_id or self.account_id


SYSTEM = Actor("system", "system", None)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which id, when; chained by hash to the entry before."""

    seq: int
    at: datetime
    actor_id: str
    role: str
    action: str
    subject: str
    patient_id: str
    outcome: str
    detail: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which audit lines to list; what is empty or None does not restrict.

    ``actor_id`` is an account, ``since`` is included and ``until`` is not.
    """

    actor_id: str = ""
    patient_id: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AuditLines:
    """A page of audit lines, newest first: how many match in all, and whether older ones do."""

    entries: tuple[AuditEntry, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line of a patient's list of who saw the data: when, who, as what, what, what for.

    ``who`` is empty where the clinic shows roles only; ``seen`` tells what was read, taken out or
    meant to be from what only changed the data.
    """

    seq: int
    at: datetime
    who: str = field(repr=False)
    role: str
    action: str
    what: str
    purpose: str
    emergency: bool
    outcome: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A release to the patient that was taken back, and why in words for the patient."""

    report_id: str
    withdrawn_at: datetime
    patient_id: str
    by_id: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A print of a report given to a person: which version, by whom, to whom.

    ``relation`` is the patient, or what the person is to the patient; ``digest`` that of the signed
    content.
    """

    id: str
    report_id: str
    version: int
    patient_id: str
    digest: str
    at: datetime
    by_id: str
    by_name: str = field(repr=False)
    to_name: str = field(repr=False)
    relation: str = field(repr=False)


class WorklistStatus(StrEnum):
    """How far a study has come.

    ASSIGNED has a reader and no report yet. PRELIMINARY is signed by one who needs a second
    signature. RELEASED is open to the patient.
    """

    UNREAD = "unread"
    ASSIGNED = "assigned"
    DRAFT = "draft"
    PRELIMINARY = "preliminary"
    SIGNED = "signed"
    RELEASED = "released"


class Urgency(IntEnum):
    """How soon a study wants to be read, and why.

    SUSPECTED: a model suspects a lesion and no reader has rejected it. UNJUDGED: no model has
    judged it. QUIET: nothing suspected, or rejected. DONE: signed, or simulated.
    """

    DONE = 0
    QUIET = 1
    UNJUDGED = 2
    SUSPECTED = 3


NOTHING_SUSPECTED = "No lesion suspected by this model"
"""What a line of the worklist says where a model found nothing: never that all is well."""


@dataclass(frozen=True, slots=True)
class WorklistEntry:
    """One line of the worklist; ``flag`` says why it stands where it stands.

    For who may not see images, ``urgency`` is None and ``flag`` empty: both tell what a model
    found. ``prior_count`` counts the patient's earlier studies, ``last_prior`` is the day of the
    newest of them.
    """

    study_uid: str
    patient_id: str
    patient_name: str = field(repr=False)
    mrn: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: str
    study_date: date | None
    description: str
    modality: str
    series_count: int
    imported_at: datetime
    status: WorklistStatus
    urgency: Urgency | None
    flag: str
    simulated: bool
    reader_id: str = ""
    reader_name: str = field(repr=False, default="")
    prior_count: int = 0
    last_prior: date | None = None


@dataclass(frozen=True, slots=True)
class WorklistFilter:
    """Which studies to list; what is empty or None does not restrict.

    ``since`` and ``until`` are days of the study, both included; ``last_days`` counts back from
    today (1 is today alone). ``unread`` leaves out what is signed or released.
    """

    statuses: tuple[WorklistStatus, ...] = ()
    urgencies: tuple[Urgency, ...] = ()
    modalities: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    last_days: int = 0
    mine: bool = False
    unread: bool = False

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise ValueError("the first day is after the last one")
        if self.last_days < 0:
            raise ValueError("a number of days is not negative")


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter one person keeps under a name."""

    name: str
    filter: WorklistFilter


@dataclass(frozen=True, slots=True)
class Macro:
    """A text that is written out for a typed abbreviation; braces in it are open fields."""

    abbreviation: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """Which pixel file holds the small picture of a study, and of which series it is."""

    study_uid: str
    series_uid: str
    pixel_file: str


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """What a search or filter gave: lines, whether more match, and how many studies there are."""

    entries: tuple[WorklistEntry, ...]
    more: bool
    total: int


class EditKind(StrEnum):
    """What a reader changes while reading a study."""

    ANNOTATION = "annotation"
    KEY_IMAGE = "key-image"
    LABEL_STROKE = "label-stroke"
    FINDING = "finding"
    REPORT = "report"


class EditState(StrEnum):
    """Where an edit stands on its author's undo stack."""

    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"  # undone, and something else was done since


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a study's reading, with what was there before and after it.

    ``before`` and ``after`` are the JSON values of the subject; None where it was not there.
    A finding's and an annotation's are the whole record, a report's the sections that changed
    (text by title), a label stroke's say nothing: the stroke is kept beside the journal.
    """

    id: str
    study_uid: str
    author_id: str
    at: datetime
    kind: EditKind
    subject_id: str
    before: Mapping[str, Any] | None = field(repr=False)
    after: Mapping[str, Any] | None = field(repr=False)
    state: EditState = EditState.DONE
    seq: int = 0


class ReadMode(StrEnum):
    """When a reader sees what the models found, see ADR 27.

    BLIND_FIRST: after the reader has written a first impression and a confidence, and asked.
    ON_REQUEST: when the reader asks. CONCURRENT: at once.
    """

    BLIND_FIRST = "blind first"
    ON_REQUEST = "on request"
    CONCURRENT = "concurrent"


class ReadStepKind(StrEnum):
    """What happened while one reader read a study."""

    OPENED = "opened"
    IMPRESSION = "impression"
    REVEALED = "revealed"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class ReadStep:
    """One step of one reader's reading of a study; steps are only ever added.

    ``lesion`` says whether the reader held that there is one: at the IMPRESSION at first, at
    SIGNED in the end; None where nothing was said. ``confidence`` goes from 1 (a guess) to 5
    (certain), 0 where none was given.
    """

    study_uid: str
    reader_id: str
    at: datetime
    kind: ReadStepKind
    mode: ReadMode
    lesion: bool | None = None
    confidence: int = 0
    words: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class LabelStroke:
    """A stroke on the label map of a series, as bytes (see viewer.geometry.labelling).

    ``run_id`` names the run whose outlines it corrects; empty where the reader began with none.
    """

    id: str
    study_uid: str
    series_uid: str
    run_id: str
    change: bytes = field(repr=False)
    undone: bool = False
    seq: int = 0


@dataclass(frozen=True, slots=True)
class ModelRelease:
    """One model in one version with one set of weights, that has run here."""

    id: int
    model: str
    version: str
    weights_sha256: str


@dataclass(frozen=True, slots=True)
class Scanner:
    """Where images come from; ``field_t`` is tesla as text, each empty where unknown."""

    id: int
    manufacturer: str
    device: str
    field_t: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A patient's conversation with the assistant; what was said is kept apart, sealed.

    ``language`` is the one it was last held in, ``report_id`` the report spoken of, or empty.
    """

    id: str
    patient_id: str
    account_id: str
    started_at: datetime
    updated_at: datetime
    language: str = "en"
    report_id: str = ""


class AnswerFault(StrEnum):
    """What a person finds wrong with an answer of the assistant."""

    WRONG = "wrong"
    UNCLEAR = "unclear"
    HARMFUL = "harmful"
    NOT_HELPFUL = "not-helpful"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AnswerReview:
    """An answer somebody asks the clinic to look at.

    ``words`` are the person's own. ``question`` and ``answer`` are there only with the person's
    consent. It is open until somebody has answered it.
    """

    id: str
    patient_id: str
    filed_by: str
    filed_at: datetime
    fault: AnswerFault
    words: str = field(repr=False, default="")
    question: str = field(repr=False, default="")
    answer: str = field(repr=False, default="")
    answered_by: str = ""
    answered_at: datetime | None = None
    outcome: str = field(repr=False, default="")

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.answered_at is None
