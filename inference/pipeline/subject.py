"""Which model is asked: what its child runs, and what is known of it before the child is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inference.pipeline.gate import Verdict
from inference.pipeline.handle import Serve
from inference.records import ModelCard
from viewer.records import Series, Volume


@dataclass(frozen=True, slots=True)
class Served:
    """What a child runs; a living one is used again by whoever has the same key."""

    key: str
    serve: Serve
    folder: Path


@dataclass(frozen=True, slots=True)
class Subject:
    """A model, and what can be said of a series without it.

    ``header`` judges tags and geometry; ``misfit`` says why a volume cannot be analysed within so
    many bytes, or nothing. ``own_model`` is the id of a clinic's own, else empty.
    """

    served: Served
    card: ModelCard
    header: Callable[[Series, Volume], Verdict]
    misfit: Callable[[Volume, int], str]
    own_model: str = ""
