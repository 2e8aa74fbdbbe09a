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

from assistant.records import Provenance, Report, ReportStatus, Signature
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
PDF_TYPE = "application/pdf"
LARGEST_DOCUMENT = 1024 * 1024
CONTENT_TITLES = frozenset({FORMAT_1, FORMAT_2})
_CODE = {"system": "http://loinc.org", "code": "24590-2", "display": "MR Brain"}
_ACCESSION = {
    "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
    "code": "ACSN",
    "display": "Accession ID",
}
_RELATIONS = {
    ReportStatus.APPENDED: "appends",
    ReportStatus.AMENDED: "replaces",
    ReportStatus.CORRECTED: "replaces",
    ReportStatus.FINAL: "replaces",
    ReportStatus.ENTERED_IN_ERROR: "replaces",
}
"""What a version is to the one its ``previous_digest`` names (DocumentReference.relatesTo)."""
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
    withdrawn: tuple[datetime, str] | None = None,
    accession: str = "",
    document: bytes = b"",
) -> dict[str, Any]:
    """Return the DiagnosticReport of a report.

    Parameters
    ----------
    patient, practitioner
        Shown by name beside the references; the practitioner is the report's author.
    released_at
        When the report was released to the patient, or None while it is not.
    withdrawn
        When the last release was taken back, and why in words for the patient.
    accession
        The number of the order, or empty.
    document
        The report as PDF without pictures; one of more than a mebibyte is left out.

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
    _add_optional(resource, report, practitioner, accession, document)
    extensions = _extensions(report, released_at)
    if withdrawn is not None and released_at is None:
        extensions.append(_withdrawal(*withdrawn))
    if extensions:
        resource["extension"] = extensions
    return resource


def _withdrawal(at: datetime, reason: str) -> dict[str, Any]:
    parts = [{"url": "at", "valueInstant": instant(at)}, {"url": "reason", "valueString": reason}]
    return extension("withdrawn", extension=parts)


def _add_optional(
    resource: dict[str, Any],
    report: Report,
    practitioner: Practitioner | None,
    accession: str,
    document: bytes,
) -> None:
    """Set the elements that only some reports have."""
    if report.study_date:
        resource["effectiveDateTime"] = report.study_date
    if accession:
        order = {"type": {"coding": [_ACCESSION]}, "value": accession}
        resource["identifier"].append(order)
        resource["basedOn"] = [{"type": "ServiceRequest", "identifier": order}]
    if document and len(document) <= LARGEST_DOCUMENT:
        resource["presentedForm"].append(_attached(PDF_TYPE, "MRI report", document))
    if practitioner is not None:
        shown = {**reference("Practitioner", practitioner.id), "display": practitioner.name}
        resource["performer"] = [shown]
        resource["resultsInterpreter"] = [shown]
    if report.section("Impression"):
        resource["conclusion"] = report.section("Impression")
    models = {one.run_id: _device(number, one) for number, one in enumerate(report.provenance, 1)}
    observations = [_observation(f, report, models) for f in report.findings if f.status in _SHOWN]
    if observations:
        named = {entry["device"]["reference"] for entry in observations if "device" in entry}
        devices = [one for one in models.values() if f"#{one['id']}" in named]
        resource["contained"] = [*observations, *devices]
        resource["result"] = [{"reference": f"#{entry['id']}"} for entry in observations]


def _presented(content: bytes, version: int) -> dict[str, Any]:
    """Return the attachment that carries the canonical JSON (FHIR wants its SHA-1)."""
    return _attached(CONTENT_TYPE, FORMAT_1 if version == 1 else FORMAT_2, content)


def _attached(kind: str, title: str, content: bytes) -> dict[str, Any]:
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return {
        "contentType": kind,
        "title": title,
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


def withdrawn_of(resource: Resource) -> tuple[datetime, str] | None:
    """Return when and why the release was taken back, or None."""
    parts = {
        str(part.get("url")): part
        for part in extended(resource, "withdrawn", "extension", [])
        if isinstance(part, Mapping)
    }
    if "at" not in parts:
        return None
    at = moment(parts["at"].get("valueInstant"), "the time of the withdrawal")
    return at, str(parts.get("reason", {}).get("valueString", ""))


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
    relation = _RELATIONS.get(report.status) if report.previous_digest else None
    if relation is not None:
        parts = [
            {"url": "code", "valueCode": relation},
            {"url": "digest", "valueString": report.previous_digest},
            {"url": "version", "valueInteger": report.version - 1},
        ]
        if report.reason:
            parts.append({"url": "reason", "valueString": report.reason})
        extensions.append(extension("relates-to", extension=parts))
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


def _device(number: int, source: Provenance) -> dict[str, Any]:
    """Return the model of a run as FHIR Device: name, version, digest of its weights."""
    digest = {"system": f"{BASE}/weights-sha256", "value": source.weights_sha256}
    return {
        "resourceType": "Device",
        "id": f"model-{number}",
        "identifier": [digest],
        "deviceName": [{"name": source.model, "type": "model-name"}],
        "type": {"text": "Image analysis model, for research only"},
        "version": [{"value": source.version}],
    }


def _observation(
    finding: Finding, report: Report, models: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    observation: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"finding-{report.findings.index(finding) + 1}",
        "status": _OBSERVED[report.status],
        "code": {"text": finding.label or finding.code or "Finding"},
        "subject": reference("Patient", report.patient_id),
    }
    if report.study_date:
        observation["effectiveDateTime"] = report.study_date
    if finding.run_id in models:
        observation["device"] = {"reference": f"#{models[finding.run_id]['id']}"}
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
