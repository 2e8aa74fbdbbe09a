"""The gate over the program's own sentences, reworded and made wrong by hand."""

from __future__ import annotations

from tests.bench.assistant import data, gate_rows
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.parts_third import Wrong
from tests.bench.assistant.scoring import Row

PART = "gate-own"
SET = "paraphrases_own"
WRONG_SET = "wrong_own"


def own_wrong_sentences() -> tuple[Wrong, ...]:
    """The wrong sentences made from the program's own, as written."""
    return tuple(Wrong(**one) for one in data.rows(WRONG_SET))


def gate_own(assistant: Assistant) -> list[Row]:
    """Wrong sentences kept off the screen by language and kind, faithful ones let through."""
    return [
        *gate_rows.faithful(assistant, PART, SET),
        *gate_rows.wrong(assistant, PART, WRONG_SET, own_wrong_sentences()),
    ]
