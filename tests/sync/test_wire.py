"""Records survive the wire, and what is on the wire is FHIR R4."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given
from hypothesis import strategies as st

from assistant.records import Report, Section
from inference.records import Measurement
from scheduling.places import Absence, Place, Resource, ResourceKind, VisitType
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Availability,
    CancelReason,
    Practitioner,
)
from sync.errors import WireError
from sync.wire.booking import (
    appointment_from_fhir,
    appointment_to_fhir,
    availability_from_fhir,
    availability_to_fhir,
    things,
)
from sync.wire.datatypes import operation_of, tagged
from sync.wire.people import (
    patient_from_fhir,
    patient_to_fhir,
    practitioner_from_fhir,
    practitioner_to_fhir,
)
from sync.wire.places import (
    absence_from_fhir,
    absence_to_fhir,
    capacity_of,
    is_absence,
    is_room,
    place_from_fhir,
    place_to_fhir,
    resource_from_fhir,
    resource_to_fhir,
    visit_type_from_fhir,
    visit_type_to_fhir,
)
from sync.wire.reports import released_at, report_from_fhir, report_to_fhir
from tests.sync.samples import FINDING, NOW, PATIENT, PRACTITIONER, appended, draft, sign
from viewer.records import Patient

TEXT = st.text("aZ9 Äß漢\u200e𝛼<>&\"'/|\n", min_size=1, max_size=20)
MAYBE = st.just("") | TEXT
IDENT = st.uuids().map(str)
DAY = st.dates(date(1900, 1, 1), date(2100, 1, 1))
MOMENT = st.integers(0, 10**15).map(lambda us: NOW + timedelta(microseconds=us))

PATIENTS = st.builds(
    Patient, IDENT, TEXT, MAYBE, st.none() | DAY, st.sampled_from(["", "M", "F", "O"]), MAYBE, MAYBE
)
PRACTITIONERS = st.builds(
    Practitioner, IDENT, TEXT, MAYBE, st.sampled_from(["UTC", "Europe/Berlin"]), MAYBE
)
APPOINTMENTS = st.builds(
    lambda starts, minutes, **rest: Appointment(
        starts=starts, ends=starts + timedelta(minutes=minutes), **rest
    ),
    starts=MOMENT,
    minutes=st.integers(1, 600),
    id=IDENT,
    patient_id=IDENT,
    practitioner_id=IDENT,
    status=st.sampled_from(AppointmentStatus),
    booked_by=MAYBE,
    created_at=MOMENT,
    sequence=st.integers(0, 99),
    reason=MAYBE,
    place_id=IDENT | st.just(""),
    visit_type_id=IDENT | st.just(""),
    resource_ids=st.lists(IDENT, max_size=3, unique=True).map(tuple),
    before_minutes=st.integers(0, 60),
    after_minutes=st.integers(0, 60),
    capacity=st.integers(1, 9),
    series_id=IDENT | st.just(""),
    exception=MAYBE,
    cancelled_because=st.sampled_from(["", *CancelReason]).map(str),
)
PLACES = st.builds(
    Place,
    IDENT,
    TEXT,
    st.sampled_from(["UTC", "Europe/Berlin"]),
    st.sampled_from(["", "DE"]),
    st.sampled_from(["", "BY"]),
    st.booleans(),
)
RESOURCES = st.builds(
    Resource,
    IDENT,
    IDENT,
    st.sampled_from(ResourceKind),
    TEXT,
    st.integers(1, 9),
    st.booleans(),
)
VISIT_TYPES = st.builds(
    VisitType,
    IDENT,
    TEXT,
    st.integers(5, 500),
    *[st.integers(0, 60)] * 2,
    st.integers(1, 9),
    st.integers(0, 9000),
    st.integers(1, 900),
    st.integers(0, 9000),
    st.lists(st.sampled_from(ResourceKind), unique=True).map(tuple),
    st.booleans(),
    st.booleans(),
)
ABSENCES = st.builds(
    lambda ident, subject, days, span, reason: Absence(
        ident, subject, min(days), max(days), *span, reason
    ),
    IDENT,
    IDENT,
    st.tuples(DAY, DAY),
    st.sampled_from([(None, None), (time(9), time(12, 30))]),
    TEXT,
)
AVAILABILITIES = st.builds(
    Availability,
    IDENT,
    IDENT,
    st.integers(0, 6),
    st.times(max_value=time(11)).map(lambda t: t.replace(microsecond=0)),
    st.times(min_value=time(12)).map(lambda t: t.replace(microsecond=0)),
    st.integers(5, 120),
    DAY,
    st.none() | DAY,
    IDENT | st.just(""),
    st.lists(IDENT, max_size=2, unique=True).map(tuple),
    st.booleans(),
)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
REPORTS = st.builds(
    lambda sections, value, place, text: replace(
        draft(),
        sections=tuple(sections),
        findings=(
            replace(
                FINDING,
                centre_mm=(value, 0.0, -value),
                place=place,
                measurements=(Measurement(text, value, "mm", text),),
            ),
        ),
    ),
    st.lists(st.builds(Section, st.sampled_from(["Findings", "Impression", "Advice"]), TEXT, TEXT)),
    NUMBERS,
    MAYBE,
    TEXT,
)


def over_the_wire(resource: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(resource))


@given(PATIENTS)
def test_patient_survives_the_wire(patient: Patient) -> None:
    assert patient_from_fhir(over_the_wire(patient_to_fhir(patient))) == patient


@given(PRACTITIONERS)
def test_practitioner_survives_the_wire(practitioner: Practitioner) -> None:
    there = over_the_wire(practitioner_to_fhir(practitioner))
    assert practitioner_from_fhir(there) == practitioner


@given(APPOINTMENTS)
def test_appointment_survives_the_wire(appointment: Appointment) -> None:
    assert appointment_from_fhir(over_the_wire(appointment_to_fhir(appointment))) == appointment


@given(APPOINTMENTS)
def test_rooms_and_scanners_keep_their_order_whatever_they_are(appointment: Appointment) -> None:
    rooms = appointment.resource_ids[::2]
    there = over_the_wire(appointment_to_fhir(appointment, rooms))
    assert appointment_from_fhir(there) == appointment
    kinds = [kind for kind, _ in things(there)]
    assert kinds == ["Location", "Device", "Location"][: len(kinds)]


@given(PLACES)
def test_place_survives_the_wire(place: Place) -> None:
    assert place_from_fhir(over_the_wire(place_to_fhir(place))) == place


@given(RESOURCES)
def test_scanner_and_room_survive_the_wire(resource: Resource) -> None:
    there = over_the_wire(resource_to_fhir(resource))
    assert resource_from_fhir(there) == resource
    assert capacity_of(there) == resource.capacity
    assert is_room(there) == (resource.kind is ResourceKind.ROOM)


@given(VISIT_TYPES)
def test_kind_of_visit_survives_the_wire(visit: VisitType) -> None:
    there = over_the_wire(visit_type_to_fhir(visit))
    assert visit_type_from_fhir(there) == visit
    assert capacity_of(there) == visit.capacity


@given(ABSENCES, st.sampled_from(["Practitioner", "Location", "Device"]))
def test_absence_survives_the_wire(absence: Absence, subject: str) -> None:
    there = over_the_wire(absence_to_fhir(absence, subject))
    assert is_absence(there)
    assert absence_from_fhir(there) == absence


def test_a_plain_visit_is_sent_as_before_and_one_from_before_is_read() -> None:
    """What a workstation of the version before sends and reads."""
    body = appointment_to_fhir(
        Appointment(
            "a", "p", "d", NOW, NOW + timedelta(hours=1), AppointmentStatus.BOOKED, "x", NOW
        )
    )
    assert [one["url"].rpartition("/")[2] for one in body["extension"]] == [
        "appointment-sequence",
        "booked-by",
    ]
    assert [one["actor"]["reference"] for one in body["participant"]] == [
        "Patient/p",
        "Practitioner/d",
    ]
    read = appointment_from_fhir(body)
    assert (read.resource_ids, read.capacity, read.place_id) == ((), 1, "")


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (place_from_fhir, {"resourceType": "Location", "id": "x", "name": "Elsewhere"}),
        (resource_from_fhir, {"resourceType": "Device", "id": "x"}),
        (visit_type_from_fhir, {"resourceType": "HealthcareService", "id": "x", "name": "y"}),
        (
            absence_from_fhir,
            {"resourceType": "Schedule", "id": "x", "actor": [1], "planningHorizon": 1},
        ),
    ],
)
def test_what_is_not_of_this_program_is_refused_in_words(read: Any, body: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        read(body)


@given(AVAILABILITIES)
def test_availability_survives_the_wire(availability: Availability) -> None:
    there = over_the_wire(availability_to_fhir(availability))
    assert availability_from_fhir(there) == availability


@given(REPORTS, st.booleans(), st.none() | MOMENT)
def test_report_survives_the_wire_exactly(
    report: Report, signed: bool, released: datetime | None
) -> None:
    report = sign(report) if signed else report
    there = over_the_wire(
        report_to_fhir(report, patient=PATIENT, practitioner=PRACTITIONER, released_at=released)
    )
    assert report_from_fhir(there) == report
    assert released_at(there) == released


def test_far_side_reads_impression_and_accepted_findings_as_plain_fhir() -> None:
    resource = report_to_fhir(sign(draft()), patient=PATIENT, practitioner=PRACTITIONER)
    assert resource["conclusion"] == "A lesion < 2 cm & no shift."
    assert "&lt; 2 cm &amp; no shift" in resource["text"]["div"]
    assert [entry["code"]["text"] for entry in resource["contained"]] == ["Enhancing lesion"]
    assert "device" not in resource["contained"][0], "the reader's own finding names no model"
    assert resource["result"] == [{"reference": "#finding-1"}]


def test_far_side_reads_which_model_and_version_suggested_a_finding() -> None:
    suggested = replace(draft(), findings=(replace(FINDING, run_id="run"),))
    resource = report_to_fhir(sign(suggested), patient=PATIENT, practitioner=PRACTITIONER)
    finding, model = resource["contained"]
    assert finding["device"] == {"reference": f"#{model['id']}"}
    assert model["deviceName"] == [{"name": "model", "type": "model-name"}]
    assert model["version"] == [{"value": "1"}]
    assert model["identifier"][0]["value"] == "ab" * 32


def test_report_changed_after_signing_neither_leaves_nor_arrives() -> None:
    signed = sign(draft())
    changed = replace(signed, sections=(Section("Impression", "All is well."),))
    with pytest.raises(WireError, match="not over this report"):
        report_to_fhir(changed, patient=PATIENT, practitioner=None)
    resource = report_to_fhir(signed, patient=PATIENT, practitioner=None)
    forged = report_to_fhir(sign(changed), patient=PATIENT, practitioner=None)
    with pytest.raises(WireError, match="not what was signed"):
        report_from_fhir({**resource, "presentedForm": forged["presentedForm"]})


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"presentedForm": []},
        {"presentedForm": [{"title": "sagittal-report-1", "data": "%%%"}]},
        {"presentedForm": [{"title": "sagittal-report-1", "data": "W10="}]},
        {"id": "another"},
        {"status": "preliminary"},
    ],
)
def test_odd_report_is_a_wire_error(broken: dict[str, object]) -> None:
    resource = report_to_fhir(sign(draft()), patient=PATIENT, practitioner=None)
    odd = {**resource, **broken} if broken else {"resourceType": "Patient"}
    with pytest.raises(WireError):
        report_from_fhir(odd)


def test_resource_carries_one_operation_at_a_time() -> None:
    once = tagged({"resourceType": "Patient", "meta": {"versionId": "7"}}, "op-1")
    twice = tagged(once, "op-2")
    assert operation_of(twice) == "op-2"
    assert twice["meta"] == {"tag": twice["meta"]["tag"]}
    assert operation_of({"meta": {"tag": "junk"}}) == operation_of({"meta": 3}) == ""


def samples() -> list[dict[str, Any]]:
    booked = Appointment(
        "a-1", "p-1", "dr-1", NOW, NOW + timedelta(hours=1), AppointmentStatus.BOOKED, "x", NOW
    )
    weekly = Availability("s-1", "dr-1", 0, time(8), time(12), 30, date(2026, 1, 1))
    people = {"patient": PATIENT, "practitioner": PRACTITIONER}
    return [
        report_to_fhir(draft(), **people),
        report_to_fhir(replace(draft(), findings=(replace(FINDING, run_id="run"),)), **people),
        report_to_fhir(sign(draft()), **people, released_at=NOW),
        report_to_fhir(appended(sign(draft())), **people),
        *(appointment_to_fhir(replace(booked, status=status)) for status in AppointmentStatus),
        patient_to_fhir(PATIENT),
        practitioner_to_fhir(PRACTITIONER),
        availability_to_fhir(weekly),
        availability_to_fhir(
            replace(weekly, place_id="lake", visit_type_ids=("mri",), on_holidays=True)
        ),
        appointment_to_fhir(
            replace(
                booked,
                status=AppointmentStatus.CANCELLED,
                place_id="lake",
                visit_type_id="mri",
                resource_ids=("mr-1", "prep"),
                before_minutes=5,
                series_id="s",
                exception="ward",
                cancelled_because="oth-weath",
            ),
            ["prep"],
        ),
        place_to_fhir(Place("lake", "Lakeside", "Europe/Paris", "FR")),
        resource_to_fhir(Resource("mr-1", "lake", ResourceKind.SCANNER, "Scanner 1")),
        resource_to_fhir(Resource("prep", "lake", ResourceKind.ROOM, "Room", 2, active=False)),
        absence_to_fhir(Absence("ab", "dr-1", date(2026, 1, 1), date(2026, 1, 2)), "Practitioner"),
    ]


def services() -> list[dict[str, Any]]:
    return [visit_type_to_fhir(VisitType("mri", "MRI head", 30, needs=(ResourceKind.SCANNER,)))]


BEYOND_SHORT = {
    "DiagnosticReport.status": ["amended", "corrected", "appended", "entered-in-error"],
    "Observation.status": ["corrected", "entered-in-error"],
}


class R4:
    """A small judge: known elements, required elements, cardinality, codes of required bindings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def faults(self, resource: Mapping[str, Any]) -> list[str]:
        kind = resource["resourceType"]
        path = self._folder / f"StructureDefinition-{kind}.json"
        elements = json.loads(path.read_text(encoding="utf-8"))["snapshot"]["element"]
        known = {element["path"]: element for element in elements}
        faults = self._object(resource, kind, known)
        for inner in resource.get("contained", []):
            faults += self.faults(inner)
        return faults

    def _object(self, value: Mapping[str, Any], path: str, known: dict[str, Any]) -> list[str]:
        faults = []
        children = {p: e for p, e in known.items() if p.rpartition(".")[0] == path}
        for child, element in children.items():
            if element["min"] and child.rpartition(".")[2] not in value and "[x]" not in child:
                faults.append(f"{child} is missing")
        for key, inner in value.items():
            element = children.get(f"{path}.{key}") or self._choice(key, path, children)
            if element is None:
                faults += [] if key == "resourceType" else [f"{path}.{key} is unknown"]
                continue
            faults += self._value(inner, f"{path}.{key}", element, known)
        return faults

    def _value(
        self, value: Any, path: str, element: Mapping[str, Any], known: dict[str, Any]
    ) -> list[str]:
        if (element["max"] == "*") != isinstance(value, list):
            return [f"{path} has the wrong cardinality"]
        faults: list[str] = []
        for inner in value if isinstance(value, list) else [value]:
            if any(p.startswith(f"{path}.") for p in known):
                faults += self._object(inner, path, known)
            if (element.get("binding") or {}).get("strength") == "required":
                codes = [code.strip(" +") for code in element["short"].split("|")]
                codes += BEYOND_SHORT.get(path, [])
                if len(codes) > 1 and isinstance(inner, str) and inner not in codes:
                    faults.append(f"{path} has the unknown code {inner}")
        return faults

    def _choice(self, key: str, path: str, children: dict[str, Any]) -> Any:
        for child, element in children.items():
            stem = child.removeprefix(f"{path}.").removesuffix("[x]")
            if child.endswith("[x]") and key.startswith(stem):
                return element
        return None


def test_everything_sent_is_fhir_r4(shared_data: Path) -> None:
    judge = R4(shared_data / "fhir_r4" / "definitions")
    for resource in samples():
        assert judge.faults(resource) == []


@pytest.mark.parametrize("resource", [*samples(), *services()], ids=lambda one: one["resourceType"])
def test_another_program_that_knows_fhir_takes_everything_sent(resource: dict[str, Any]) -> None:
    """The models of fhir.resources (R4B, which is R4 in all these types) read it as it was."""
    kind = get_fhir_model_class(resource["resourceType"])
    read = kind.model_validate_json(json.dumps(resource))
    assert json.loads(read.model_dump_json()).keys() == resource.keys()
    with pytest.raises(ValueError, match="beginning"):
        kind.model_validate_json(json.dumps({**resource, "beginning": "now"}))


def test_the_judge_of_fhir_r4_sees_faults(shared_data: Path) -> None:
    judge = R4(shared_data / "fhir_r4" / "definitions")
    report, appointment = samples()[0], samples()[4]
    without_code = {key: value for key, value in report.items() if key != "code"}
    assert judge.faults(without_code) == ["DiagnosticReport.code is missing"]
    assert judge.faults({**appointment, "status": "done"})
    assert judge.faults({**appointment, "beginning": "now"})
    assert judge.faults({**appointment, "participant": {}})
