"""Places, scanners, rooms, visit types and absences as FHIR R4 and back.

Sources: http://hl7.org/fhir/R4/location.html (sites and rooms), device.html (scanners),
healthcareservice.html (visit types), schedule.html (absences; what R4 has no word for stands in
extensions).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from scheduling.places import Absence, Place, Resource, ResourceKind, VisitType
from sync.errors import WireError
from sync.records import Resource as Body
from sync.wire.datatypes import extended, extension, listed, reference, referred, require

_PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_SITE, _ROOM = "si", "ro"
_SUBJECTS = ("Practitioner", "Location", "Device")
_NUMBERS = ("minutes", "before-minutes", "after-minutes", "capacity", "lead-minutes")
_MORE_NUMBERS = ("horizon-days", "notice-minutes")


def place_to_fhir(place: Place) -> dict[str, Any]:
    """Return the Location resource of a site."""
    body = _location(place.id, place.name, _SITE, active=place.active)
    body["extension"] = [extension("zone", valueString=place.zone)]
    address = {"country": place.country, "state": place.region}
    if kept := {key: value for key, value in address.items() if value}:
        body["address"] = kept
    return body


def resource_to_fhir(resource: Resource) -> dict[str, Any]:
    """Return the Device of a scanner or the Location of a room."""
    capacity = [extension("capacity", valuePositiveInt=resource.capacity)]
    if resource.kind is ResourceKind.ROOM:
        body = _location(resource.id, resource.name, _ROOM, active=resource.active)
        return {
            **body,
            "extension": capacity,
            "partOf": reference("Location", resource.place_id),
        }
    return {
        "resourceType": "Device",
        "id": resource.id,
        "extension": capacity,
        "status": "active" if resource.active else "inactive",
        "deviceName": [{"name": resource.name, "type": "user-friendly-name"}],
        "location": reference("Location", resource.place_id),
    }


def is_room(body: Body) -> bool:
    """Whether a Location is a room that is booked, not a site."""
    return "partOf" in body


def place_from_fhir(body: Body) -> Place:
    """Return the site of a Location.

    Raises
    ------
    WireError
        It is no Location of this program.
    """
    require(body, "Location", ("name",))
    zone, address = extended(body, "zone", "valueString"), body.get("address", {})
    if not isinstance(zone, str) or not isinstance(address, Mapping):
        raise WireError("the Location is no site")
    return Place(
        id=str(body["id"]),
        name=str(body["name"]),
        zone=zone,
        country=str(address.get("country", "")),
        region=str(address.get("state", "")),
        active=body.get("status", "active") == "active",
    )


def resource_from_fhir(body: Body) -> Resource:
    """Return the scanner of a Device or the room of a Location.

    Raises
    ------
    WireError
        It is neither, or of no place.
    """
    scanner = body.get("resourceType") == "Device"
    require(body, "Device" if scanner else "Location", ("id",))
    names = [str(one.get("name", "")) for one in listed(body, "deviceName")]
    place_id = referred(body.get("location" if scanner else "partOf"), "Location")
    if not place_id:
        raise WireError("the scanner or room is of no place")
    try:
        return Resource(
            id=str(body["id"]),
            place_id=place_id,
            kind=ResourceKind.SCANNER if scanner else ResourceKind.ROOM,
            name=next(iter(names), "") if scanner else str(body.get("name", "")),
            capacity=capacity_of(body),
            active=body.get("status", "active") == "active",
        )
    except (ValueError, TypeError) as error:
        raise WireError(f"the scanner or room cannot be kept: {error}") from None


def capacity_of(body: Body) -> int:
    """Return how many visits a scanner, room or group takes at once; 1 where nothing is said."""
    if body.get("resourceType") == "HealthcareService":
        parts = extended(body, "visit", "extension", [])
        found = [p.get("valueInteger") for p in parts if isinstance(p, Mapping)
                 and p.get("url") == "capacity"]  # fmt: skip
    else:
        found = [extended(body, "capacity", "valuePositiveInt")]
    return next((one for one in found if isinstance(one, int) and one > 0), 1)


def visit_type_to_fhir(visit: VisitType) -> dict[str, Any]:
    """Return the HealthcareService resource of a kind of visit."""
    parts: list[dict[str, Any]] = [
        {"url": name, "valueInteger": getattr(visit, name.replace("-", "_"))}
        for name in (*_NUMBERS, *_MORE_NUMBERS)
    ]
    parts += [{"url": "needs", "valueCode": kind.value} for kind in visit.needs]
    parts.append({"url": "self-bookable", "valueBoolean": visit.self_bookable})
    return {
        "resourceType": "HealthcareService",
        "id": visit.id,
        "active": visit.active,
        "name": visit.name,
        "appointmentRequired": True,
        "extension": [extension("visit", extension=parts)],
    }


def visit_type_from_fhir(body: Body) -> VisitType:
    """Return the kind of visit of a HealthcareService.

    Raises
    ------
    WireError
        It is none of this program.
    """
    require(body, "HealthcareService", ("name",))
    parts = [p for p in extended(body, "visit", "extension", []) if isinstance(p, Mapping)]
    told = {part.get("url"): part for part in parts}
    try:
        numbers = {
            name.replace("-", "_"): int(told[name]["valueInteger"])
            for name in (*_NUMBERS, *_MORE_NUMBERS)
            if name in told
        }
        needs = [ResourceKind(p["valueCode"]) for p in parts if p.get("url") == "needs"]
        return VisitType(
            id=str(body["id"]),
            name=str(body["name"]),
            needs=tuple(needs),
            self_bookable=bool(told["self-bookable"]["valueBoolean"]),
            active=bool(body.get("active", True)),
            **numbers,
        )
    except (KeyError, ValueError, TypeError):
        raise WireError("the HealthcareService is no kind of visit") from None


def absence_to_fhir(absence: Absence, subject_type: str) -> dict[str, Any]:
    """Return the Schedule resource of an absence of a Practitioner, Location or Device."""
    parts: list[dict[str, Any]] = [{"url": "reason", "valueString": absence.reason or "-"}]
    if absence.starts is not None and absence.ends is not None:
        parts.append({"url": "starts", "valueTime": absence.starts.isoformat()})
        parts.append({"url": "ends", "valueTime": absence.ends.isoformat()})
    return {
        "resourceType": "Schedule",
        "id": absence.id,
        "active": True,
        "actor": [reference(subject_type, absence.subject_id)],
        "planningHorizon": {
            "start": absence.first_day.isoformat(),
            "end": absence.last_day.isoformat(),
        },
        "extension": [extension("absence", extension=parts)],
    }


def is_absence(body: Body) -> bool:
    """Whether a Schedule says when somebody or something is away."""
    return extended(body, "absence", "extension") is not None


def absence_from_fhir(body: Body) -> Absence:
    """Return the absence of a Schedule.

    Raises
    ------
    WireError
        It is none.
    """
    require(body, "Schedule", ("actor", "planningHorizon"))
    parts = extended(body, "absence", "extension", [])
    told = {part.get("url"): part for part in parts if isinstance(part, Mapping)}
    actors = [referred(one, kind) for one in listed(body, "actor") for kind in _SUBJECTS]
    try:
        timed = "starts" in told
        reason = str(told["reason"]["valueString"])
        return Absence(
            id=str(body["id"]),
            subject_id=next(one for one in actors if one),
            first_day=date.fromisoformat(body["planningHorizon"]["start"]),
            last_day=date.fromisoformat(body["planningHorizon"]["end"]),
            starts=time.fromisoformat(told["starts"]["valueTime"]) if timed else None,
            ends=time.fromisoformat(told["ends"]["valueTime"]) if timed else None,
            reason="" if reason == "-" else reason,
        )
    except (KeyError, ValueError, TypeError, AttributeError, StopIteration):
        raise WireError("the Schedule is no absence") from None


def _location(ident: str, name: str, physical: str, *, active: bool) -> dict[str, Any]:
    return {
        "resourceType": "Location",
        "id": ident,
        "status": "active" if active else "inactive",
        "name": name,
        "mode": "instance",
        "physicalType": {"coding": [{"system": _PHYSICAL, "code": physical}]},
    }
