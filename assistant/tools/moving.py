"""Where a visit is moved to, in a row of tokens: "move it from Monday to Friday" means Friday.

Elsewhere "to" is until; behind a word of moving, and in German "auf", it names the new time.
"""

from __future__ import annotations

from collections.abc import Sequence

_REACH = 9
_NO_TIME = frozenset({"x", "MOVE", "A", "NOT", "FREE", "ON", "THE", "IN", "AT"})


def parted(found: Sequence[str]) -> tuple[list[str], list[str]]:
    """The tokens up to the word behind which a visit's new time stands, and those from there.

    The first part is empty if nothing is moved. Both keep the places of their tokens.
    """
    place = _destination(found)
    if place is None:
        return [], list(found)
    before = [*found[:place], *["x"] * (len(found) - place)]
    return before, ["x"] * (place + 1) + list(found[place + 1 :])


def _destination(found: Sequence[str]) -> int | None:
    moving: int | None = None
    for place, item in enumerate(found):
        if item == "MOVE":
            moving = place
        elif item == "FREE":
            moving = None
        to = item == "TO" and moving is not None and place - moving <= _REACH
        if (to or item == "ONTO") and _names_a_time(found, place + 1):
            return place
    return None


def _names_a_time(found: Sequence[str], place: int) -> bool:
    """Whether a time follows at once, behind small words."""
    while place < len(found) and found[place] in {"ON", "THE", "IN", "AT", "A"}:
        place += 1
    return place < len(found) and found[place] not in _NO_TIME
