"""The gate over the sets whose wrong sentences too were written by hand, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.assistant import data, gate_rows
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row

SETS = ("third", "own", "fourth", "fifth")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A sentence in which one fact of its source was changed, left out or added."""

    id: str
    language: str
    source: str
    text: str
    kind: str


def wrong_sentences(name: str) -> tuple[Wrong, ...]:
    """The wrong sentences of the set ``name``, as written."""
    return tuple(Wrong(**one) for one in data.rows(f"wrong_{name}"))


def rows(assistant: Assistant, name: str) -> list[Row]:
    """Wrong sentences of a set kept off the screen, faithful ones let through."""
    part = f"gate-{name}"
    return [
        *gate_rows.faithful(assistant, part, f"paraphrases_{name}"),
        *gate_rows.wrong(assistant, part, f"wrong_{name}", wrong_sentences(name)),
    ]
