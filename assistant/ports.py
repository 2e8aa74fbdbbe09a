"""What writing needs from others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from assistant.records import Report
from scheduling.records import Slot


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


class Speller(Protocol):
    """A dictionary; a word may be asked about from any thread but the window's."""

    def wrong(self, words: Collection[str]) -> frozenset[str]: ...
    def suggestions(self, word: str) -> tuple[str, ...]: ...
    def close(self) -> None: ...


class SlotFinder(Protocol):
    """Looks up free slots; whoever implements it applies the rights of the signed-in person."""

    def __call__(
        self, specialty: str, practitioner_name: str, after: datetime, limit: int
    ) -> tuple[Slot, ...]: ...


class ReportShelf(Protocol):
    """The durable home of report versions; a signed version cannot be replaced."""

    def put(self, report: Report) -> None: ...
    def get(self, report_id: str) -> Report | None: ...
    def of_study(self, study_uid: str) -> Report | None: ...
    def versions(self, report_id: str) -> tuple[Report, ...]: ...
    def release(self, report_id: str, released_at: datetime) -> None: ...
    def released_at(self, report_id: str) -> datetime | None: ...
    def released_to(self, patient_id: str) -> tuple[Report, ...]: ...
