"""Vocabulary of sending: Envelope, Receipt, Incoming, Conflict, Peer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

Resource = Mapping[str, Any]
MOST_LEASED = 2000
"""How many blocks are leased to one workstation."""

LONGEST_PAUSE = timedelta(hours=1)
"""The longest an envelope waits between two attempts."""


class EnvelopeState(StrEnum):
    """Where an envelope stands."""

    DUE = "due"
    DELIVERED = "delivered"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One FHIR resource due to the server, written in the act's own transaction.

    ``id`` is the operation id: it travels in ``meta.tag`` so that "did my write land?" is
    answered by the resource's history. ``base_version`` is the server version the change was
    made on (``ReplicaShelf.version`` at that time), or "" for a new resource. Envelopes of one
    resource go out in order of ``seq``.
    """

    id: str
    resource_type: str
    resource_id: str
    body: Resource = field(repr=False)
    base_version: str
    created_at: datetime
    state: EnvelopeState = EnvelopeState.DUE
    attempts: int = 0
    next_try_at: datetime | None = None
    last_error: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server answered to one envelope.

    ``version`` is the version the envelope's write landed as. ``mark`` is the server's history
    mark of that write ("" if the server gives none): shown with later calls, it tells a server
    restored from an older backup. ``exact`` is False if the server may by now hold something
    else than the envelope's body, so that the resource has to be read again. ``tells`` is whether
    the server writes to the clinic's patients itself, as far as it said so.
    """

    envelope_id: str
    version: str
    at: datetime
    mark: str = ""
    exact: bool = True
    tells: bool | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One resource version read from the server."""

    resource_type: str
    resource_id: str
    version: str
    body: Resource = field(repr=False)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An envelope the server refused for good, kept until a person has dealt with it."""

    id: str
    envelope_id: str
    resource_type: str
    resource_id: str
    reason: str
    at: datetime
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Peer:
    """The central server as this workstation knows it.

    ``cursor`` is opaque to everybody but sync.engine; it starts as an empty text.
    """

    url: str
    device_id: str
    cursor: str = ""
    last_sync_at: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A time of one practitioner, scanner or room (``Type/id``); [starts, ends), aware UTC."""

    subject: str
    starts: datetime
    ends: datetime

    @property
    def subject_id(self) -> str:
        """The id without the type."""
        return self.subject.partition("/")[2]

    def holds(self, other: Block) -> bool:
        """Whether the other lies wholly in this one."""
        same = self.subject == other.subject
        return same and self.starts <= other.starts and other.ends <= self.ends

    def meets(self, other: Block) -> bool:
        """Whether both have an instant of one subject in common."""
        same = self.subject == other.subject
        return same and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Granted:
    """A block leased to this workstation.

    ``seq`` is the end of the server's history when it was granted: from then on nobody else books
    there, so whoever has read that far knows all there is in it.
    """

    block: Block
    seq: int


@dataclass(frozen=True, slots=True)
class Leases:
    """What the server answered to a request for leases, by its own clock.

    ``others`` are blocks of the other workstations of the clinic.
    """

    at: datetime
    mine: tuple[Granted, ...] = ()
    others: tuple[Block, ...] = ()
