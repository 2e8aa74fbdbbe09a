"""The gate over the sets whose wrong sentences too were written by hand, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.assistant import data, gate_rows
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row


@dataclass(frozen=True, slots=True)
class Wrong:
    """A sentence in which one fact of its source was changed, left out or added."""

    id: str
    language: str
    source: str
    text: str
    kind: str


def wrong_sentences() -> tuple[Wrong, ...]:
    """The wrong sentences of the third set, as written."""
    return _wrong("third")


def own_wrong_sentences() -> tuple[Wrong, ...]:
    """The wrong sentences made from the program's own, as written."""
    return _wrong("own")


def fourth_wrong_sentences() -> tuple[Wrong, ...]:
    """The wrong sentences of the fourth set, ten of each source, as written."""
    return _wrong("fourth")


def fifth_wrong_sentences() -> tuple[Wrong, ...]:
    """The wrong sentences of the fifth set, ten of each source, as written."""
    return _wrong("fifth")


def gate_third(assistant: Assistant) -> list[Row]:
    """The gate over the third set."""
    return _rows(assistant, "third")


def gate_own(assistant: Assistant) -> list[Row]:
    """The gate over the program's own sentences."""
    return _rows(assistant, "own")


def gate_fourth(assistant: Assistant) -> list[Row]:
    """The gate over the fourth set."""
    return _rows(assistant, "fourth")


def gate_fifth(assistant: Assistant) -> list[Row]:
    """The gate over the fifth set."""
    return _rows(assistant, "fifth")


def _wrong(name: str) -> tuple[Wrong, ...]:
    return tuple(Wrong(**one) for one in data.rows(f"wrong_{name}"))


def _rows(assistant: Assistant, name: str) -> list[Row]:
    """Wrong sentences kept off the screen by language and kind, faithful ones let through."""
    part = f"gate-{name}"
    return [
        *gate_rows.faithful(assistant, part, f"paraphrases_{name}"),
        *gate_rows.wrong(assistant, part, f"wrong_{name}", _wrong(name)),
    ]
