"""The program's own passages in plain words, each with what it rests on."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from assistant.guarding.lexicon import words
from assistant.records import Origin, Passage

FALLBACK = "en"
AUTHOR = "Sagittal"
_LICENCE = "Apache-2.0"


@cache
def passages(language: str = FALLBACK) -> tuple[Passage, ...]:
    """The passages written for this program in that language, in the order of the file.

    A language has the same ids as English, as far as its file goes; one without a file has none.
    """
    file = resources.files("resources.knowledge").joinpath(f"passages.{language}.json")
    if not file.is_file():
        return ()
    return tuple(
        Passage(
            id=row["id"],
            title=row["title"],
            text=row["text"],
            source=row.get("source", AUTHOR),
            date=row["date"],
            licence=row.get("licence", _LICENCE),
            language=language,
            keywords=tuple(row["keywords"]),
            url=row.get("url", ""),
            basis=row["basis"],
        )
        for row in json.loads(file.read_text("utf-8"))
    )


def searched(language: str) -> tuple[Passage, ...]:
    """The program's passages a question may find: those with keywords stand by themselves."""
    return tuple(one for one in passages(language) if one.keywords)


@cache
def licensed() -> tuple[Passage, ...]:
    """Passages cut from texts of the NIH (English only), see ``assistant.knowledge.medquad``."""
    file = resources.files("resources.knowledge").joinpath("nih.en.json")
    found = json.loads(file.read_text("utf-8"))
    return tuple(
        Passage(
            id=row["id"],
            title=row["title"],
            text=row["text"],
            source=row["source"],
            date=found["date"],
            licence=found["licence"],
            origin=Origin.LICENSED,
            url=row["url"],
        )
        for row in found["passages"]
    )


def passage(passage_id: str, *, language: str = FALLBACK) -> Passage:
    """The passage of that id, in English if that language has none; KeyError without any."""
    both = (*passages(language), *passages())
    found = next((one for one in both if one.id == passage_id), None)
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
