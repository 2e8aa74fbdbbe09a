"""What a text claims, read by patterns: numbers, sides, findings with denial and doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.bench.assistant import tracing_words as known

Quantity = tuple[float, str]
_NUMBER = re.compile(
    r"(?<![\w.,-])(\d+(?:[.,]\d+)?|"
    + "|".join(known.NUMBER_WORDS)
    + r")(?![\w]|[.,]\d)(?!\s(?:halves|hälften))(?:\s*-?\s*(%|[a-zäöü]+(?:ern)?)(?!\w))?"
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”“']?\s+(?=[\"“„']?[A-ZÄÖÜ0-9])")
_CLAUSE = re.compile(r"[;–]|,? (?:but|aber|sondern|although|obwohl) |, (?:which|that|and it) ")


@dataclass(frozen=True)
class Claim:
    """One sentence taken apart. ``findings`` gives for each the ways it is spoken of.

    A way is (denied, hedged); hedged is None where the wording is between the two.
    """

    text: str
    numbers: frozenset[Quantity] = frozenset()
    sides: frozenset[str] = frozenset()
    findings: dict[str, frozenset[tuple[bool, bool | None]]] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    specialties: frozenset[str] = frozenset()
    judgements: frozenset[str] = frozenset()
    confirmed: bool = False
    rejected: bool = False


def found(pattern: str, text: str) -> list[re.Match[str]]:
    """Whole-word matches in a text in lower case."""
    return list(re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text))


def sentences(text: str) -> list[str]:
    """Sentences of a text; an abbreviated or ordinal number does not end one in these texts."""
    return [one.strip() for one in _SENTENCE.split(text.strip()) if one.strip()]


def numbers(text: str) -> frozenset[Quantity]:
    """Every number with its unit, lengths in mm, times in hours or months."""
    made = set()
    for match in _NUMBER.finditer(text.lower()):
        said = match[1].replace(",", ".")
        value = known.NUMBER_WORDS.get(said) or float(said)
        unit, factor = known.UNITS.get(match[2] or "", ("", 1.0))
        made.add((round(value * factor, 3), unit))
    return frozenset(made)


def claim(sentence: str) -> Claim:
    """Take one sentence apart."""
    text = sentence.lower().replace("’", "'")
    sides = {
        name for name, form in (("left", known.LEFT), ("right", known.RIGHT)) if found(form, text)
    }
    if found(known.BOTH, text) and not sides:
        sides = {"both"}
    return Claim(
        sentence,
        numbers(text),
        frozenset(sides),
        _findings(text),
        _named(known.PLACES, text),
        _named(known.SPECIALTIES, text),
        _judged(text),
        bool(found(known.CONFIRMED, text)),
        bool(found(known.REJECTED, text)),
    )


def _named(table: dict[str, str], text: str) -> frozenset[str]:
    return frozenset(name for name, form in table.items() if found(form, text))


def _judged(text: str) -> frozenset[str]:
    """Judgements, a denied one under a name of its own ("not normal" is not "normal")."""
    made = set()
    for name, form in known.JUDGEMENTS.items():
        for match in found(form, text):
            made.add(f"no {name}" if _denied(text, match) else name)
    return frozenset(made)


def _findings(text: str) -> dict[str, frozenset[tuple[bool, bool | None]]]:
    made: dict[str, set[tuple[bool, bool | None]]] = {}
    for clause in _CLAUSE.split(text):
        hedged: bool | None = bool(found(known.HEDGE, clause))
        if not hedged and found(known.MILD, clause):
            hedged = None
        for name, form in known.FINDINGS.items():
            for match in found(form, clause):
                made.setdefault(name, set()).add((_denied(clause, match), hedged))
    return {name: frozenset(ways) for name, ways in made.items()}


def _denied(clause: str, match: re.Match[str]) -> bool:
    """Whether a word is denied by what goes before it, or by what is said of it after."""
    before, after = clause[: match.start()], clause[match.end() :]
    cues = found(known.DENIES_NEXT, before)
    if cues:
        between = before[cues[-1].end() :]
        if not found(known.STOPS, between):
            return True
    return bool(found(known.DENIES_BEFORE, after))
