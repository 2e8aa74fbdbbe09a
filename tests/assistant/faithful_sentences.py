"""Right sentences in other words, English and German: what the gate should let through.

Written to find words the gate does not know; the sets the gate is judged on are elsewhere
(``tests/bench/assistant``).
"""

from __future__ import annotations

from pathlib import Path


def wrong_pairs() -> list[tuple[str, str, str]]:
    """Language, sentence, and what must not stand for it: mostly two things exchanged."""
    here = Path(__file__)
    texts = (here.with_name(f"{name}.txt") for name in ("wrong_pairs", "wrong_pairs_kept"))
    lines = [line for text in texts for line in text.read_text("utf-8").splitlines()]
    return [(one, source, wrong) for one, source, wrong in (line.split(" | ") for line in lines)]


def pairs(language: str) -> list[tuple[str, str]]:
    """Sentences of one language, each with other words for it."""
    lines = Path(__file__).with_name(f"faithful.{language}.txt").read_text("utf-8").splitlines()
    return [(one.split(" | ")[0], one.split(" | ")[1]) for one in lines]
