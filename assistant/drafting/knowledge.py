"""Background passages in plain words, each with what it rests on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from assistant.guarding.lexicon import words


@dataclass(frozen=True, slots=True)
class Passage:
    """One short text of background; ``basis`` says where it comes from and who reviewed it."""

    id: str
    title: str
    keywords: tuple[str, ...]
    text: str
    basis: str

    @property
    def source(self) -> str:
        """The passage as a citation names it."""
        return f"knowledge:{self.id}"


@cache
def passages() -> tuple[Passage, ...]:
    """Every passage shipped with the program, in the order of the file."""
    text = resources.files("resources.knowledge").joinpath("passages.json").read_text("utf-8")
    return tuple(
        Passage(row["id"], row["title"], tuple(row["keywords"]), row["text"], row["basis"])
        for row in json.loads(text)
    )


def passage(passage_id: str) -> Passage:
    """The passage of that id; KeyError if there is none."""
    found = next((one for one in passages() if one.id == passage_id), None)
    if found is None:
        raise KeyError(passage_id)
    return found


def look_up(text: str, *, share: float = 1.0) -> Passage | None:
    """The passage whose keywords the text names most, or None.

    A keyword that several passages have counts less; ``share`` is the least score that is
    taken for an answer (1 = one keyword that no other passage has).
    """
    asked = set(words(text)) | {text.lower().strip(" .?!")}
    rarity: dict[str, int] = {}
    for one in passages():
        for keyword in one.keywords:
            rarity[keyword] = rarity.get(keyword, 0) + 1
    scored = [
        (sum(1 / rarity[keyword] for keyword in one.keywords if keyword in asked), -position, one)
        for position, one in enumerate(passages())
    ]
    score, _, best = max(scored, key=lambda item: item[:2])
    return best if score >= share else None
