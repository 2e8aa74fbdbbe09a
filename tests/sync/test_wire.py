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
from scheduling.records import Appointment, AppointmentStatus, Availability, Practitioner
from sync.errors import WireError
from sync.wire.booking import (
    appointment_from_fhir,
    appointment_to_fhir,
    availability_from_fhir,
    availability_to_fhir,
)
from sync.wire.datatypes import operation_of, tagged
from sync.wire.people import (
    patient_from_fhir,
    patient_to_fhir,
    practitioner_from_fhir,
    practitioner_to_fhir,
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
    ]


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


@pytest.mark.parametrize("resource", samples(), ids=lambda one: one["resourceType"])
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
