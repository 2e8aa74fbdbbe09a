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
from assistant.knowledge.vectors import digest, embedded
from assistant.ports import Embedder
from assistant.records import Passage

MEANT = "en"
"""The language the embedder knows; others are found by their words alone."""
_OF_WORDS, _OF_HEAD = 0.4, 0.2
_ENOUGH = 0.85
_ENOUGH_WORDS = 1.1
_K1, _B, _HEAD_COUNTS = 1.2, 0.5, 3


class WordIndex:
    """Words of passages of one language, counted for search (BM25, Robertson 1994)."""

    def __init__(self, passages: Sequence[Passage], language: str) -> None:
        self._language = language
        self._heads = [frozenset(terms(_head(one), language)) for one in passages]
        self._counts = [
            Counter(terms(one.text, language) + _HEAD_COUNTS * terms(_head(one), language))
            for one in passages
        ]
        self._lengths = [count.total() for count in self._counts]
        self._mean = sum(self._lengths) / max(len(self._lengths), 1)
        self._holding = Counter(term for count in self._counts for term in count)

    def shares(self, text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How much of a question each passage holds, and holds in title or keywords (0 to 1)."""
        weights = self._weights(text)
        total = sum(weights.values()) or 1.0
        whole = [sum(w for t, w in weights.items() if t in count) for count in self._counts]
        head = [sum(w for t, w in weights.items() if t in terms_) for terms_ in self._heads]
        return np.array(whole) / total, np.array(head) / total

    def relevance(self, text: str) -> NDArray[np.float64]:
        """BM25 of each passage; 1 is a word that one passage alone has, once at middling length."""
        most = math.log(1 + (len(self._counts) - 0.5) / 1.5)
        weights = {term: weight / most for term, weight in self._weights(text).items()}
        return np.array(
            [
                sum(w * _saturated(count[t], length / self._mean) for t, w in weights.items())
                for count, length in zip(self._counts, self._lengths, strict=True)
            ]
        )

    def _weights(self, text: str) -> dict[str, float]:
        """The question's words, each with how rare it is here."""
        number = len(self._counts)
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

    def _scores(self, text: str, language: str) -> tuple[NDArray[np.float64], float]:
        """The passages' scores for a question, and from where one counts as an answer."""
        words = self._words[language]
        whole, head = words.shares(text)
        like = self._likeness(text) if language == MEANT else None
        if like is None:
            return words.relevance(text) * whole, _ENOUGH_WORDS
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


def _saturated(count: int, length: float) -> float:
    """How much a word's count weighs in a passage of that length (1 = the mean)."""
    return count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length))
