"""Which passages answer a question: likeness of meaning and shared words, above a threshold.

The weights and thresholds were chosen on one half of the questions of
``tests/assistant/knowledge_questions.py``; the figures of the other half stand in
``docs/assistant.md``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.errors import AssistantError
from assistant.knowledge.terms import asked, terms
from assistant.knowledge.vectors import MEANT, digest, embedded
from assistant.ports import Embedder
from assistant.records import Passage

_OF_WORDS, _OF_HEAD = 0.4, 0.2
_ENOUGH = 0.85
_WORDS_ALONE, _HEAD_ALONE = 0.3, 0.7
_ENOUGH_ALONE = 0.4


class WordIndex:
    """Which words the passages of one language hold, and how rare each is among them."""

    def __init__(self, passages: Sequence[Passage], language: str) -> None:
        self._language = language
        self._heads = [frozenset(terms(_head(one), language)) for one in passages]
        self._wholes = [
            head.union(terms(one.text, language))
            for head, one in zip(self._heads, passages, strict=True)
        ]
        self._holding = Counter(term for whole in self._wholes for term in whole)

    def shares(self, text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How much of a question each passage holds, and holds in title or keywords (0 to 1)."""
        weights = self._weights(text)
        total = sum(weights.values()) or 1.0
        whole = [sum(w for t, w in weights.items() if t in held) for held in self._wholes]
        head = [sum(w for t, w in weights.items() if t in held) for held in self._heads]
        return np.array(whole) / total, np.array(head) / total

    def _weights(self, text: str) -> dict[str, float]:
        """The question's words, each with how rare it is here."""
        number = len(self._wholes)
        return {
            term: math.log(1 + (number - held + 0.5) / (held + 0.5))
            for term in asked(text, self._language)
            for held in (self._holding[term],)
        }


class Finder:
    """A PassageFinder over passages in memory; safe to ask from several threads.

    Parameters
    ----------
    passages
        All that may be quoted, in every language.
    embedder
        None, or one without a model, leaves the words alone to decide: fewer answers, see docs.
    vectors
        Of passages embedded before, by ``vectors.digest``; the others are embedded here.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        embedder: Embedder | None,
        vectors: Mapping[str, NDArray[np.float32]],
    ) -> None:
        self._embedder = embedder
        self._passages: dict[str, list[Passage]] = {}
        for one in passages:
            self._passages.setdefault(one.language, []).append(one)
        self._words = {
            language: WordIndex(held, language) for language, held in self._passages.items()
        }
        self._points = self._embedded(vectors)

    def __call__(self, text: str, *, language: str = "en", limit: int = 3) -> tuple[Passage, ...]:
        """Passages of that language that answer the question, best first; none if none does."""
        held = self._passages.get(language, [])
        if not held or not asked(text, language):
            return ()
        scores, enough = self._scores(text, language)
        best = np.argsort(-scores, kind="stable")[:limit]
        return tuple(held[place] for place in best if scores[place] >= enough)

    @property
    def by_meaning(self) -> bool:
        """Whether likeness of meaning takes part; without it, words alone decide."""
        return self._points is not None

    def _scores(self, text: str, language: str) -> tuple[NDArray[np.float64], float]:
        """The passages' scores for a question, and from where one counts as an answer."""
        words = self._words[language]
        whole, head = words.shares(text)
        like = self._likeness(text) if language == MEANT else None
        if like is None:
            return _WORDS_ALONE * whole + _HEAD_ALONE * head, _ENOUGH_ALONE
        return like + _OF_WORDS * whole + _OF_HEAD * head, _ENOUGH

    def _likeness(self, text: str) -> NDArray[np.float64] | None:
        if self._points is None or self._embedder is None:
            return None
        try:
            point = self._embedder.embed([text])[0]
        except AssistantError:
            return None
        return np.asarray(self._points @ point, np.float64)

    def _embedded(self, known: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32] | None:
        held = self._passages.get(MEANT, [])
        if self._embedder is None or not held:
            return None
        missing = [one for one in held if digest(one) not in known]
        try:
            fresh = embedded(missing, self._embedder)
        except AssistantError:
            return None
        return np.stack([(fresh | dict(known))[digest(one)] for one in held])


def _head(passage: Passage) -> str:
    return " ".join((passage.title, *passage.keywords))
