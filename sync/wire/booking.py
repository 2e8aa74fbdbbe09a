"""Appointments and availabilities as FHIR R4 and back.

Sources: http://hl7.org/fhir/R4/appointment.html, http://hl7.org/fhir/R4/schedule.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from scheduling.records import Appointment, AppointmentStatus, Availability
from sync.errors import WireError
from sync.records import Resource
from sync.wire.datatypes import (
    extended,
    extension,
    instant,
    listed,
    moment,
    reference,
    referred,
    require,
)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def appointment_to_fhir(appointment: Appointment) -> dict[str, Any]:
    """Return the Appointment resource with its two participants."""
    accepted = "accepted" if appointment.status is not AppointmentStatus.PENDING else "tentative"
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": appointment.id,
        "status": appointment.status.value,
        "start": instant(appointment.starts),
        "end": instant(appointment.ends),
        "created": instant(appointment.created_at),
        "participant": [
            {"actor": reference("Patient", appointment.patient_id), "status": "accepted"},
            {"actor": reference("Practitioner", appointment.practitioner_id), "status": accepted},
        ],
        "extension": [
            extension("appointment-sequence", valueInteger=appointment.sequence),
            extension("booked-by", valueString=appointment.booked_by),
        ],
    }
    if appointment.reason:
        resource["description"] = appointment.reason
    return resource


def appointment_from_fhir(resource: Resource) -> Appointment:
    """Return the appointment of an Appointment resource.

    Raises
    ------
    WireError
        It is no Appointment of one patient and one practitioner with times this program can
        keep, or its status is one this program does not use.
    """
    require(resource, "Appointment", ("status", "start", "end", "participant"))
    starts = moment(resource["start"], "the start")
    created = resource.get("created")
    try:
        return Appointment(
            id=str(resource["id"]),
            patient_id=participant(resource, "Patient"),
            practitioner_id=participant(resource, "Practitioner"),
            starts=starts,
            ends=moment(resource["end"], "the end"),
            status=AppointmentStatus(resource["status"]),
            booked_by=str(extended(resource, "booked-by", "valueString", "")),
            created_at=moment(created, "the creation") if created else starts,
            sequence=int(extended(resource, "appointment-sequence", "valueInteger", 0)),
            reason=str(resource.get("description", "")),
        )
    except (ValueError, TypeError) as error:
        raise WireError(f"the appointment cannot be kept: {error}") from None


def participant(resource: Resource, resource_type: str) -> str:
    """Return the id of the first participant of that type.

    Raises
    ------
    WireError
        There is none.
    """
    for entry in listed(resource, "participant"):
        found = referred(entry.get("actor"), resource_type)
        if found:
            return found
    raise WireError(f"the appointment has no {resource_type.lower()}")


def availability_to_fhir(availability: Availability) -> dict[str, Any]:
    """Return the Schedule resource of a weekly working time."""
    horizon = {"start": availability.from_day.isoformat()}
    if availability.until is not None:
        horizon["end"] = availability.until.isoformat()
    weekly = [
        {"url": "day", "valueCode": _DAYS[availability.weekday]},
        {"url": "starts", "valueTime": availability.starts.isoformat()},
        {"url": "ends", "valueTime": availability.ends.isoformat()},
        {"url": "slot-minutes", "valuePositiveInt": availability.slot_minutes},
    ]
    return {
        "resourceType": "Schedule",
        "id": availability.id,
        "active": True,
        "actor": [reference("Practitioner", availability.practitioner_id)],
        "planningHorizon": horizon,
        "extension": [extension("weekly-availability", extension=weekly)],
    }


def availability_from_fhir(resource: Resource) -> Availability:
    """Return the availability of a Schedule resource.

    Raises
    ------
    WireError
        It is no Schedule of this program.
    """
    require(resource, "Schedule", ("actor", "planningHorizon"))
    parts = extended(resource, "weekly-availability", "extension", [])
    weekly = {part.get("url"): part for part in parts if isinstance(part, Mapping)}
    horizon = resource["planningHorizon"]
    owners = [referred(actor, "Practitioner") for actor in listed(resource, "actor")]
    try:
        until = horizon.get("end")
        return Availability(
            id=str(resource["id"]),
            practitioner_id=next(owner for owner in owners if owner),
            weekday=_DAYS.index(weekly["day"]["valueCode"]),
            starts=time.fromisoformat(weekly["starts"]["valueTime"]),
            ends=time.fromisoformat(weekly["ends"]["valueTime"]),
            slot_minutes=int(weekly["slot-minutes"]["valuePositiveInt"]),
            from_day=date.fromisoformat(horizon["start"]),
            until=date.fromisoformat(until) if until else None,
        )
    except (KeyError, ValueError, TypeError, AttributeError, StopIteration):
        raise WireError("the Schedule is not a weekly availability") from None
