"""Looking up free times for a person who asks for a visit. Nothing is booked here.

The result is a list of slots; a person confirms one by a click in the page, and only that click
books, under the rights of whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from assistant.ports import Desk
from assistant.tools.dates import read_when
from assistant.tools.kinds import kind_in
from assistant.tools.people import meant, of_specialty, practitioner_in, specialty_in
from assistant.wishes import VisitKind, When, Wish
from scheduling.records import Practitioner, Slot

OFFERED = 4
_SEARCHED = 4000
_BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offer:
    """Slots found; ``fits`` is False if none lay in the wished time and the nearest are shown."""

    slots: tuple[Slot, ...]
    fits: bool


def read_wish(
    text: str,
    now: datetime,
    *,
    language: str = "en",
    practitioners: Iterable[Practitioner] = (),
    usual_specialty: str = "",
    kinds: Iterable[VisitKind] = (),
) -> Wish:
    """The wish in a message; a named doctor or kind of visit needs no specialty.

    ``now`` is aware; its zone is the one in which "tomorrow at three" is meant. A name is that of
    the clinic's practitioner it fits, else as it is written.
    """
    found = meant(text, practitioners)
    name = found[0].name if len(found) == 1 else practitioner_in(text)
    kind = kind_in(text, kinds)
    specialty = specialty_in(text) or ("" if name or found or kind.id else usual_specialty)
    return Wish(
        specialty,
        name,
        read_when(text, now, language=language),
        tuple(one.id for one in found),
        kind,
    )


def look_up(wish: Wish, desk: Desk, now: datetime) -> Offer:
    """Up to four free slots that fit the wish, else the nearest ones.

    Slots are asked for from the later of now and the start of the wish, in UTC.
    """
    whom = _whom(wish, desk)
    if whom is None:
        return Offer((), fits=True)
    when = wish.when
    start = _start(when, now)
    if when is None:
        return Offer(desk.free(whom, start, None, OFFERED, kind_id=wish.kind.id), fits=True)
    found = desk.free(whom, start, _end(when, now), _SEARCHED, kind_id=wish.kind.id)
    fitting = tuple(one for one in found if when.admits(one.starts.astimezone(now.tzinfo)))
    if fitting:
        return Offer(fitting[:OFFERED], fits=True)
    return Offer(_nearest(whom, when, wish.kind.id, desk, now), fits=False)


def _whom(wish: Wish, desk: Desk) -> frozenset[str] | None:
    """The practitioners to search; empty means anybody, None that nobody fits."""
    if wish.practitioner_ids:
        return frozenset(wish.practitioner_ids)
    if not wish.specialty:
        return frozenset()
    found = of_specialty(wish.specialty, desk.practitioners())
    return frozenset(one.id for one in found) or None


def _nearest(
    whom: frozenset[str], when: When, kind_id: str, desk: Desk, now: datetime
) -> tuple[Slot, ...]:
    """The free slots nearest to the start of a wish, before or after it, in order of time."""
    hour = when.earliest if when.names_hours else time(8)
    target = datetime.combine(when.first, hour, tzinfo=now.tzinfo).astimezone(UTC)
    start = max(now.astimezone(UTC), target - _BEFORE)
    found = desk.free(whom, start, None, _SEARCHED, kind_id=kind_id)
    return tuple(sorted(sorted(found, key=lambda one: abs(one.starts - target))[:OFFERED]))


def _start(when: When | None, now: datetime) -> datetime:
    """The first instant worth asking for, aware UTC."""
    if when is None or when.first <= now.date():
        return now.astimezone(UTC)
    return datetime.combine(when.first, time.min, tzinfo=now.tzinfo).astimezone(UTC)


def _end(when: When, now: datetime) -> datetime | None:
    """The instant after the last day of a wish, aware UTC, or None if it is open."""
    if when.last is None:
        return None
    after = when.last + timedelta(days=1)
    return datetime.combine(after, time.min, tzinfo=now.tzinfo).astimezone(UTC)
