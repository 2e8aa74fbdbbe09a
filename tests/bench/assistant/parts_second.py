"""The gate over a second set of sentences, written by somebody who had not seen the first."""

from __future__ import annotations

from tests.bench.assistant import gate_rows
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.mutate_second import SET, wrong_variants
from tests.bench.assistant.scoring import Row

PART = "gate-second"


def gate_second(assistant: Assistant) -> list[Row]:
    """Wrong sentences kept off the screen by language and kind, faithful ones let through."""
    return [
        *gate_rows.faithful(assistant, PART, SET),
        *gate_rows.wrong(assistant, PART, SET, wrong_variants()),
    ]
