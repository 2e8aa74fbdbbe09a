"""One word for a heat map's faithfulness, by stated rules. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from inference.records import Grade

GOOD_GAIN = 0.1
GOOD_AGREEMENT = 0.7
FAIR_AGREEMENT = 0.4
GOOD_IN_HEAD = 0.9
FAIR_IN_HEAD = 0.7

_GAINS = {
    "deletion_over_random": "erasing what it shows changes the answer",
    "insertion_over_random": "showing only what it shows brings the answer back",
}
_AGREEMENTS = {
    "flip_agreement": "the mirror image gives another map",
    "noise_agreement": "slight noise gives another map",
}


def grade(scores: Mapping[str, float]) -> tuple[Grade, str]:
    """Return the grade of a map with these scores, and the reason.

    Low where erasing in the map's order harms the answer no more than a random order does, or
    giving back in its order helps it no more, where the map of the mirror image or of the slice
    with slight noise agrees less than 0.4, or where less than 0.7 of it lies in the head. Good
    where both gains are 0.1 or more, both agreements 0.7 or more and 0.9 lies in the head. Fair
    between. Where the map lies in the lesion is shown and not judged: a map that is right about
    a network that is wrong lies outside.
    """
    faults = _faults(scores, 0.0, FAIR_AGREEMENT, FAIR_IN_HEAD)
    if faults:
        return Grade.LOW, "; ".join(faults)
    weak = _faults(scores, GOOD_GAIN, GOOD_AGREEMENT, GOOD_IN_HEAD)
    if weak:
        return Grade.FAIR, "; ".join(weak)
    return Grade.GOOD, "beats a random order both ways and is stable"


def worst(grades: Mapping[int, tuple[Grade, str]]) -> int:
    """Return the key of the lowest grade, the first of equals."""
    order = (Grade.LOW, Grade.UNGRADED, Grade.FAIR, Grade.GOOD)
    return min(grades, key=lambda key: (order.index(grades[key][0]), key))


def _faults(
    scores: Mapping[str, float], gain: float, agreement: float, in_head: float
) -> list[str]:
    """Return what falls short of these marks, in words."""
    found = []
    for name, words in _GAINS.items():
        value = scores.get(name, math.nan)
        if not math.isfinite(value):
            found.append("the network's answer is too weak to test the map")
        elif value <= 0:
            found.append(f"a random map does better at: {words}")
        elif value < gain:
            found.append(f"hardly beats a random map at: {words}")
    for name, words in _AGREEMENTS.items():
        if scores.get(name, math.nan) >= agreement:
            continue
        found.append(f"{words} (agreement {scores.get(name, math.nan):.2f})")
    if not scores.get("inside_head", math.nan) >= in_head:
        found.append(f"only {scores.get('inside_head', math.nan):.0%} of it lies in the head")
    return list(dict.fromkeys(found))
