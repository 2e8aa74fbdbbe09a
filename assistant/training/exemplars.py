"""The exemplars: messages and what each calls for, from ``resources/router``."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.guarding.heads import FOLDER
from assistant.guarding.routing import Intent

LANGUAGES = ("en", "de")
INTENTS = tuple(intent.value for intent in Intent)
SCOPES = ("treatment", "outlook", "other person", "rules")
CLASSES = {
    "intent": INTENTS,
    "scope": ("in scope", *SCOPES),
    "emergency": ("calm", "emergency"),
}
PARTS = 5

_NEIGHBOURS = 10
_FRAME_WEIGHT = 0.3
_FILLINGS = 8


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
    return joint_digest(FOLDER / f"{language}.txt" for language in LANGUAGES)


def joint_digest(paths: Iterable[Path]) -> str:
    """SHA-256, in hexadecimal, of files read one after the other."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def truth(head: str, exemplars: list[Exemplar]) -> NDArray[np.int64]:
    """Class number of each exemplar for a head; -1 for those it does not learn from."""
    return np.array([_class_of(head, one.kind) for one in exemplars])


def weights(exemplars: list[Exemplar]) -> NDArray[np.float32]:
    """How much each exemplar counts."""
    return np.array([_FRAME_WEIGHT if one.made else 1.0 for one in exemplars], np.float32)


def parts(exemplars: list[Exemplar]) -> NDArray[np.int64]:
    """Which of five parts an exemplar is judged in, -1 for those made from frames.

    Ten neighbouring lines, often of one subject, stay together.
    """
    counted: Counter[tuple[str, str]] = Counter()
    found = np.full(len(exemplars), -1)
    for row, one in enumerate(exemplars):
        if not one.made:
            found[row] = counted[one.kind, one.language] // _NEIGHBOURS % PARTS
            counted[one.kind, one.language] += 1
    return found


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
