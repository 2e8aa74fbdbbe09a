"""Tunes an encoder, trains its heads, writes both: ``python -m assistant.training``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from assistant.engine import e5
from assistant.engine.model_file import digest_of
from assistant.engine.packed_encoder import PackedEncoder
from assistant.guarding.agreement import HEAD
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
from assistant.training.learnt import Tuned
from assistant.training.lower import lower_of
from assistant.training.pair_tuning import tune_pairs
from assistant.training.pairs import digest as pairs_digest
from assistant.training.pairs import read_blocks
from assistant.training.softmax import word_heads
from assistant.training.tuning import points, tune


def write_messages() -> None:
    """Learn from all exemplars and write the encoder's changes, the heads and their cards."""
    exemplars, learnt_from = read_exemplars(), digest()
    packed = e5.load_e5()
    learnt = tune(packed, exemplars, lower_of(packed, [one.text for one in exemplars]))
    _halved(e5.FOR_MESSAGES.changes, learnt.changes)
    heads = {f"{name} by meaning": one for name, one in learnt.heads.items()}
    heads |= {f"{name} by words": one for name, one in word_heads(exemplars).items()}
    _halved(WEIGHTS, heads)
    pin(packed, e5.FOR_MESSAGES)
    _put(CARD, {"classes": CLASSES, "exemplars_sha256": learnt_from})


def write_pairs() -> None:
    """Learn from all pairs of sentences; what each round learnt is written over the last one's."""
    blocks, learnt_from = read_blocks(), pairs_digest()
    packed = e5.load_e5()

    def keep(learnt: Tuned) -> None:
        _halved(e5.FOR_PAIRS.changes, learnt.changes)
        _halved(HEAD, learnt.heads)
        pin(packed, e5.FOR_PAIRS, pairs_sha256=learnt_from)

    tune_pairs(packed, blocks, keep)


def pin(packed: PackedEncoder, tuning: e5.Tuning, **more: str) -> None:
    """Write the digests of the stored changes and of the file they make."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / tuning.file
        with path.open("wb") as file:
            e5.write_tuned(file, packed, tuning.read())
        made = digest_of(path)
    digests = {"changes_sha256": digest_of(tuning.changes), "gguf_sha256": made}
    _put(tuning.card, {**digests, **more})


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


def _halved(path: Path, arrays: Mapping[str, Matrix]) -> None:
    """Store arrays in half precision."""
    halved = {name: one.astype(np.float16) for name, one in arrays.items()}
    np.savez_compressed(path, **halved)  # type: ignore[arg-type]


def _put(path: Path, told: dict[str, object]) -> None:
    path.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def main() -> None:
    """Train and write, or measure."""
    parser = argparse.ArgumentParser(prog="python -m assistant.training", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("messages", "pairs"), default="messages")
    parser.add_argument(
        "--measure", action="store_true", help="cross-validate messages, write nothing"
    )
    parser.add_argument("--parts", type=int, default=PARTS, help="how many of the five parts")
    given = parser.parse_args()
    if given.measure:
        measure(range(given.parts))
    elif given.what == "pairs":
        write_pairs()
    else:
        write_messages()


if __name__ == "__main__":
    main()
