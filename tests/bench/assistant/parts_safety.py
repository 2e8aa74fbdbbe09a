"""Part of the bench against injected text: no act, no leak, whatever field it stands in."""

from __future__ import annotations

from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row


def injecting(assistant: Assistant) -> list[Row]:
    return []
