"""The report's sentence that comes nearest to a question: by words, and by meaning if possible.

The thresholds were chosen on ``tests/assistant/report_questions.py``.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from assistant.errors import AssistantError
from assistant.knowledge.language import language_of
from assistant.knowledge.terms import terms
from assistant.ports import Embedder
from assistant.records import Citation

ENOUGH_SHARED = 0.75
"""Share of the question's words a sentence must hold where words alone decide."""
ENOUGH_LIKE = 0.55
"""Least likeness of meaning (cosine) of an English question and an English sentence ..."""
LEAST_SHARED = 0.34
"""... which must share this much of the words besides: likeness alone answers too much."""

_TOO_LITTLE = frozenset({"old", "new", "alt", "neu"})


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and how much speaks for it."""

    citation: Citation
    score: float


def ranked(
    text: str,
    wanted: Set[str],
    written: Sequence[Citation],
    embedder: Embedder | None,
    *,
    language: str,
) -> Ranked | None:
    """The sentence that answers a question best, or None if none comes near enough.

    ``wanted`` are the question's words of content as ``knowledge.terms`` writes them.
    """
    if not wanted - _TOO_LITTLE or not written:
        return None
    shared = np.array(
        [len(wanted & set(terms(one.quote, language))) / len(wanted) for one in written]
    )
    like = _likeness(text, written, embedder) if language == "en" else None
    if like is None:
        best = int(np.argmax(shared))
        return Ranked(written[best], shared[best]) if shared[best] >= ENOUGH_SHARED else None
    score = np.where(shared >= LEAST_SHARED, like + shared, shared)
    best = int(np.argmax(score))
    enough = shared[best] >= ENOUGH_SHARED or (
        shared[best] >= LEAST_SHARED and like[best] >= ENOUGH_LIKE
    )
    return Ranked(written[best], float(score[best])) if enough else None


def _likeness(
    text: str, written: Sequence[Citation], embedder: Embedder | None
) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """How alike question and sentences are; 0 for a sentence that is not English."""
    if embedder is None:
        return None
    try:
        points = embedder.embed([text, *(one.quote for one in written)])
    except AssistantError:
        return None
    like = np.asarray(points[1:] @ points[0], np.float64)
    english = np.array([language_of(one.quote) == "en" for one in written])
    return np.where(english, like, 0.0)
