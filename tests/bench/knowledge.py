"""How well each way of searching finds what answers: ``python -m tests.bench.knowledge``.

Thresholds are chosen on the dev half of the questions (right answers less wrong ones less twice
the false ones) and the figures are those of the test half; see knowledge_questions.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import sqlcipher3.dbapi2 as sqlite
from numpy.typing import NDArray

from assistant.engine.embedding import EmbeddingProcess
from assistant.knowledge.finding import (
    _ENOUGH,
    _ENOUGH_ALONE,
    _HEAD_ALONE,
    _OF_HEAD,
    _OF_WORDS,
    _WORDS_ALONE,
    Finder,
    WordIndex,
)
from assistant.knowledge.shipped import licensed, look_up, searched
from assistant.knowledge.terms import asked, terms
from assistant.knowledge.vectors import digest, shipped_vectors
from tests.assistant import knowledge_questions_de
from tests.assistant.knowledge_questions import ANSWERED, NEAR_MISSES, UNANSWERED

HELD = searched("en") + licensed()
NOT_HELD = UNANSWERED + NEAR_MISSES
GERMAN_NOT_HELD = knowledge_questions_de.UNANSWERED
QUESTIONS = [question for question, _ in ANSWERED] + list(NOT_HELD)
Scores = NDArray[np.float64]


def right(passage_id: str, gold: str) -> bool:
    """Whether a passage is among those that answer."""
    return any(fnmatch(passage_id, pattern) for pattern in gold.split())


def full_text(tokenizer: str) -> Scores:
    """BM25 of SQLite's FTS5."""
    connection = sqlite.connect(":memory:")
    connection.execute(
        f"CREATE VIRTUAL TABLE t USING fts5(title, keys, body, tokenize='{tokenizer}')"
    )
    for one in HELD:
        row = (one.title, " ".join(one.keywords), one.text)
        connection.execute("INSERT INTO t VALUES (?, ?, ?)", row)
    scores = np.zeros((len(QUESTIONS), len(HELD)))
    for place, question in enumerate(QUESTIONS):
        words = [word for word in re.findall(r"[a-z0-9]+", question.lower()) if asked(word, "en")]
        query = " OR ".join(f'"{word}"' for word in words)
        if query:
            found = "SELECT rowid, bm25(t, 3, 3, 1) FROM t WHERE t MATCH ?"
            for row, score in connection.execute(found, (query,)):
                scores[place, row - 1] = -score
    connection.close()
    return scores


def bm25() -> Scores:
    """BM25 in memory (Robertson 1994), titles and keywords counted three times."""
    counts = [
        Counter(terms(one.text, "en") + 3 * terms(f"{one.title} {' '.join(one.keywords)}", "en"))
        for one in HELD
    ]
    lengths = np.array([count.total() for count in counts])
    length = 1.2 * (0.5 + 0.5 * lengths / lengths.mean())
    holding = Counter(term for count in counts for term in count)
    scores = np.zeros((len(QUESTIONS), len(HELD)))
    for place, question in enumerate(QUESTIONS):
        for term in asked(question, "en"):
            rare = np.log(1 + (len(HELD) - holding[term] + 0.5) / (holding[term] + 0.5))
            found = np.array([count[term] for count in counts])
            scores[place] += rare * found * 2.2 / (found + length)
    return scores


def halves(count: int, start: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Even places and odd ones."""
    return np.arange(start, start + count, 2), np.arange(start + 1, start + count, 2)


def told(scores: Scores, fixed: float | None = None, *, on_dev: bool = False) -> str:
    """One line: top-1 and top-3 whatever the score, then what is said above a threshold."""
    number = len(ANSWERED)
    dev, test = halves(number)
    false_dev, false_test = halves(len(NOT_HELD), number)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    hits = np.array([[right(HELD[p].id, ANSWERED[q][1]) for p in order[q]] for q in range(number)])
    top = scores.max(axis=1)

    def rates(enough: float, some: NDArray[np.int64], none: NDArray[np.int64]) -> list[float]:
        said = top[some] >= enough
        good = float((said & hits[some, 0]).mean())
        return [good, float(said.mean()) - good, float((top[none] >= enough).mean())]

    def worth(enough: float) -> float:
        good, wrong, false = rates(enough, dev, false_dev)
        return good - wrong - 2 * false

    enough = fixed if fixed is not None else max(np.unique(top), key=worth)
    shown, not_held = (dev, false_dev) if on_dev else (test, false_test)
    good, wrong, false = rates(enough, shown, not_held)
    return (
        f"{hits[shown, 0].mean():6.1%} {hits[shown].any(axis=1).mean():6.1%}   | {enough:5.2f} "
        f"{good:6.1%} {wrong:6.1%} {false:6.1%}"
    )


def keywords() -> str:
    """The keyword look-up that was there before."""
    _, test = halves(len(ANSWERED))
    found = [look_up(ANSWERED[place][0]) for place in test]
    good = sum(
        one is not None and right(one.id, ANSWERED[place][1])
        for one, place in zip(found, test, strict=True)
    )
    said = sum(one is not None for one in found)
    false = np.mean([look_up(one) is not None for one in NOT_HELD[1::2]])
    return f"{good / len(test):6.1%}      -   |     - {good / len(test):6.1%} " + (
        f"{(said - good) / len(test):6.1%} {false:6.1%}"
    )


def main() -> None:
    """Print the table."""
    index = WordIndex(HELD, "en")
    shares = [index.shares(one) for one in QUESTIONS]
    whole, head = (np.stack(list(part)) for part in zip(*shares, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        embedder = EmbeddingProcess(Path(folder))
        points = np.stack([shipped_vectors()[digest(one)] for one in HELD])
        like = (embedder.embed(QUESTIONS) @ points.T).astype(np.float64)
        spent = _spent(Finder(HELD, embedder, shipped_vectors()))
        embedder.close()
    rows: dict[str, Callable[[], str]] = {
        "keywords by hand": keywords,
        "FTS5, unicode61": lambda: told(full_text("unicode61")),
        "FTS5, porter": lambda: told(full_text("porter unicode61")),
        "BM25 in memory": lambda: told(bm25()),
        "shared words alone (no embedder)": lambda: told(
            _WORDS_ALONE * whole + _HEAD_ALONE * head, _ENOUGH_ALONE
        ),
        "MiniLM": lambda: told(like),
        "MiniLM + shared words": lambda: told(like + _OF_WORDS * whole + _OF_HEAD * head),
        "as shipped, the half for choosing": lambda: told(
            like + _OF_WORDS * whole + _OF_HEAD * head, _ENOUGH, on_dev=True
        ),
        "as shipped": lambda: told(like + _OF_WORDS * whole + _OF_HEAD * head, _ENOUGH),
    }
    print(f"{len(HELD)} passages, {len(ANSWERED)} questions answered, {len(NOT_HELD)} not")  # noqa: T201
    print(f"{'':36}  top-1  top-3   |   from  right  wrong  false")  # noqa: T201
    for name, row in rows.items():
        print(f"{name:36} {row()}")  # noqa: T201
    print(german())  # noqa: T201
    print(f"a search: median {np.median(spent):.1f} ms, 95th {np.percentile(spent, 95):.1f} ms")  # noqa: T201


def german() -> str:
    """The same for German, where words alone decide."""
    held, questions, none = searched("de"), knowledge_questions_de.ANSWERED, GERMAN_NOT_HELD
    find = Finder(held, None, {})
    found = [find(question, language="de") for question, _ in questions[1::2]]
    gold = [right_ones for _, right_ones in questions[1::2]]
    good = [bool(one) and right(one[0].id, r) for one, r in zip(found, gold, strict=True)]
    said = np.array([bool(one) for one in found])
    false = np.mean([bool(find(question, language="de")) for question in none[1::2]])
    return (
        f"German, {len(held)} passages, {len(questions)} questions, {len(none)} not: "
        f"right {np.mean(good):.1%} wrong {said.mean() - np.mean(good):.1%} false {false:.1%}"
    )


def _spent(find: Finder) -> list[float]:
    spent = []
    for question in QUESTIONS:
        begun = time.perf_counter()
        find(question)
        spent.append(1000 * (time.perf_counter() - begun))
    return spent


if __name__ == "__main__":
    main()
