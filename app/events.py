"""Facts the workstation announces to itself.

An event is a past-tense fact carrying ids, never objects: whoever cares reads the record
again. A command is not here; it is a plain call into app.workflow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from app.records import EditKind


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has already happened and been committed."""


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """Somebody signed in."""

    account_id: str


@dataclass(frozen=True, slots=True)
class SignedOut(Event):
    """The signed-in person left."""


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """An account was created, approved, matched or closed."""

    account_id: str


@dataclass(frozen=True, slots=True)
class OwnModelChanged(Event):
    """A clinic's own model was imported, approved or withdrawn."""

    model_id: str


@dataclass(frozen=True, slots=True)
class LanguageModelChanged(Event):
    """A clinic's language model was added, tried, approved, put to use or removed."""

    model_id: str


@dataclass(frozen=True, slots=True)
class LeafletChanged(Event):
    """A leaflet of the clinic was added or removed."""

    leaflet_id: str


@dataclass(frozen=True, slots=True)
class StudyImported(Event):
    """A study reached the shelf."""

    study_uid: str


@dataclass(frozen=True, slots=True)
class StudyAssigned(Event):
    """A study was taken, handed over or given back."""

    study_uid: str


@dataclass(frozen=True, slots=True)
class EmergencyTurned(Event):
    """An emergency access was opened, ended or reviewed."""

    access_id: str
    patient_id: str


@dataclass(frozen=True, slots=True)
class FindingsReady(Event):
    """An analysis ended, whatever its outcome."""

    study_uid: str


@dataclass(frozen=True, slots=True)
class FindingReviewed(Event):
    """A reader decided about a finding."""

    study_uid: str
    finding_id: str


@dataclass(frozen=True, slots=True)
class StudyEdited(Event):
    """An annotation, key image, label stroke, finding or report text changed, or was undone."""

    study_uid: str
    kind: EditKind
    subject_id: str


@dataclass(frozen=True, slots=True)
class ReportDrafted(Event):
    """A report draft was stored."""

    study_uid: str
    report_id: str


@dataclass(frozen=True, slots=True)
class ReportSigned(Event):
    """A report became final or gained an addendum."""

    study_uid: str
    report_id: str


@dataclass(frozen=True, slots=True)
class ReportReleased(Event):
    """A final report may now be seen by its patient."""

    report_id: str


@dataclass(frozen=True, slots=True)
class AppointmentChanged(Event):
    """An appointment was booked, confirmed, lost or cancelled."""

    appointment_id: str


@dataclass(frozen=True, slots=True)
class WaitingChanged(Event):
    """Somebody joined or left the waiting list, or answered an offer."""

    waiting_id: str


@dataclass(frozen=True, slots=True)
class NoticesSent(Event):
    """The notice outbox had its turn."""

    accepted: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SyncTurned(Event):
    """The outbox to the server had its turn; ``reason`` is empty if the server was there."""

    delivered: int
    received: int
    waiting: int
    reason: str


@dataclass(frozen=True, slots=True)
class BackupTurned(Event):
    """A backup was made or checked."""


E = TypeVar("E", bound=Event)


class Bus:
    """Deliver events, by exact type, on the thread that publishes them."""

    def __init__(self) -> None:
        self._listeners: defaultdict[type[Event], list[Callable[[Event], None]]] = defaultdict(list)

    def listen(self, kind: type[E], listener: Callable[[E], None]) -> Callable[[], None]:
        """Call listener for every event of this kind; return its unsubscriber."""
        wanted = cast("Callable[[Event], None]", listener)
        self._listeners[kind].append(wanted)
        return lambda: self._listeners[kind].remove(wanted)

    def publish(self, event: Event) -> None:
        """Hand the event to everyone listening now, in the order they came."""
        for listener in tuple(self._listeners[type(event)]):
            listener(event)
