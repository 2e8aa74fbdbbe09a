"""What is known of the accepted findings, in the terms a text speaks in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.drafting.checking.vocabulary import kinds, places, plain, sides
from assistant.drafting.measuring import (
    is_confirmed,
    location,
    size_mm,
    spoken_ml,
    spoken_mm,
    volume_ml,
)
from inference.records import Finding

_TO_MM = {"mm": 1.0, "cm": 10.0}
_LEADING = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """One accepted finding: side, regions (empty where unknown), lengths in mm, volume in ml."""

    finding: Finding
    side: str
    places: frozenset[str]
    lengths: tuple[float, ...]
    largest: float | None
    volume: float | None
    kinds: frozenset[str]

    @property
    def told(self) -> str:
        """The finding in a few words."""
        parts = [self.finding.label or "finding", location(self.finding)]
        parts.append(spoken_mm(self.largest) if self.largest is not None else "")
        parts.append(spoken_ml(self.volume) if self.volume is not None else "")
        return ", ".join(filter(None, parts))


def known(findings: Sequence[Finding]) -> tuple[Known, ...]:
    """What is known of those a reader holds to be real."""
    return tuple(_known(one) for one in findings if is_confirmed(one))


def told(about: Sequence[Known]) -> str:
    """What the accepted findings say, for the reader to compare."""
    return "; ".join(one.told for one in about)


def matching(
    all_of_them: Sequence[Known], named_sides: frozenset[str], named_places: frozenset[str]
) -> list[Known]:
    """Those that lie where a text says; what is unknown of a finding speaks against nothing."""
    return [
        one
        for one in all_of_them
        if (not named_sides or not one.side or one.side in named_sides)
        and (not named_places or not one.places or one.places & named_places)
    ]


def _known(finding: Finding) -> Known:
    where = plain(location(finding))
    likely = [name for name, chance in finding.kinds if chance >= _LEADING]
    named = kinds(finding.label.lower())
    side = finding.side
    if not side and len(stated := sides(where)) == 1:
        side = next(iter(stated))
    return Known(
        finding=finding,
        side=side,
        places=places(where),
        lengths=tuple(
            one.value * _TO_MM[one.unit] for one in finding.measurements if one.unit in _TO_MM
        ),
        largest=size_mm(finding),
        volume=volume_ml(finding),
        kinds=named or frozenset(likely),
    )
