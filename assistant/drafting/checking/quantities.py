"""Lengths and volumes in a phrase: what is measured now, what was before, what is a bound."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """How a number is meant."""

    NOW = "now"
    BEFORE = "before"
    ABOVE = "above"  # the thing is larger than this
    BELOW = "below"  # the thing is smaller than this


@dataclass(frozen=True, slots=True)
class Quantity:
    """A length in mm or a volume in ml, as it was written.

    ``step`` is what one unit of its last digit is worth; ``minor`` marks the shorter diameters of
    a "34 x 28 mm"; ``about`` that the writer rounds.
    """

    written: str
    value: float
    step: float
    is_volume: bool = False
    role: Role = Role.NOW
    minor: bool = False
    about: bool = False


_NUMBER = r"\d+(?:\.\d+)?"
_FACTORS = {"mm": 1.0, "cm": 10.0}
_LENGTH = re.compile(
    rf"(?P<first>{_NUMBER})\s*(?:mm|cm)?(?P<more>(?:\s*(?:x|×|by)\s*{_NUMBER}\s*(?:mm|cm)?){{0,2}})"
    r"\s*(?P<unit>(?<=mm)|(?<=cm)|mm\b|cm\b|millimet(?:er|re)s?\b|centimet(?:er|re)s?\b)(?!3|³|\^)"
)
_VOLUME = re.compile(
    rf"(?P<first>{_NUMBER})\s*(?:ml|cc|cm3|cm³|cm\^3|millilit(?:er|re)s?)(?![a-z0-9])"
)
_SUBCENTIMETRE = re.compile(r"\bsub-?centimet(?:re|er)\b")
_BEFORE_IT = re.compile(
    r"\b(?:previously|prior|before|earlier|formerly|was|were|from|last|versus|vs|against"
    r"|compared (?:with|to)|baseline)\b[^\d]{0,14}$"
)
_BEFORE_AFTER = re.compile(
    r"^\W{0,2}(?:before|previously|earlier|ago|(?:on|in|at) (?:the )?(?:prior|previous|last|\d{4}))"
    r"\b(?!\W*\d)"
)
_ABOVE = re.compile(
    r"(?:\b(?:larger|greater|bigger|more|wider) than|\b(?:exceed\w*|over|above|beyond|at least"
    r"|minimum)|[>≥])\s*(?:about |approximately )?$"
)
_BELOW = re.compile(
    r"(?:\b(?:smaller|less|narrower|fewer) than|\b(?:below|under|at most|maximum of)|[<≤])\s*$"
)
_ABOUT = re.compile(r"(?:\b(?:about|approx\w*\.?|circa|ca\.?|roughly|around|some|nearly|almost"
                    r"|up to)|~)\s*$")  # fmt: skip


def quantities(text: str) -> tuple[Quantity, ...]:
    """The lengths and volumes in a phrase of ``plain`` words, in order."""
    found: list[tuple[int, Quantity]] = []
    for match in _LENGTH.finditer(text):
        found += ((match.start(), one) for one in _lengths(text, match))
    for match in _VOLUME.finditer(text):
        number = match["first"]
        found.append(
            (
                match.start(),
                Quantity(
                    f"{number} ml",
                    float(number),
                    _step(number),
                    is_volume=True,
                    role=_role(text, match),
                    about=bool(_ABOUT.search(text[: match.start()])),
                ),
            )
        )
    found += (
        (match.start(), Quantity("subcentimetre", 10.0, 1.0, role=Role.BELOW))
        for match in _SUBCENTIMETRE.finditer(text)
    )
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def _lengths(text: str, match: re.Match[str]) -> list[Quantity]:
    numbers = [match["first"], *re.findall(_NUMBER, match["more"])]
    unit = "cm" if "cm" in match[0] or "cent" in match[0] else "mm"
    factor, role = _FACTORS[unit], _role(text, match)
    longest = max(numbers, key=float)
    return [
        Quantity(
            f"{number} {unit}",
            float(number) * factor,
            _step(number) * factor,
            role=role,
            minor=number != longest,
            about=bool(_ABOUT.search(text[: match.start()])),
        )
        for number in dict.fromkeys(numbers)
    ]


def _role(text: str, match: re.Match[str]) -> Role:
    ahead, after = text[: match.start()], text[match.end() :]
    if _BEFORE_IT.search(ahead) or _BEFORE_AFTER.search(after):
        return Role.BEFORE
    if _ABOVE.search(ahead):
        return Role.ABOVE
    return Role.BELOW if _BELOW.search(ahead) else Role.NOW


def _step(number: str) -> float:
    return float(10 ** -len(number.partition(".")[2]))
