"""The gate over a third set; its wrong sentences too were written by hand, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.assistant import data, gate_rows
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row

PART = "gate-third"
SET = "paraphrases_third"
WRONG_SET = "wrong_third"


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
    return tuple(Wrong(**one) for one in data.rows(WRONG_SET))


def gate_third(assistant: Assistant) -> list[Row]:
    """Wrong sentences kept off the screen by language and kind, faithful ones let through."""
    return [
        *gate_rows.faithful(assistant, PART, SET),
        *gate_rows.wrong(assistant, PART, WRONG_SET, wrong_sentences()),
    ]
