"""What writing needs from others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.records import Passage, Report
from assistant.wishes import VisitKind
from scheduling.records import Appointment, Practitioner, Slot


class LanguageModel(Protocol):
    """A local language model; every call may be cancelled by ``on_token`` raising.

    ``on_token`` also gets an empty text now and then while there is nothing new, so that a
    caller can cancel during a long prompt.
    """

    def complete(
        self,
        messages: tuple[tuple[str, str], ...],
        *,
        max_tokens: int,
        on_token: Callable[[str], None],
    ) -> str: ...
    def forget(self) -> None: ...
    def name(self) -> str: ...
    def close(self) -> None: ...


class Embedder(Protocol):
    """Turns sentences into points, so that like sentences lie close together.

    Both give shape (n, 384), float32, each row of unit length. ``embed`` reads English best and is
    for searching; ``embed_message`` reads English and German and is for telling what a message
    calls for. They raise an AssistantError where there is no model; whoever asks does without,
    and says so.
    """

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...
    def embed_message(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class PairReader(Protocol):
    """Turns a sentence with another that may stand for it into a point, by what the two say.

    Shape (n, 384), float32, each row of unit length; English and German. It raises an
    AssistantError where there is no model; whoever asks does without.
    """

    def embed_pairs(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]: ...


class Speller(Protocol):
    """A dictionary; a word may be asked about from any thread but the window's."""

    def wrong(self, words: Collection[str]) -> frozenset[str]: ...
    def suggestions(self, word: str) -> tuple[str, ...]: ...
    def close(self) -> None: ...


class PassageFinder(Protocol):
    """Finds what may be quoted in answer to a question, best first; empty if nothing answers it.

    ``language`` is the reader's; a passage of another language says so in its own ``language``.
    """

    def __call__(
        self, text: str, *, language: str = "en", limit: int = 3
    ) -> tuple[Passage, ...]: ...


class Desk(Protocol):
    """What the assistant may look up for whoever is signed in, under that person's rights.

    It is made for one person: no call names a patient, so nobody else's visits can be asked for.
    """

    def practitioners(self) -> tuple[Practitioner, ...]: ...
    def free(
        self,
        practitioner_ids: frozenset[str],
        after: datetime,
        until: datetime | None,
        limit: int,
        *,
        kind_id: str = "",
    ) -> tuple[Slot, ...]: ...
    def kinds(self) -> tuple[VisitKind, ...]: ...
    def visits(self) -> tuple[Appointment, ...]: ...


class ReportShelf(Protocol):
    """The durable home of report versions; a signed version cannot be replaced."""

    def put(self, report: Report) -> None: ...
    def get(self, report_id: str) -> Report | None: ...
    def of_study(self, study_uid: str) -> Report | None: ...
    def versions(self, report_id: str) -> tuple[Report, ...]: ...
    def release(self, report_id: str, released_at: datetime) -> None: ...
    def released_at(self, report_id: str) -> datetime | None: ...
    def released_to(self, patient_id: str) -> tuple[Report, ...]: ...
