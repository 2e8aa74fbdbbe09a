"""A report as FHIR R4 DiagnosticReport and back.

Source: http://hl7.org/fhir/R4/diagnosticreport.html. A far side that knows FHIR alone reads
status, text, conclusion and the contained Observations; a far side of this program restores the
exact report from the canonical JSON in ``presentedForm`` and checks its signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from assistant.records import Report, ReportStatus, Signature
from inference.records import Finding, FindingStatus
from scheduling.records import Practitioner
from sync.errors import WireError
from sync.records import Resource
from sync.wire.datatypes import (
    BASE,
    extended,
    extension,
    instant,
    listed,
    moment,
    reference,
    require,
)
from sync.wire.documents import FORMAT_1, FORMAT_2, report_content, report_from_content
from viewer.records import Patient

CONTENT_TYPE = "application/json"
CONTENT_TITLES = frozenset({FORMAT_1, FORMAT_2})
_CODE = {"system": "http://loinc.org", "code": "24590-2", "display": "MR Brain"}
_SECTION = {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD"}
_OBSERVED = {
    ReportStatus.PARTIAL: "preliminary",
    ReportStatus.PRELIMINARY: "preliminary",
    ReportStatus.FINAL: "final",
    ReportStatus.AMENDED: "amended",
    ReportStatus.CORRECTED: "corrected",
    ReportStatus.APPENDED: "final",
    ReportStatus.ENTERED_IN_ERROR: "entered-in-error",
}
"""FHIR R4 Observation.status of a finding in a report of that status."""
_SHOWN = frozenset({FindingStatus.ACCEPTED, FindingStatus.EDITED})


def report_to_fhir(
    report: Report,
    *,
    patient: Patient,
    practitioner: Practitioner | None,
    released_at: datetime | None = None,
) -> dict[str, Any]:
    """Return the DiagnosticReport of a report.

    Parameters
    ----------
    patient, practitioner
        Shown by name beside the references; the practitioner is the report's author.
    released_at
        When the report was released to the patient, or None while it is not.

    Raises
    ------
    WireError
        The signature's digest is not that of the report's content, so nobody could check it.
    """
    content = report_content(report)
    digest = hashlib.sha256(content).hexdigest()
    signature = report.signature
    if signature is not None and signature.digest != digest:
        raise WireError("the signature is not over this report")
    observations = [_observation(f, report) for f in report.findings if f.status in _SHOWN]
    resource: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "id": report.id,
        "text": {"status": "generated", "div": _narrative(report)},
        "identifier": [{"system": f"{BASE}/report", "value": report.id}],
        "status": report.status.value,
        "category": [{"coding": [_SECTION]}],
        "code": {"coding": [_CODE], "text": "Brain MRI report"},
        "subject": {**reference("Patient", patient.id), "display": patient.name},
        "issued": instant(report.updated_at if signature is None else signature.signed_at),
        "imagingStudy": [
            {"identifier": {"system": "urn:dicom:uid", "value": f"urn:oid:{report.study_uid}"}}
        ],
        "presentedForm": [_presented(content, report.content_version)],
    }
    if practitioner is not None:
        shown = {**reference("Practitioner", practitioner.id), "display": practitioner.name}
        resource["resultsInterpreter"] = [shown]
    if report.section("Impression"):
        resource["conclusion"] = report.section("Impression")
    if observations:
        resource["contained"] = observations
        resource["result"] = [{"reference": f"#{entry['id']}"} for entry in observations]
    extensions = _extensions(report, released_at)
    if extensions:
        resource["extension"] = extensions
    return resource


def _presented(content: bytes, version: int) -> dict[str, Any]:
    """Return the attachment that carries the canonical JSON (FHIR wants its SHA-1)."""
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return {
        "contentType": CONTENT_TYPE,
        "title": FORMAT_1 if version == 1 else FORMAT_2,
        "data": base64.b64encode(content).decode(),
        "size": len(content),
        "hash": base64.b64encode(digest).decode(),
    }


def report_from_fhir(resource: Resource) -> Report:
    """Return the exact report inside a DiagnosticReport.

    The digest is checked against the content; the Ed25519 value is not (the receiver checks it
    with the keys it trusts).

    Raises
    ------
    WireError
        There is no content of this program, or it does not fit the resource around it.
    """
    require(resource, "DiagnosticReport", ("status", "code"))
    content = content_of(resource)
    digest, value = seal_of(resource)
    report = report_from_content(
        content, digest=digest, value=value, counter_value=counter_value_of(resource)
    )
    if report.signature is not None and hashlib.sha256(content).hexdigest() != digest:
        raise WireError("the report's content is not what was signed")
    if report.id != resource["id"] or report.status.value != resource["status"]:
        raise WireError("the report's content belongs to another resource")
    return report


def released_at(resource: Resource) -> datetime | None:
    """Return when the report was released to the patient, or None."""
    text = extended(resource, "released-at", "valueInstant")
    return None if text is None else moment(text, "the time of release")


def content_of(resource: Resource) -> bytes:
    """Return the canonical JSON a DiagnosticReport carries.

    Raises
    ------
    WireError
        There is none, or it is not base64.
    """
    for form in listed(resource, "presentedForm"):
        if form.get("title") in CONTENT_TITLES:
            try:
                return base64.b64decode(str(form.get("data", "")), validate=True)
            except binascii.Error:
                raise WireError("the report's content is not base64") from None
    raise WireError("the DiagnosticReport carries no content of this program")


def seal_of(resource: Resource) -> tuple[str, str]:
    """Return digest and Ed25519 value (hex) of the signature, or two empty texts."""
    parts = extended(resource, "signature", "extension", [])
    texts = {
        str(part.get("url")): str(part.get("valueString", ""))
        for part in parts
        if isinstance(part, Mapping)
    }
    return texts.get("digest", ""), texts.get("value", "")


def counter_value_of(resource: Resource) -> str:
    """Return the Ed25519 value (hex) of the second doctor's signature, or an empty text."""
    for part in extended(resource, "countersignature", "extension", []):
        if isinstance(part, Mapping) and part.get("url") == "value":
            return str(part.get("valueString", ""))
    return ""


def _extensions(report: Report, released: datetime | None) -> list[dict[str, Any]]:
    extensions = [
        extension(name, extension=_seal(signature))
        for name, signature in (
            ("signature", report.signature),
            ("countersignature", report.countersignature),
        )
        if signature is not None
    ]
    if released is not None:
        extensions.append(extension("released-at", valueInstant=instant(released)))
    return extensions


def _seal(signature: Signature) -> list[dict[str, str]]:
    return [
        {"url": "digest", "valueString": signature.digest},
        {"url": "value", "valueString": signature.value},
    ]


def _narrative(report: Report) -> str:
    parts = "".join(
        f"<h3>{escape(section.title)}</h3><p>{escape(section.text)}</p>"
        for section in report.sections
    )
    status = "" if report.status.is_final else f"<p>{escape(report.status.value.capitalize())}</p>"
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{status}{parts or "<p>Report</p>"}</div>'


def _observation(finding: Finding, report: Report) -> dict[str, Any]:
    observation: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"finding-{report.findings.index(finding) + 1}",
        "status": _OBSERVED[report.status],
        "code": {"text": finding.label or finding.code or "Finding"},
        "subject": reference("Patient", report.patient_id),
    }
    place = " ".join(part for part in (finding.side, finding.place) if part)
    if place:
        observation["bodySite"] = {"text": place}
    components = [
        {
            "code": {"text": m.name},
            "valueQuantity": {
                "value": m.value,
                "unit": m.unit,
                "system": "http://unitsofmeasure.org",
                "code": m.unit,
            },
        }
        for m in finding.measurements
    ]
    if components:
        observation["component"] = components
    if finding.note:
        observation["note"] = [{"text": finding.note}]
    return observation
