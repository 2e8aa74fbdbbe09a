"""What a resource must look like to be looked at: checks on the resource alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sync.errors import WireError
from sync.server.outcomes import invalid
from sync.wire.booking import participant
from sync.wire.datatypes import extended, listed, moment, operation_of, referred
from sync.wire.places import is_room, place_from_fhir, resource_from_fhir, visit_type_from_fhir

RESOURCE_TYPES = (
    *("Appointment", "DiagnosticReport", "Patient", "Practitioner", "Schedule"),
    *("Device", "HealthcareService", "Location"),
)
LONGEST_BUFFER_MINUTES = 24 * 60
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")

APPOINTMENT_STATUS = frozenset(
    {"proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"}
    | {"entered-in-error", "checked-in", "waitlist"}
)
REPORT_STATUS = frozenset(
    {"registered", "partial", "preliminary", "final", "amended", "corrected", "appended"}
    | {"cancelled", "entered-in-error", "unknown"}
)
PARTICIPANT_STATUS = frozenset({"accepted", "declined", "tentative", "needs-action"})
GENDER = frozenset({"male", "female", "other", "unknown"})


def admit(resource_type: str, resource_id: str, body: object) -> dict[str, Any]:
    """Return the body as an object fit to be stored under that type and id.

    Raises
    ------
    OutcomeError
        422 with the first thing wrong.
    """
    if resource_type not in RESOURCE_TYPES:
        raise invalid(f"this server does not keep {resource_type[:40]} resources")
    if not ID.fullmatch(resource_id):
        raise invalid("the id is not a FHIR id")
    if not isinstance(body, dict):
        raise invalid("the body is no JSON object")
    if body.get("resourceType") != resource_type or body.get("id") != resource_id:
        raise invalid("type and id of the body are not those of the URL")
    operation = operation_of(body)
    if operation and not ID.fullmatch(operation):
        raise invalid("the operation id is not of the form of a FHIR id")
    try:
        _CHECKS[resource_type](body)
    except WireError as error:
        raise invalid(str(error)) from None
    return body


def appointment_times(body: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return start and end of an Appointment as aware UTC.

    Raises
    ------
    WireError
        One is missing, or the end is not after the start.
    """
    starts, ends = moment(body.get("start"), "start"), moment(body.get("end"), "end")
    if ends <= starts:
        raise WireError("the appointment does not end after its start")
    return starts, ends


def _appointment(body: Mapping[str, Any]) -> None:
    _coded(body, "status", APPOINTMENT_STATUS)
    appointment_times(body)
    if not isinstance(extended(body, "appointment-sequence", "valueInteger", 0), int):
        raise WireError("the sequence is no number")
    for name, least, most in (
        ("before-minutes", 0, LONGEST_BUFFER_MINUTES),
        ("after-minutes", 0, LONGEST_BUFFER_MINUTES),
        ("group-capacity", 1, 10_000),
    ):
        value = extended(body, name, "valueInteger", least)
        if type(value) is not int or not least <= value <= most:
            raise WireError(f"{name} is out of range")
    participant(body, "Patient")
    participant(body, "Practitioner")
    for entry in listed(body, "participant"):
        _coded(entry, "status", PARTICIPANT_STATUS)


def _report(body: Mapping[str, Any]) -> None:
    _coded(body, "status", REPORT_STATUS)
    if not isinstance(body.get("code"), Mapping):
        raise WireError("code is missing")
    if not referred(body.get("subject"), "Patient"):
        raise WireError("subject is no Patient")


def _person(body: Mapping[str, Any]) -> None:
    if not listed(body, "name"):
        raise WireError("name is missing")
    if "gender" in body:
        _coded(body, "gender", GENDER)


def _schedule(body: Mapping[str, Any]) -> None:
    subjects = ("Practitioner", "Location", "Device")
    if not any(referred(one, kind) for one in listed(body, "actor") for kind in subjects):
        raise WireError("actor is no Practitioner, Location or Device")


def _location(body: Mapping[str, Any]) -> None:
    (resource_from_fhir if is_room(body) else place_from_fhir)(body)


def _device(body: Mapping[str, Any]) -> None:
    resource_from_fhir(body)


def _service(body: Mapping[str, Any]) -> None:
    visit_type_from_fhir(body)


def _coded(body: Mapping[str, Any], key: str, codes: frozenset[str]) -> None:
    value = body.get(key)
    if value is None:
        raise WireError(f"{key} is missing")
    if not isinstance(value, str) or value not in codes:
        raise WireError(f"{key} is none of the R4 codes")


_CHECKS = {
    "Appointment": _appointment,
    "Device": _device,
    "DiagnosticReport": _report,
    "HealthcareService": _service,
    "Location": _location,
    "Patient": _person,
    "Practitioner": _person,
    "Schedule": _schedule,
}
