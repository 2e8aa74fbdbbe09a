"""What can go wrong in booking.

SchedulingError
    SlotTakenError          somebody else has that time; ``alternatives`` are the nearest free slots
    OutsideHoursError       the practitioner does not work then, or the time has passed
    TooLateError            a patient changes a visit too shortly before it
    UnknownZoneError        a place's time zone or public holidays are not known
    AppointmentStatusError  what was asked does not follow from the appointment's status
    UnreadableCalendarError a calendar file of another program cannot be read
    PublishingError         the CalDAV server was not reached or refused
    TransportError          a message could not be handed over; ``permanent`` says if to try again
"""

from __future__ import annotations

from scheduling.records import Slot


class SchedulingError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class SlotTakenError(SchedulingError):
    """Somebody else has that time."""

    def __init__(self, message: str, alternatives: tuple[Slot, ...] = ()) -> None:
        super().__init__(message)
        self.alternatives = alternatives


class OutsideHoursError(SchedulingError):
    """The practitioner does not work then, or the time has passed."""


class TooLateError(SchedulingError):
    """A patient changes a visit too shortly before it."""


class UnknownZoneError(SchedulingError):
    """A place's time zone or public holidays are not known."""


class AppointmentStatusError(SchedulingError):
    """What was asked does not follow from the appointment's status."""


class UnreadableCalendarError(SchedulingError):
    """A calendar file of another program cannot be read."""


class PublishingError(SchedulingError):
    """The CalDAV server was not reached or refused; the text names no password."""


class TransportError(SchedulingError):
    """A message could not be handed over.

    ``permanent``: trying again is useless (the recipient does not exist). ``uncertain``: the
    message may have gone out, the answer never came. The text names no person, number or
    password: it is stored and shown.
    """

    def __init__(self, message: str, *, permanent: bool, uncertain: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.uncertain = uncertain
