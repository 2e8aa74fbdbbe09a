"""Patients and practitioners as FHIR R4 and back.

Sources: http://hl7.org/fhir/R4/patient.html, http://hl7.org/fhir/R4/practitioner.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.records import (
    Channel,
    ContactAnswer,
    ContactPreferences,
    Practitioner,
    Purpose,
)
from sync.errors import WireError
from sync.records import Resource
from sync.wire.datatypes import (
    BASE,
    extended,
    extension,
    extension_url,
    instant,
    listed,
    moment,
    require,
)
from viewer.records import Patient

_MRN = f"{BASE}/mrn"
_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
_ANSWER = "contact-answer"
_CONTACT_ZONE = "contact-zone"
_GENDER = {"M": "male", "F": "female", "O": "other"}
_SEX = {gender: sex for sex, gender in _GENDER.items()}


def patient_to_fhir(
    patient: Patient, preferences: ContactPreferences | None = None
) -> dict[str, Any]:
    """Return the Patient resource; a DICOM sex other than M, F, O travels as unknown.

    How the patient wants to be written to travels in extensions.
    """
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "id": patient.id,
        "active": True,
        "name": [{"text": patient.name}],
        "communication": [{"language": {"text": patient.language}, "preferred": True}],
    }
    if patient.mrn:
        resource["identifier"] = [{"system": _MRN, "value": patient.mrn}]
    if patient.birth_date is not None:
        resource["birthDate"] = patient.birth_date.isoformat()
    if patient.sex:
        resource["gender"] = _GENDER.get(patient.sex, "unknown")
    telecom = _telecom(email=patient.email, phone=patient.phone)
    if telecom:
        resource["telecom"] = telecom
    if preferences is not None:
        resource["extension"] = [*_preferences(preferences)]
    return resource


def preferences_from_fhir(resource: Resource) -> ContactPreferences | None:
    """Return how the patient of a Patient resource wants to be written to, if it says so.

    Raises
    ------
    WireError
        The extensions are not what this program writes.
    """
    found = [
        one.get("extension")
        for one in listed(resource, "extension")
        if one.get("url") == extension_url(_ANSWER)
    ]
    zone = str(extended(resource, _CONTACT_ZONE, "valueCode", ""))
    if not found and not zone:
        return None
    try:
        answers = tuple(_answer(parts) for parts in found)
        if zone:
            ZoneInfo(zone)
    except (KeyError, ValueError, TypeError, AttributeError, OSError):
        raise WireError("the patient's contact preferences cannot be read") from None
    return ContactPreferences(str(resource["id"]), zone, answers)


def with_preferences(resource: Resource, preferences: ContactPreferences) -> dict[str, Any]:
    """Return the Patient resource with these preferences in place of its own."""
    own = {extension_url(_ANSWER), extension_url(_CONTACT_ZONE)}
    others = [one for one in listed(resource, "extension") if one.get("url") not in own]
    return {**resource, "extension": [*others, *_preferences(preferences)]}


def _preferences(preferences: ContactPreferences) -> Iterator[dict[str, Any]]:
    if preferences.zone:
        yield extension(_CONTACT_ZONE, valueCode=preferences.zone)
    for one in preferences.answers:
        parts = [
            {"url": "channel", "valueCode": one.channel.value},
            {"url": "purpose", "valueCode": one.purpose.value},
            {"url": "allowed", "valueBoolean": one.allowed},
            {"url": "at", "valueInstant": instant(one.at)},
            {"url": "by", "valueString": one.by},
        ]
        yield extension(_ANSWER, extension=parts)


def _answer(parts: Any) -> ContactAnswer:  # noqa: ANN401 - JSON
    said = {part["url"]: value for part in parts for key, value in part.items() if key != "url"}
    if not isinstance(said["allowed"], bool):
        raise TypeError
    return ContactAnswer(
        Channel(said["channel"]),
        Purpose(said["purpose"]),
        said["allowed"],
        moment(said["at"], "the answer"),
        str(said["by"]),
    )


def patient_from_fhir(resource: Resource) -> Patient:
    """Return the patient of a Patient resource.

    Raises
    ------
    WireError
        It is no Patient, has no name, or an impossible birth date.
    """
    require(resource, "Patient", ("name",))
    born = resource.get("birthDate")
    try:
        birth_date = date.fromisoformat(str(born)) if born else None
    except ValueError:
        raise WireError("the birth date is no day") from None
    languages = [
        entry.get("language", {}).get("text") for entry in listed(resource, "communication")
    ]
    return Patient(
        id=str(resource["id"]),
        name=_name(resource),
        mrn=_first(resource, "identifier", "system", _MRN),
        birth_date=birth_date,
        sex=_SEX.get(str(resource.get("gender", "")), ""),
        email=_first(resource, "telecom", "system", "email"),
        phone=_first(resource, "telecom", "system", "phone"),
        language=next((text for text in languages if text), "en"),
    )


def practitioner_to_fhir(practitioner: Practitioner) -> dict[str, Any]:
    """Return the Practitioner resource; specialty as a qualification, zone as the R4 extension."""
    resource: dict[str, Any] = {
        "resourceType": "Practitioner",
        "id": practitioner.id,
        "active": True,
        "name": [{"text": practitioner.name}],
        "extension": [{"url": _ZONE, "valueCode": practitioner.zone}],
    }
    if practitioner.specialty:
        resource["qualification"] = [{"code": {"text": practitioner.specialty}}]
    telecom = _telecom(email=practitioner.email)
    if telecom:
        resource["telecom"] = telecom
    return resource


def practitioner_from_fhir(resource: Resource) -> Practitioner:
    """Return the practitioner of a Practitioner resource; a missing zone is UTC.

    Raises
    ------
    WireError
        It is no Practitioner, has no name, or names a zone that does not exist.
    """
    require(resource, "Practitioner", ("name",))
    zones = [e.get("valueCode") for e in listed(resource, "extension") if e.get("url") == _ZONE]
    skills = [entry.get("code") for entry in listed(resource, "qualification")]
    skill = next((code.get("text", "") for code in skills if isinstance(code, Mapping)), "")
    zone = str(zones[0]) if zones else "UTC"
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise WireError("the time zone does not exist") from None
    return Practitioner(
        id=str(resource["id"]),
        name=_name(resource),
        specialty=str(skill),
        zone=zone,
        email=_first(resource, "telecom", "system", "email"),
    )


def _name(resource: Resource) -> str:
    name = next(iter(listed(resource, "name")), {})
    if name.get("text"):
        return str(name["text"])
    given = name.get("given")
    parts = [str(part) for part in given] if isinstance(given, list) else []
    whole = " ".join((*parts, str(name.get("family", "")))).strip()
    if not whole:
        raise WireError("the name is empty")
    return whole


def _telecom(*, email: str = "", phone: str = "") -> list[dict[str, str]]:
    return [
        {"system": system, "value": value}
        for system, value in (("email", email), ("phone", phone))
        if value
    ]


def _first(resource: Resource, key: str, field: str, wanted: str) -> str:
    values = [entry.get("value") for entry in listed(resource, key) if entry.get(field) == wanted]
    return str(values[0]) if values else ""
