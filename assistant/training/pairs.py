"""Sentences with right and wrong rewordings (``resources/gate``), and the pairs made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.engine.e5 import FOR_PAIRS
from assistant.training.exemplars import LANGUAGES, joint_digest

Pair = tuple[str, str, bool]
"""Two sentences and whether they say the same."""

_MORE = 3
_REWORDED_SHARE = 0.7
_ITSELF_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Block:
    """A sentence with what may stand for it and what may not."""

    source: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    language: str


def read_blocks() -> list[Block]:
    """All blocks, in the order of the files."""
    return [
        block
        for language in LANGUAGES
        for block in blocks_of(_file(language).read_text("utf-8"), language)
    ]


def blocks_of(text: str, language: str) -> list[Block]:
    """The blocks of a text: lines "= sentence", "+ right", "- wrong", and an empty line after.

    Raises
    ------
    ValueError
        If a line is of none of these, or a block has no sentence, no right or no wrong one.
    """
    blocks = []
    told = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for part in re.split(r"\n\s*\n", told.strip()):
        lines = [line.strip() for line in part.splitlines()]
        by_sign = {
            sign: tuple(line[2:].strip() for line in lines if line[:2] == sign)
            for sign in ("= ", "+ ", "- ")
        }
        source, right, wrong = by_sign.values()
        known = len(source) + len(right) + len(wrong) == len(lines)
        if not known or len(source) != 1 or not (right and wrong):
            raise ValueError(f"not a block of sentences: {lines[0]}")
        blocks.append(Block(source[0], right, wrong, language))
    return blocks


def digest() -> str:
    """Digest of the files, in the order of the languages."""
    return joint_digest(map(_file, LANGUAGES))


def drawn(blocks: list[Block], lot: np.random.Generator) -> list[Pair]:
    """The pairs of one round: every rewording with its sentence, and some drawn by lot.

    Drawn are two right wordings of one sentence, a wrong one with a right one, a sentence with
    itself, and with a rewording of another sentence.
    """
    pairs: list[Pair] = []
    for block in blocks:
        right = (block.source, *block.right)
        pairs += [(block.source, one, True) for one in block.right]
        pairs += [(block.source, one, False) for one in block.wrong]
        for _ in range(_MORE):
            one, other = lot.choice(len(right), 2, replace=False)
            pairs.append((right[one], right[other], True))
        for number in lot.permutation(len(block.wrong))[:_MORE]:
            if lot.random() < _REWORDED_SHARE:
                pairs.append((right[lot.integers(1, len(right))], block.wrong[number], False))
            else:
                pairs.append((block.wrong[number], right[lot.integers(len(right))], False))
        if lot.random() < _ITSELF_SHARE:
            pairs.append((block.source, block.source, True))
        other_block = blocks[lot.integers(len(blocks))]
        if other_block.language == block.language and other_block.source != block.source:
            pairs.append((block.source, other_block.right[0], False))
    return pairs


def _file(language: str) -> Path:
    return FOR_PAIRS.folder / f"pairs.{language}.txt"
