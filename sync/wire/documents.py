"""A report as canonical JSON (RFC 8785): the bytes that are signed, sent and restored.

Content version 2 is the whole record, fields that hold their default left out; version 1 is the
fixed list of fields that reports were signed by before, kept so that they still verify.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import rfc8785

from assistant.records import (
    CONTENT_VERSION,
    Provenance,
    Report,
    ReportStatus,
    Section,
    Signature,
)
from inference.records import Finding, FindingStatus, Measurement
from sync.errors import WireError
from sync.wire.datatypes import instant, moment
from sync.wire.values import decode, sparse

Document = Mapping[str, Any]
FORMAT_1 = "sagittal-report-1"
FORMAT_2 = "sagittal-report-2"


def report_content(report: Report) -> bytes:
    """Return the RFC 8785 bytes of a report that its signature covers.

    Everything is covered but the signatures' own ``digest`` and ``value``: also who signed,
    what was meant and when. So sign by building the final report with an empty digest and
    value, taking these bytes, and filling the two in.
    """
    if report.content_version == 1:
        return rfc8785.dumps(_document(report))
    bare = replace(
        report,
        signature=_unsealed(report.signature),
        countersignature=_unsealed(report.countersignature),
    )
    return rfc8785.dumps({"format": FORMAT_2, **sparse(bare)})


def report_from_content(
    content: bytes, *, digest: str = "", value: str = "", counter_value: str = ""
) -> Report:
    """Return the report of those bytes; digest and values complete its signatures.

    Raises
    ------
    WireError
        The bytes are no report of this form.
    """
    try:
        data = json.loads(content)
        if data["format"] == FORMAT_2:
            return _whole(data, digest, value, counter_value)
        return _report(data, digest, value)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise WireError("the content is not a report") from None


def _unsealed(signature: Signature | None) -> Signature | None:
    return None if signature is None else replace(signature, digest="", value="")


def _whole(data: Document, digest: str, value: str, counter_value: str) -> Report:
    report = decode(Report, {name: held for name, held in data.items() if name != "format"})
    if report.content_version != CONTENT_VERSION:
        raise WireError("the report is of a newer format")
    return replace(
        report,
        signature=_sealed(report.signature, digest, value),
        countersignature=_sealed(report.countersignature, digest, counter_value),
    )


def _sealed(signature: Signature | None, digest: str, value: str) -> Signature | None:
    return None if signature is None else replace(signature, digest=digest, value=value)


def _document(report: Report) -> dict[str, Any]:
    signature = report.signature
    return {
        "format": FORMAT_1,
        "id": report.id,
        "version": report.version,
        "study_uid": report.study_uid,
        "patient_id": report.patient_id,
        "author_id": report.author_id,
        "status": report.status.value,
        "updated_at": instant(report.updated_at),
        "sections": [
            {"title": s.title, "text": s.text, "machine_text": s.machine_text}
            for s in report.sections
        ],
        "findings": [_finding_document(finding) for finding in report.findings],
        "provenance": [
            {
                "run_id": p.run_id,
                "model": p.model,
                "version": p.version,
                "weights_sha256": p.weights_sha256,
            }
            for p in report.provenance
        ],
        "study_date": report.study_date,
        "patient_line": report.patient_line,
        "previous_digest": report.previous_digest,
        "signature": None if signature is None else _signature_document(signature),
    }


def _signature_document(signature: Signature) -> dict[str, str]:
    return {
        "signer_id": signature.signer_id,
        "signer_name": signature.signer_name,
        "meaning": signature.meaning,
        "signed_at": instant(signature.signed_at),
        "public_key": signature.public_key,
    }


def _finding_document(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "study_uid": finding.study_uid,
        "series_uid": finding.series_uid,
        "code": finding.code,
        "label": finding.label,
        "status": finding.status.value,
        "centre_mm": list(finding.centre_mm),
        "slice_index": finding.slice_index,
        "side": finding.side,
        "place": finding.place,
        "measurements": [
            {"name": m.name, "value": m.value, "unit": m.unit, "method": m.method}
            for m in finding.measurements
        ],
        "probability": finding.probability,
        "kinds": [[name, share] for name, share in finding.kinds],
        "run_id": finding.run_id,
        "label_value": finding.label_value,
        "note": finding.note,
    }


def _report(data: Document, digest: str, value: str) -> Report:
    if data["format"] != FORMAT_1:
        raise WireError("the report is of a newer format")
    signature = data["signature"]
    return Report(
        id=data["id"],
        version=int(data["version"]),
        study_uid=data["study_uid"],
        patient_id=data["patient_id"],
        author_id=data["author_id"],
        status=ReportStatus(data["status"]),
        updated_at=_moment(data["updated_at"]),
        sections=tuple(Section(s["title"], s["text"], s["machine_text"]) for s in data["sections"]),
        findings=tuple(_finding(finding) for finding in data["findings"]),
        provenance=tuple(Provenance(**entry) for entry in data["provenance"]),
        study_date=data["study_date"],
        patient_line=data["patient_line"],
        previous_digest=data["previous_digest"],
        signature=None if signature is None else _signature(signature, digest, value),
    )


def _signature(data: Document, digest: str, value: str) -> Signature:
    unsealed = Signature(
        signer_id=data["signer_id"],
        signer_name=data["signer_name"],
        meaning=data["meaning"],
        signed_at=_moment(data["signed_at"]),
        digest="",
        value="",
        public_key=data["public_key"],
    )
    return replace(unsealed, digest=digest, value=value)


def _finding(data: Document) -> Finding:
    x, y, z = (float(part) for part in data["centre_mm"])
    probability = data["probability"]
    return Finding(
        id=data["id"],
        study_uid=data["study_uid"],
        series_uid=data["series_uid"],
        code=data["code"],
        label=data["label"],
        status=FindingStatus(data["status"]),
        centre_mm=(x, y, z),
        slice_index=int(data["slice_index"]),
        side=data["side"],
        place=data["place"],
        measurements=tuple(
            Measurement(m["name"], float(m["value"]), m["unit"], m["method"])
            for m in data["measurements"]
        ),
        probability=None if probability is None else float(probability),
        kinds=tuple((name, float(share)) for name, share in data["kinds"]),
        run_id=data["run_id"],
        label_value=int(data["label_value"]),
        note=data["note"],
    )


def _moment(text: str) -> datetime:
    return moment(text, "a time of the report")
