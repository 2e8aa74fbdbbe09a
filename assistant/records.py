"""Vocabulary of writing: Report, Section, Explanation, Citation, Turn, ModelProfile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from inference.records import Finding
from scheduling.records import Slot


class ReportStatus(StrEnum):
    """FHIR R4 DiagnosticReport.status, the part this program uses."""

    PRELIMINARY = "preliminary"
    FINAL = "final"
    APPENDED = "appended"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Section:
    """One titled part of a report. ``machine_text`` is what the machine had proposed."""

    title: str
    text: str = field(repr=False)
    machine_text: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class Provenance:
    """The model run a report rests on, as it was when the reader decided."""

    run_id: str
    model: str
    version: str
    weights_sha256: str


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
    ``previous_digest`` chains an appended version to the one before it.
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

    def __post_init__(self) -> None:
        if self.status is not ReportStatus.PRELIMINARY and self.signature is None:
            raise ValueError("a report beyond preliminary is signed")

    def section(self, title: str) -> str:
        """Text of the section of that title, or an empty text."""
        return next((part.text for part in self.sections if part.title == title), "")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence comes from: a section of the report or a knowledge passage.

    ``source`` is ``report:<section title>``, ``report:decisions`` (the reader's decisions,
    signed with the report) or ``knowledge:<passage id>``.
    """

    source: str
    quote: str = field(repr=False)


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


class ReplyKind(StrEnum):
    """What the assistant decided a message calls for."""

    EMERGENCY = "emergency"
    EXPLANATION = "explanation"
    ANSWER = "answer"
    SLOTS = "slots"
    UNKNOWN = "unknown"
    REFUSAL = "refusal"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Reply:
    """The assistant's answer to one message.

    ``slots`` are proposals that a person may confirm by one click; nothing is booked by a reply.
    ``choices`` are buttons offered when the assistant is unsure.
    """

    kind: ReplyKind
    sentences: tuple[Sentence, ...]
    slots: tuple[Slot, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation; ``speaker`` is patient or assistant."""

    speaker: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What is known of one language model file before it is loaded.

    ``sha256`` is of the whole file and is checked at every start of the engine.
    ``allow_wording`` says that the model passed the acceptance of its wording; without it the
    templates are shown as they are.
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
