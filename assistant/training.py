"""Trains the router's heads on the exemplars and measures them: ``python -m assistant.training``.

The exemplars are in ``resources/router``, the result is written beside them. ``--measure``
cross-validates instead: five parts, each judged by heads trained on the other four.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.engine.embedding import EmbeddingProcess
from assistant.guarding.heads import (
    CARD,
    FOLDER,
    WEIGHTS,
    Matrix,
    by_meaning,
    by_words,
    probabilities,
)
from assistant.guarding.routing import Intent

LANGUAGES = ("en", "de")
PARTS = 5
INTENTS = tuple(intent.value for intent in Intent)
SCOPES = ("treatment", "outlook", "other person", "rules")
CLASSES = {
    "intent": INTENTS,
    "scope": ("in scope", *SCOPES),
    "emergency": ("calm", "emergency"),
}

_L2 = 1e-3
_STEPS = 150
_FRAME_WEIGHT = 0.3
_FILLINGS = 8
_SEED = 1


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One message and what it calls for; ``made`` if it was put together from a frame."""

    text: str
    kind: str
    language: str
    made: bool = False


def read_exemplars() -> list[Exemplar]:
    """All exemplars, those put together from frames last."""
    written, made = [], []
    for language in LANGUAGES:
        sections = _sections(language)
        fillings = {name: sections.pop(f"{name}s") for name in ("sign", "when", "whom")}
        for section, lines in sections.items():
            kind = section.removesuffix(" frames")
            if kind == section:
                written += [Exemplar(line, kind, language) for line in lines]
            else:
                made += [
                    Exemplar(text, kind, language, made=True) for text in _filled(lines, fillings)
                ]
    return written + made


def digest() -> str:
    """Digest of the exemplar files, in the order of the languages."""
    read = b"".join((FOLDER / f"{language}.txt").read_bytes() for language in LANGUAGES)
    return hashlib.sha256(read).hexdigest()


def truth(head: str, exemplars: list[Exemplar]) -> NDArray[np.int64]:
    """Class number of each exemplar for a head; -1 for those it does not learn from."""
    return np.array([_class_of(head, one.kind) for one in exemplars])


def fitted(rows: Matrix, classes: NDArray[np.int64], count: int, weights: Matrix) -> Matrix:
    """Weights of a softmax regression with a quadratic penalty, constant term last."""
    width = rows.shape[1]
    target = np.eye(count, dtype=np.float32)[classes]
    share = (weights / weights.sum())[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        matrix = flat.reshape(count, width + 1).astype(np.float32)
        found = probabilities(matrix, rows)
        surprise = -np.log(np.maximum((found * target).sum(axis=1), 1e-12))
        penalty = 0.5 * _L2 * float(np.square(matrix[:, :-1]).sum())
        pull = (found - target) * share
        slope = np.empty((count, width + 1))
        slope[:, :-1] = pull.T @ rows + _L2 * matrix[:, :-1]
        slope[:, -1] = pull.sum(axis=0)
        return float((surprise * share[:, 0]).sum()) + penalty, slope.ravel()

    start = np.zeros(count * (width + 1))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    solution: Matrix = best.x.reshape(count, width + 1).astype(np.float32)
    return solution


def cross_validated(head: str, rows: Matrix, exemplars: list[Exemplar]) -> Matrix:
    """Probabilities of each exemplar by heads that did not learn from it.

    Those made from frames are always learnt from and never judged.
    """
    classes, count = truth(head, exemplars), len(CLASSES[head])
    weights = _weights(exemplars)
    made = np.array([one.made for one in exemplars])
    part = np.random.default_rng(_SEED).permutation(len(exemplars)) % PARTS
    found = np.zeros((len(exemplars), count), np.float32)
    for number in range(PARTS):
        judged = (part == number) & ~made
        learnt = ~judged & (classes >= 0)
        head_weights = fitted(rows[learnt], classes[learnt], count, weights[learnt])
        found[judged] = probabilities(head_weights, rows[judged])
    return found


def seen(exemplars: list[Exemplar]) -> dict[str, Matrix]:
    """What the heads see of the exemplars, by name of the set of heads."""
    texts = [one.text for one in exemplars]
    worded = by_words(texts)
    with tempfile.TemporaryDirectory() as name:
        embedder = EmbeddingProcess(Path(name))
        try:
            meant = by_meaning(texts, embedder)
        finally:
            embedder.close()
    return {"meaning": np.concatenate([meant, worded], axis=1), "words": worded}


def train() -> dict[str, Matrix]:
    """All heads, by the names under which they are stored."""
    exemplars = read_exemplars()
    weights = _weights(exemplars)
    heads = {}
    for kind, rows in seen(exemplars).items():
        for head, names in CLASSES.items():
            classes = truth(head, exemplars)
            learnt = classes >= 0
            heads[f"{head} by {kind}"] = fitted(
                rows[learnt], classes[learnt], len(names), weights[learnt]
            )
    return heads


def _sections(language: str) -> dict[str, list[str]]:
    """The lines of an exemplar file under their headings."""
    sections: dict[str, list[str]] = {}
    for line in (FOLDER / f"{language}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            here = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            here.append(line)
    return sections


def _filled(frames: list[str], fillings: dict[str, list[str]]) -> list[str]:
    """Each frame with eight choices of what is put in, every filling as often as any other."""
    texts = {
        frame.format_map({
            name: choices[(7 * row + 3 * turn) % len(choices)]
            for name, choices in fillings.items()
        })
        for row, frame in enumerate(frames)
        for turn in range(_FILLINGS)
    }  # fmt: skip
    return sorted(texts)


def _class_of(head: str, kind: str) -> int:
    if head == "intent":
        return INTENTS.index(kind) if kind in INTENTS else -1
    if head == "emergency":
        return int(kind == "emergency")
    if kind == "emergency":
        return -1
    return SCOPES.index(kind) + 1 if kind in SCOPES else 0


def _weights(exemplars: list[Exemplar]) -> Matrix:
    return np.array([_FRAME_WEIGHT if one.made else 1.0 for one in exemplars], np.float32)


def _measure() -> None:
    """Print the figures of the cross-validation."""
    exemplars = read_exemplars()
    made = np.array([one.made for one in exemplars])
    for kind, rows in seen(exemplars).items():
        for head, names in CLASSES.items():
            found, classes = cross_validated(head, rows, exemplars), truth(head, exemplars)
            for language in LANGUAGES:
                spoken = np.array([one.language == language for one in exemplars])
                here = spoken & ~made & (classes >= 0)
                right = found[here].argmax(axis=1) == classes[here]
                sys.stdout.write(
                    f"{head} by {kind}, {language}: {right.mean():.3f} of {here.sum()} right\n"
                )
                for number, name in enumerate(names):
                    of = classes[here] == number
                    sys.stdout.write(f"    {name}: {right[of].mean():.3f} of {of.sum()}\n")


def _write() -> None:
    heads = {name: weights.astype(np.float16) for name, weights in train().items()}
    np.savez_compressed(WEIGHTS, **heads)  # type: ignore[arg-type]
    card = {"classes": CLASSES, "exemplars_sha256": digest()}
    CARD.write_text(json.dumps(card, indent=2) + "\n", "utf-8")


def main() -> None:
    """Train and write, or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="cross-validate, write nothing")
    if parser.parse_args().measure:
        _measure()
    else:
        _write()


if __name__ == "__main__":
    main()
