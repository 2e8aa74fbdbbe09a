"""What a person wishes for, what a message calls for, and what was spoken of last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from scheduling.records import Slot


@dataclass(frozen=True, slots=True)
class When:
    """A wish: days from ``first`` to ``last`` (None = open) between two times of day.

    Days and times are local to the zone of the ``now`` they were read against. ``weekdays``
    (0 is Monday) are the only ones that fit; empty means any.
    """

    first: date
    last: date | None
    earliest: time = time.min
    latest: time = time.max
    weekdays: tuple[int, ...] = ()

    def admits(self, moment: datetime) -> bool:
        """Whether a local moment lies within the wish."""
        day, clock = moment.date(), moment.time()
        if day < self.first or (self.last is not None and day > self.last):
            return False
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        return self.earliest <= clock < self.latest or clock == self.earliest

    @property
    def names_hours(self) -> bool:
        """Whether only some hours of the day fit."""
        return self.earliest != time.min or self.latest != time.max


@dataclass(frozen=True, slots=True)
class VisitKind:
    """A kind of visit as the person books it oneself; a plain visit has neither id nor name."""

    id: str = ""
    name: str = ""


PLAIN = VisitKind()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a message asks for; empty texts and None leave it open.

    ``practitioner_ids`` are those of the clinic the name fits; a name that fits nobody has none.
    """

    specialty: str = ""
    practitioner_name: str = ""
    when: When | None = None
    practitioner_ids: tuple[str, ...] = ()
    kind: VisitKind = PLAIN


class ReplyKind(StrEnum):
    """What the assistant decided a message calls for.

    ASK: something may be an emergency; a person says whether it is happening now.
    CHOSEN: one of the offered times, shown again for the confirming click.
    VISITS: own appointments, to cancel or to move.
    """

    EMERGENCY = "emergency"
    ASK = "ask"
    EXPLANATION = "explanation"
    ANSWER = "answer"
    SLOTS = "slots"
    CHOSEN = "chosen"
    VISITS = "visits"
    UNKNOWN = "unknown"
    REFUSAL = "refusal"
    CHAT = "chat"


class Act(StrEnum):
    """What may be done with a visit; a person does it by a click."""

    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"
    SEE = "see"


@dataclass(frozen=True, slots=True)
class Topic:
    """What was spoken of last, so that "yes", "the second" and "later" mean something.

    ``appointment_ids`` are the own visits that were shown, one if it is settled which is meant.
    ``asks`` is what a bare yes would answer: ``times`` (show free times) or ``now`` (is it
    happening now); empty where nothing was asked.
    """

    act: Act = Act.BOOK
    wish: Wish = field(default_factory=Wish)
    slots: tuple[Slot, ...] = ()
    appointment_ids: tuple[str, ...] = ()
    asks: str = ""
