"""Looking up free times for a person who asks for a visit. Nothing is booked here.

The result is a list of slots; a person confirms one by a click in the page, and only that click
books, under the rights of whoever is signed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time

from assistant.guarding.lexicon import specialty_in
from assistant.ports import SlotFinder
from assistant.tools.dates import When, read_when
from scheduling.records import Slot

OFFERED = 4
_SEARCHED = 64
_TITLED = re.compile(r"\b(?:[Dd]r\.?|[Dd]octor|[Pp]rof(?:essor)?\.?)\s+([A-Za-z][\w'-]+)")
_NAMED = re.compile(r"\b(?:with|see|by)\s+((?:[A-Z][a-z'-]+\s?){1,3})")
_NOT_A_NAME = frozenset(
    {"about", "again", "and", "at", "for", "in", "is", "next", "on", "soon", "this", "to", "today"}
    | {"tomorrow", "who", "please", "visit", "appointment", "has", "free", "available", "said"}
    | {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "dr", "doctor"}
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message asks for; empty texts and None leave it open."""

    specialty: str
    practitioner_name: str
    when: When | None


@dataclass(frozen=True, slots=True)
class Offer:
    """Slots found; ``fits`` is False if none lay in the wished time and later ones are shown."""

    slots: tuple[Slot, ...]
    fits: bool


def read_wish(text: str, now: datetime, *, usual_specialty: str = "") -> Wish:
    """The wish in a message; a named doctor needs no specialty.

    ``now`` is aware; its zone is the one in which "tomorrow at three" is meant.
    """
    name = practitioner_in(text)
    specialty = specialty_in(text) or ("" if name else usual_specialty)
    return Wish(specialty, name, read_when(text, now))


def practitioner_in(text: str) -> str:
    """The name of a doctor a message asks for, or an empty text."""
    for match in (*_TITLED.finditer(text), *_NAMED.finditer(text)):
        name = match[1].strip()
        if name.lower() not in _NOT_A_NAME and not specialty_in(name):
            return name
    return ""


def look_up(wish: Wish, find_slots: SlotFinder, now: datetime) -> Offer:
    """Up to four free slots that fit the wish, else the next ones after its first day.

    Slots are asked for from the later of now and the start of the wish, in UTC.
    """
    after = _start(wish.when, now)
    narrow = wish.when is not None and (
        wish.when.earliest != time.min or wish.when.latest != time.max
    )
    found = find_slots(
        wish.specialty, wish.practitioner_name, after, _SEARCHED if narrow else OFFERED
    )
    later = tuple(slot for slot in found if slot.starts >= after)
    when = wish.when
    if when is None:
        return Offer(later[:OFFERED], fits=True)
    fitting = tuple(slot for slot in later if when.admits(slot.starts.astimezone(now.tzinfo)))
    if fitting:
        return Offer(fitting[:OFFERED], fits=True)
    return Offer(later[:OFFERED], fits=False)


def _start(when: When | None, now: datetime) -> datetime:
    """The first instant worth asking for, aware UTC."""
    if when is None or when.first <= now.date():
        return now.astimezone(UTC)
    return datetime.combine(when.first, time.min, tzinfo=now.tzinfo).astimezone(UTC)
