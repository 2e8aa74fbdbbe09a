"""How fast a model is on this machine, measured by letting it read and write."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from assistant.engine.records import Speed, Usage
from assistant.ports import LanguageModel

_READ = (
    "There is a lesion of 34 mm in the right frontal lobe with swelling around it. The ventricles "
    "are of normal width. There is no bleeding and no sign of a fresh stroke. "
) * 5
_ASKED = "Write a long story about a village by the sea and the people who live there."
_WRITTEN = 48

Told = Callable[[float, str], None]


class Measured(LanguageModel, Protocol):
    """A language model that says what its last answer took."""

    @property
    def usage(self) -> Usage | None: ...


def measure(model: Measured, progress: Told) -> Speed:
    """Load a model, let it read about 200 tokens and write 48; ``progress`` may raise to cancel."""
    began = time.monotonic()

    def loading(_text: str) -> None:
        progress(0.1, "checking the file and loading it")

    def working(text: str) -> None:
        progress(0.7 if text else 0.4, "letting it read and write")

    model.forget()
    model.complete((("user", "Hello."),), max_tokens=1, on_token=loading)
    load_s = time.monotonic() - began
    model.complete((("system", _READ), ("user", _ASKED)), max_tokens=_WRITTEN, on_token=working)
    usage = model.usage or Usage(0, 0, 0, 0.0, 0.0, 0)
    return Speed(
        round(load_s, 2),
        round(usage.read_per_s, 1),
        round(usage.written_per_s, 1),
        usage.peak_mb,
    )
