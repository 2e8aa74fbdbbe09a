"""Vocabulary of the engine: what one answer cost, and a clinic's own language models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer took, as the model's own process measured it.

    ``reused_tokens`` of the ``prompt_tokens`` were still known from the call before and were not
    read again; ``prompt_s`` is the reading of the rest, ``answer_s`` the writing.
    ``peak_mb`` is the most the process has held so far, the model's file included.
    """

    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    prompt_s: float
    answer_s: float
    peak_mb: int = 0

    @property
    def read_per_s(self) -> float:
        """Tokens of the prompt read in a second; 0 if none were."""
        read = self.prompt_tokens - self.reused_tokens
        return read / self.prompt_s if self.prompt_s > 0 else 0.0

    @property
    def written_per_s(self) -> float:
        """Tokens written in a second; 0 if none were."""
        return self.answer_tokens / self.answer_s if self.answer_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Offered:
    """What a model file says of itself, checked as far as it can be without loading it.

    ``parameters`` and ``quantisation`` are counted from its tensors. ``licence`` is empty where
    the file names none. ``chat_format`` is what its template looks like; the template is not run.
    """

    name: str
    architecture: str
    parameters: int
    bytes: int
    quantisation: str
    context: int
    licence: str
    has_template: bool
    chat_format: str


@dataclass(frozen=True, slots=True)
class Speed:
    """What a model does on this machine; ``memory_mb`` is the most its process held."""

    load_s: float
    read_per_s: float
    written_per_s: float
    memory_mb: int


class OwnLanguageStatus(StrEnum):
    """Where a clinic's language model stands; only an approved one is ever used."""

    QUARANTINED = "quarantined"
    APPROVED = "approved"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence of the trial as the program has it, and as the model worded it.

    ``refused`` is why the gate refuses it, ``violation`` what the second check found; both are
    empty where there was nothing.
    """

    source: str
    candidate: str
    refused: str = ""
    violation: str = ""

    @property
    def changed(self) -> bool:
        """Whether it would be shown and is not the template's sentence."""
        return not self.refused and self.candidate != self.source


@dataclass(frozen=True, slots=True)
class Trial:
    """What the acceptance showed of one model on this machine.

    ``sentences_sha256`` names the sentences and the instruction it was made with. The grades
    (Flesch-Kincaid) are of what a patient would read: worded sentences where the gate let them
    through, the template's where it did not.
    """

    sentences_sha256: str
    wordings: tuple[Wording, ...]
    mutants: int
    mutants_refused: int
    grade_before: float
    grade_after: float
    seconds: float

    @property
    def gate_share(self) -> float:
        """The share of the model's sentences that the gate lets through."""
        passed = sum(not one.refused for one in self.wordings)
        return passed / len(self.wordings) if self.wordings else 0.0

    @property
    def shortcomings(self) -> tuple[str, ...]:
        """Why it does not pass; empty if it does."""
        wrong = sum(bool(one.violation) for one in self.wordings)
        share = self.mutants_refused / self.mutants if self.mutants else 0.0
        reasons = (
            (self.gate_share < LEAST_GATE_SHARE, "Too many sentences do not pass the gate."),
            (wrong > 0, "A sentence that passed the gate says something else."),
            (share < LEAST_MUTANT_SHARE, "The gate let wrong sentences through."),
            (self.grade_after >= self.grade_before, "The text does not become easier to read."),
        )
        return tuple(reason for fails, reason in reasons if fails)


LEAST_GATE_SHARE = 0.9
LEAST_MUTANT_SHARE = 0.995


@dataclass(frozen=True, slots=True)
class OwnLanguageModel:
    """A clinic's language model as it is kept.

    ``file`` is its name in the models' folder. ``allow_wording`` was set by an administrator who
    looked at the changed sentences of a trial that passed. At most one is ``in_use``.
    """

    id: str
    offered: Offered
    licence: str
    chat_format: str
    sha256: str
    file: str
    status: OwnLanguageStatus
    added_at: datetime
    added_by: str
    speed: Speed | None = None
    trial: Trial | None = None
    allow_wording: bool = False
    in_use: bool = False
    decided_at: datetime | None = None
    decided_by: str = ""
