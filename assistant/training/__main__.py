"""Tunes the encoder, trains the heads, writes both: ``python -m assistant.training``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from assistant.engine import e5
from assistant.engine.model_file import digest_of
from assistant.engine.packed_encoder import PackedEncoder
from assistant.guarding.heads import CARD, MEANING_SCALE, WEIGHTS, Matrix, probabilities
from assistant.training.exemplars import (
    CLASSES,
    LANGUAGES,
    PARTS,
    Exemplar,
    digest,
    parts,
    read_exemplars,
    truth,
)
from assistant.training.lower import lower_of
from assistant.training.softmax import word_heads
from assistant.training.tuning import points, tune


def write() -> None:
    """Learn from all exemplars and write the encoder's changes, the heads and their cards."""
    exemplars, learnt_from = read_exemplars(), digest()
    packed = e5.load_e5()
    learnt = tune(packed, exemplars, lower_of(packed, [one.text for one in exemplars]))
    stored = {name: one.astype(np.float16) for name, one in learnt.changes.items()}
    np.savez_compressed(e5.CHANGES, **stored)  # type: ignore[arg-type]
    heads = {f"{name} by meaning": one for name, one in learnt.heads.items()}
    heads |= {f"{name} by words": one for name, one in word_heads(exemplars).items()}
    halved = {name: one.astype(np.float16) for name, one in heads.items()}
    np.savez_compressed(WEIGHTS, **halved)  # type: ignore[arg-type]
    pin(packed)
    _put(CARD, {"classes": CLASSES, "exemplars_sha256": learnt_from})


def pin(packed: PackedEncoder) -> None:
    """Write the digests of the stored changes and of the file they make."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / e5.FILE
        with path.open("wb") as file:
            e5.write_tuned(file, packed, e5.read_changes())
        made = digest_of(path)
    _put(e5.CARD, {"changes_sha256": digest_of(e5.CHANGES), "gguf_sha256": made})


def measure(judged_parts: range) -> None:
    """Judge exemplars by an encoder and heads that saw neither them nor their neighbours."""
    exemplars = read_exemplars()
    packed = e5.load_e5()
    lower = lower_of(packed, [one.text for one in exemplars])
    part = parts(exemplars)
    found = {name: np.zeros((len(exemplars), len(of)), np.float32) for name, of in CLASSES.items()}
    for number in judged_parts:
        rows, judged = np.flatnonzero(part != number), np.flatnonzero(part == number)
        learnt = tune(packed, [exemplars[row] for row in rows], [lower[row] for row in rows])
        seen = np.float32(MEANING_SCALE) * points(packed, learnt, [lower[row] for row in judged])
        for name, weights in learnt.heads.items():
            found[name][judged] = probabilities(weights, seen)
    _print([exemplars[row] for row in np.flatnonzero(np.isin(part, judged_parts))], {
        name: one[np.isin(part, judged_parts)] for name, one in found.items()
    })  # fmt: skip


def _print(exemplars: list[Exemplar], found: dict[str, Matrix]) -> None:
    """Shares named right, by head, language and class."""
    for head, names in CLASSES.items():
        classes = truth(head, exemplars)
        for language in LANGUAGES:
            here = np.array([one.language == language for one in exemplars]) & (classes >= 0)
            right = found[head][here].argmax(axis=1) == classes[here]
            sys.stdout.write(f"{head}, {language}: {right.mean():.3f} of {here.sum()} right\n")
            for number, name in enumerate(names):
                of = classes[here] == number
                sys.stdout.write(f"    {name}: {right[of].mean():.3f} of {of.sum()}\n")


def _put(path: Path, told: dict[str, object]) -> None:
    path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def main() -> None:
    """Train and write, or measure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.training", description=__doc__)
    parser.add_argument("--measure", action="store_true", help="cross-validate, write nothing")
    parser.add_argument("--parts", type=int, default=PARTS, help="how many of the five parts")
    given = parser.parse_args()
    if given.measure:
        measure(range(given.parts))
    else:
        write()


if __name__ == "__main__":
    main()
