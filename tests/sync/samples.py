"""Records for tests of sending: a signed report and the people around it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assistant.records import Provenance, Report, ReportStatus, Section, Signature
from inference.records import Finding, FindingStatus, Measurement
from scheduling.records import Practitioner
from sync.wire.documents import report_content
from viewer.records import Patient

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PATIENT = Patient("p-1", "Aksu, Deniz", "MRN7", date(1970, 2, 3), "F", "d@example.org", "+49301234")
PRACTITIONER = Practitioner("dr-1", "Dr. R. Noor", "Radiology", "Europe/Berlin")

FINDING = Finding(
    id="f-1",
    study_uid="1.2.3",
    series_uid="1.2.3.4",
    code="lesion",
    label="Enhancing lesion",
    status=FindingStatus.ACCEPTED,
    centre_mm=(1.0, -2.5, 30.0),
    slice_index=17,
    side="left",
    place="frontal lobe",
    measurements=(Measurement("volume", 1234.5, "mm3", "voxel count"),),
    probability=0.75,
    kinds=(("glioma", 0.5), ("metastasis", 0.5)),
)


def draft(ident: str = "r-1", impression: str = "A lesion < 2 cm & no shift.") -> Report:
    """Return a preliminary report."""
    return Report(
        id=ident,
        version=1,
        study_uid="1.2.3",
        patient_id="p-1",
        author_id="dr-1",
        status=ReportStatus.PARTIAL,
        updated_at=NOW,
        sections=(Section("Findings", "One lesion."), Section("Impression", impression)),
        findings=(FINDING, replace(FINDING, id="f-2", status=FindingStatus.REJECTED)),
        provenance=(Provenance("run", "model", "1", "ab" * 32),),
        study_date="2026-11-20",
    )


def sign(report: Report, status: ReportStatus = ReportStatus.FINAL) -> Report:
    """Return the report signed by the test key."""
    public = KEY.public_key().public_bytes_raw().hex()
    unsealed = Signature("dr-1", "Dr. R. Noor", "author", NOW, "", "", public)
    report = replace(report, status=status, signature=unsealed)
    content = report_content(report)
    digest = hashlib.sha256(content).hexdigest()
    sealed = replace(unsealed, digest=digest, value=KEY.sign(content).hex())
    return replace(report, signature=sealed)


def appended(report: Report, impression: str = "Addendum: seen again.") -> Report:
    """Return the next signed version of a signed report."""
    assert report.signature is not None
    text = f"{report.section('Impression')}\n{impression}"
    following = replace(
        report,
        version=report.version + 1,
        sections=(report.sections[0], Section("Impression", text)),
        previous_digest=report.signature.digest,
    )
    return sign(following, ReportStatus.APPENDED)
