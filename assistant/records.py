"""Vocabulary of writing: Report, Section, Seen, Explanation, Passage, Turn, ModelProfile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from assistant.wishes import ReplyKind, Topic
from inference.records import Finding
from scheduling.records import Appointment, Slot
from viewer.records import Annotation


class ReportStatus(StrEnum):
    """FHIR R4 DiagnosticReport.status, the part this program uses.

    PARTIAL is a draft: nobody has signed it. PRELIMINARY is signed by a first reader and waits for
    the co-signature of another doctor. AMENDED is a new version for what became known later,
    CORRECTED one that mends an error, APPENDED one with an addendum.
    """

    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    APPENDED = "appended"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def is_draft(self) -> bool:
        """Whether nobody has signed it yet."""
        return self is ReportStatus.PARTIAL

    @property
    def is_final(self) -> bool:
        """Whether it is complete and stands: what may be released, printed and handed over."""
        return self in _STANDING


_STANDING = frozenset(
    {
        ReportStatus.FINAL,
        ReportStatus.AMENDED,
        ReportStatus.CORRECTED,
        ReportStatus.APPENDED,
    }
)
CONTENT_VERSION = 2
"""The form of what is signed today; version 1 holds no record of what was seen."""


class Fate(StrEnum):
    """What became of a sentence the machine proposed."""

    UNREAD = "unread"
    ACCEPTED = "accepted"
    EDITED = "edited"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A sentence the machine proposed, and how it stands in the text now.

    ``source`` names what it is about, so that a later proposal about the same is known as such.
    ``text`` is empty where the reader struck it out. ``accepted`` is the reader's word for it,
    which counts as long as the sentence stands as proposed.
    """

    source: str
    proposed: str = field(repr=False)
    text: str = field(repr=False)
    accepted: bool = False

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if not self.text:
            return Fate.STRUCK
        if self.text != self.proposed:
            return Fate.EDITED
        return Fate.ACCEPTED if self.accepted else Fate.UNREAD


class Subject(StrEnum):
    """What a number in a text is taken from."""

    FINDING = "finding"
    ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True)
class Reference:
    """A number in a text that is taken from a measurement and follows it until it is signed.

    ``text`` stands at ``start`` in the section's text; ``values`` are the numbers behind it, in
    ``unit`` (UCUM). It is ``broken`` where what it was taken from is no longer there.
    """

    start: int
    text: str = field(repr=False)
    subject: Subject
    id: str
    name: str
    values: tuple[float, ...]
    unit: str
    broken: bool = False

    @property
    def end(self) -> int:
        """Where it ends in the section's text."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Section:
    """One titled part of a report. ``machine_text`` is what the machine had proposed.

    ``proposals`` are its sentences, each with what became of it; None in reports from before they
    were kept. ``references`` are the numbers taken from measurements, by where they stand.
    """

    title: str
    text: str = field(repr=False)
    machine_text: str = field(repr=False, default="")
    proposals: tuple[Proposal, ...] | None = field(repr=False, default=None)
    references: tuple[Reference, ...] = ()


class DoubtKind(StrEnum):
    """What a doubt about a text is about."""

    SIDE = "side"
    PLACE = "place"
    PRESENCE = "presence"
    NUMBER = "number"
    COUNT = "count"
    IMPRESSION = "impression"  # the impression against the findings section
    UNMENTIONED = "unmentioned"
    EMPTY = "empty"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Where a text does not fit the accepted findings, or one section the other.

    ``start`` and ``end`` are where the sentence stands in its section (both 0 where the doubt is
    about the section as a whole); ``says`` is what the accepted findings say.
    """

    kind: DoubtKind
    message: str = field(repr=False)
    section: str = ""
    sentence: str = field(repr=False, default="")
    start: int = 0
    end: int = 0
    says: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class ConfirmedDoubt:
    """A doubt the reader answered: the sentence stays as it is, for this reason."""

    section: str
    sentence: str = field(repr=False)
    message: str = field(repr=False)
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The model run a report rests on, as it was when the reader decided.

    ``outcome``, ``reason``, ``gate`` and ``cautions`` are the run's; ``thresholds`` are those of
    its model by name, where the model is known here. ``heat_map`` is the method of the heat map
    that was shown, ``heat_sha256`` the digest of its values, ``faithfulness`` what its check gave.
    """

    run_id: str
    model: str
    version: str
    weights_sha256: str
    series_uid: str = ""
    outcome: str = ""
    reason: str = ""
    gate: Mapping[str, float] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    thresholds: Mapping[str, float] = field(default_factory=dict)
    own_model: str = ""
    heat_map: str = ""
    heat_sha256: str = ""
    faithfulness: Mapping[str, float] = field(default_factory=dict)
    heat_grade: str = ""


@dataclass(frozen=True, slots=True)
class PatientSnapshot:
    """Who the patient was when the report was signed."""

    name: str = field(repr=False)
    mrn: str = field(repr=False, default="")
    birth_date: date | None = field(repr=False, default=None)
    sex: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """A series that lay before the signer; ``pixels_sha256`` is over the voxels as stored."""

    uid: str
    description: str
    pixels_sha256: str


@dataclass(frozen=True, slots=True)
class SeenMask:
    """The outlines of a run (or the reader's own, ``run_id`` empty) as they stood, corrected."""

    series_uid: str
    run_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SeenKeyImage:
    """A view the reader had marked; ``sha256`` is over the mark and the voxels it shows."""

    id: str
    series_uid: str
    note: str = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class FirstImpression:
    """What the reader held before the model's findings were shown.

    ``confidence`` goes from 1 (a guess) to 5 (certain).
    """

    lesion: bool
    confidence: int
    at: datetime
    words: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that lay before the signer besides text and findings.

    ``read_mode`` is how the model's findings came in (blind first, on request, concurrent) and
    ``revealed_at`` when they were shown; both empty where nothing was recorded. ``changed_mind``
    says that the decisions that were signed hold the opposite of the first impression.
    """

    patient: PatientSnapshot
    series: tuple[SeenSeries, ...] = ()
    masks: tuple[SeenMask, ...] = ()
    key_images: tuple[SeenKeyImage, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    read_mode: str = ""
    revealed_at: datetime | None = None
    program: str = ""
    first_impression: FirstImpression | None = None
    changed_mind: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """An Ed25519 signature over the report's canonical JSON (RFC 8785).

    ``digest`` is the SHA-256 of the signed bytes, ``value`` and ``public_key`` are hex.
    """

    signer_id: str
    signer_name: str
    meaning: str
    signed_at: datetime
    digest: str
    value: str
    public_key: str


@dataclass(frozen=True, slots=True)
class Report:
    """One version of a report; a signed version never changes.

    ``findings`` are the decided findings as they stood (accepted, edited and rejected).
    ``patient_line`` repeats name, birth date and record number as they were when it was written.
    ``previous_digest`` chains a later version to the one before it; ``reason`` says why a later
    version was made. ``countersignature`` is the second doctor's where two mark a report as entered
    in error. ``seen`` and ``content_version`` belong to what was signed: a report of content
    version 1 holds no ``seen``. ``confirmed_doubts`` are the warnings of the check that the reader
    let stand, each with the reason.
    """

    id: str
    version: int
    study_uid: str
    patient_id: str
    author_id: str
    status: ReportStatus
    updated_at: datetime
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    study_date: str = ""
    patient_line: str = field(repr=False, default="")
    previous_digest: str = ""
    signature: Signature | None = None
    countersignature: Signature | None = None
    reason: str = field(repr=False, default="")
    seen: Seen | None = field(repr=False, default=None)
    template_id: str = ""
    template_version: str = ""
    content_version: int = 1
    confirmed_doubts: tuple[ConfirmedDoubt, ...] = ()

    def __post_init__(self) -> None:
        if not self.status.is_draft and self.signature is None:
            raise ValueError("a report beyond a draft is signed")

    def section(self, title: str) -> str:
        """Text of the section of that title, or an empty text."""
        return next((part.text for part in self.sections if part.title == title), "")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence comes from: a section of the report or a knowledge passage.

    ``source`` is ``report:<section title>``, ``report:decisions`` (the reader's decisions,
    signed with the report) or ``knowledge:<passage id>``. ``shown`` is the line that stands under
    a quoted passage (author, date, licence) and ``origin`` who answers for it.
    """

    source: str
    quote: str = field(repr=False)
    shown: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """A piece of a leaflet as long as an answer; ``page`` is 0 where the file has no pages.

    ``held_back`` says why it is never quoted; empty where it may be.
    """

    title: str
    text: str
    page: int = 0
    held_back: str = ""


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A text the clinic put beside the shipped passages: data to quote, never instructions.

    ``sha256`` is of the file as it was brought; the file itself is not kept. ``added_by`` is the
    account, ``added_by_name`` the name it had. ``points`` are where its passages lie by
    meaning, packed by assistant.knowledge.vectors; empty where there was no embedder.
    """

    id: str
    title: str
    language: str
    file_name: str
    sha256: str
    pages: int
    extracts: tuple[Extract, ...]
    added_at: datetime
    added_by: str
    added_by_name: str
    points: str = field(repr=False, default="")


class Origin(StrEnum):
    """Who answers for a passage: the program's authors, a published source, or the clinic."""

    PROGRAM = "program"
    LICENSED = "licensed"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class Passage:
    """One short text of background: it is quoted as it stands and is never a fact of a report.

    ``source`` says who wrote it, ``date`` when (ISO 8601, as exactly as it is known: a year may be
    all), ``licence`` under what it may be shown, ``url`` where the original stands, ``page`` where
    in a leaflet (0 = no pages), ``basis`` what it rests on and who reviewed it. ``language`` is a
    BCP 47 primary subtag. The ids of the program's own passages are the same in every language.
    """

    id: str
    title: str
    text: str
    source: str
    date: str
    licence: str
    language: str = "en"
    origin: Origin = Origin.PROGRAM
    url: str = ""
    page: int = 0
    keywords: tuple[str, ...] = ()
    basis: str = ""

    @property
    def cited_as(self) -> str:
        """The passage as a citation names it."""
        return f"knowledge:{self.id}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for a patient with its citations; ``by_model`` if a model worded it.

    ``topic`` groups sentences under a heading: found, meaning, unknown, computer, quote,
    question or word.
    """

    text: str = field(repr=False)
    citations: tuple[Citation, ...] = ()
    by_model: bool = False
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A signed report in plain words."""

    report_id: str
    report_version: int
    sentences: tuple[Sentence, ...]
    next_step: Sentence | None
    specialty: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The assistant's answer to one message.

    ``slots`` are proposals that a person may confirm by one click; nothing is booked by a reply.
    ``visits`` are the person's own appointments. ``choices`` are buttons.
    """

    kind: ReplyKind
    sentences: tuple[Sentence, ...]
    slots: tuple[Slot, ...] = ()
    choices: tuple[str, ...] = ()
    visits: tuple[Appointment, ...] = ()
    topic: Topic | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; ``speaker`` is patient or assistant.

    An answer keeps its ``kind`` and its ``sentences`` with their sources, and ``report_id``, the
    report it was about, so that it can be shown again as it was; ``text`` is all of it in one.
    """

    speaker: str
    text: str = field(repr=False)
    topic: Topic | None = field(repr=False, default=None)
    kind: ReplyKind | None = None
    sentences: tuple[Sentence, ...] = field(repr=False, default=())
    report_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What is known of one language model file before it is loaded.

    ``sha256`` is of the whole file and is checked at every start of the engine.
    ``allow_wording`` says that the model passed the acceptance of its wording; without it the
    templates are shown as they are. ``wording_languages`` are those it was accepted in.
    """

    name: str
    path: str
    sha256: str
    licence: str
    chat_format: str = "chatml"
    n_ctx: int = 4096
    n_gpu_layers: int = 0
    stop: tuple[str, ...] = ()
    allow_wording: bool = False
    wording_languages: tuple[str, ...] = ("en", "de")
