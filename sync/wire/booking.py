"""Appointments and availabilities as FHIR R4 and back.

Sources: http://hl7.org/fhir/R4/appointment.html, http://hl7.org/fhir/R4/schedule.html
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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

_CANCELLATION = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def appointment_to_fhir(
    appointment: Appointment, rooms: Collection[str] = (), *, by_assistant: bool = False
) -> dict[str, Any]:
    """Return the Appointment resource with its participants.

    Parameters
    ----------
    rooms
        Ids of resources that are rooms (FHIR Location); all others are a Device.
    by_assistant
        Whether the assistant proposed this version and a person confirmed it. It is no property
        of the appointment: the next version says it again or does not.
    """
    accepted = "accepted" if appointment.status is not AppointmentStatus.PENDING else "tentative"
    told = [
        (reference("Patient", appointment.patient_id), "accepted"),
        (reference("Practitioner", appointment.practitioner_id), accepted),
    ]
    told += [
        (reference("Location" if one in rooms else "Device", one), accepted)
        for one in appointment.resource_ids
    ]
    if appointment.place_id:
        told.append((reference("Location", appointment.place_id), "accepted"))
    if appointment.visit_type_id:
        told.append((reference("HealthcareService", appointment.visit_type_id), "accepted"))
    resource: dict[str, Any] = {
        "resourceType": "Appointment",
        "id": appointment.id,
        "status": appointment.status.value,
        "start": instant(appointment.starts),
        "end": instant(appointment.ends),
        "created": instant(appointment.created_at),
        "participant": [{"actor": actor, "status": status} for actor, status in told],
        "extension": [
            extension("appointment-sequence", valueInteger=appointment.sequence),
            extension("booked-by", valueString=appointment.booked_by),
            *_more(appointment),
        ],
    }
    if by_assistant:
        resource["extension"].append(extension("proposed-by-assistant", valueBoolean=True))
    if appointment.reason:
        resource["description"] = appointment.reason
    if appointment.cancelled_because:
        coding = {"system": _CANCELLATION, "code": appointment.cancelled_because}
        resource["cancelationReason"] = {"coding": [coding]}
    return resource


def _more(appointment: Appointment) -> list[dict[str, Any]]:
    """What R4 has no element for; an appointment of a plain visit says none of it."""
    numbers = {
        "before-minutes": (appointment.before_minutes, 0),
        "after-minutes": (appointment.after_minutes, 0),
        "group-capacity": (appointment.capacity, 1),
    }
    texts = {
        "place": appointment.place_id,
        "series": appointment.series_id,
        "booked-outside-rules": appointment.exception,
    }
    return [
        *(
            extension(name, valueInteger=value)
            for name, (value, usual) in numbers.items()
            if value != usual
        ),
        *(extension(name, valueString=value) for name, value in texts.items() if value),
    ]


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
    place_id = str(extended(resource, "place", "valueString", ""))
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
            place_id=place_id,
            visit_type_id=next(iter(participants(resource, "HealthcareService")), ""),
            resource_ids=tuple(ident for _, ident in things(resource)),
            before_minutes=int(extended(resource, "before-minutes", "valueInteger", 0)),
            after_minutes=int(extended(resource, "after-minutes", "valueInteger", 0)),
            capacity=int(extended(resource, "group-capacity", "valueInteger", 1)),
            series_id=str(extended(resource, "series", "valueString", "")),
            exception=str(extended(resource, "booked-outside-rules", "valueString", "")),
            cancelled_because=_cancelled_because(resource),
        )
    except (ValueError, TypeError) as error:
        raise WireError(f"the appointment cannot be kept: {error}") from None


def _cancelled_because(resource: Resource) -> str:
    reason = resource.get("cancelationReason")
    coded = listed(reason, "coding") if isinstance(reason, Mapping) else ()
    return next((str(one.get("code", "")) for one in coded), "")


def things(resource: Resource) -> tuple[tuple[str, str], ...]:
    """Return type and id of the scanners and rooms of an Appointment, in their order."""
    place_id = extended(resource, "place", "valueString", "")
    found = [
        (kind, ident)
        for entry in listed(resource, "participant")
        for kind in ("Device", "Location")
        if (ident := referred(entry.get("actor"), kind))
    ]
    return tuple(dict.fromkeys(one for one in found if one != ("Location", place_id)))


def participants(resource: Resource, resource_type: str) -> tuple[str, ...]:
    """Return the ids of the participants of that type, in their order."""
    found = [
        referred(entry.get("actor"), resource_type) for entry in listed(resource, "participant")
    ]
    return tuple(one for one in found if one)


def participant(resource: Resource, resource_type: str) -> str:
    """Return the id of the first participant of that type.

    Raises
    ------
    WireError
        There is none.
    """
    for found in participants(resource, resource_type):
        return found
    raise WireError(f"the appointment has no {resource_type.lower()}")


def availability_to_fhir(availability: Availability) -> dict[str, Any]:
    """Return the Schedule resource of a weekly working time."""
    horizon = {"start": availability.from_day.isoformat()}
    if availability.until is not None:
        horizon["end"] = availability.until.isoformat()
    weekly: list[dict[str, Any]] = [
        {"url": "day", "valueCode": _DAYS[availability.weekday]},
        {"url": "starts", "valueTime": availability.starts.isoformat()},
        {"url": "ends", "valueTime": availability.ends.isoformat()},
        {"url": "slot-minutes", "valuePositiveInt": availability.slot_minutes},
    ]
    if availability.on_holidays:
        weekly.append({"url": "on-holidays", "valueBoolean": True})
    actors = [reference("Practitioner", availability.practitioner_id)]
    if availability.place_id:
        actors.append(reference("Location", availability.place_id))
    actors += [reference("HealthcareService", one) for one in availability.visit_type_ids]
    return {
        "resourceType": "Schedule",
        "id": availability.id,
        "active": True,
        "actor": actors,
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
    actors = {
        kind: [found for actor in listed(resource, "actor") if (found := referred(actor, kind))]
        for kind in ("Practitioner", "Location", "HealthcareService")
    }
    try:
        until = horizon.get("end")
        return Availability(
            id=str(resource["id"]),
            practitioner_id=actors["Practitioner"][0],
            weekday=_DAYS.index(weekly["day"]["valueCode"]),
            starts=time.fromisoformat(weekly["starts"]["valueTime"]),
            ends=time.fromisoformat(weekly["ends"]["valueTime"]),
            slot_minutes=int(weekly["slot-minutes"]["valuePositiveInt"]),
            from_day=date.fromisoformat(horizon["start"]),
            until=date.fromisoformat(until) if until else None,
            place_id=next(iter(actors["Location"]), ""),
            visit_type_ids=tuple(actors["HealthcareService"]),
            on_holidays=bool(weekly.get("on-holidays", {}).get("valueBoolean", False)),
        )
    except (LookupError, ValueError, TypeError, AttributeError):
        raise WireError("the Schedule is not a weekly availability") from None
