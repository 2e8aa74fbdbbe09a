"""The seal on a signed report: Ed25519 over canonical JSON (RFC 8785, RFC 8032).

What is signed is the whole version as stored, its signature's value and digest left out:
patient, study, sections, findings, provenance, signer, meaning, time and the digest of the
version before. Any change to any of it breaks the seal.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.errors import TamperedReportError
from assistant.records import Report, ReportStatus, Signature
from sync.wire.documents import report_content


def sealed(
    report: Report,
    private_key: Ed25519PrivateKey,
    *,
    signer_id: str,
    signer_name: str,
    meaning: str,
    signed_at: datetime,
    status: ReportStatus,
) -> Report:
    """Return the report signed under that status."""
    unsigned = Signature(
        signer_id=signer_id,
        signer_name=signer_name,
        meaning=meaning,
        signed_at=signed_at,
        digest="",
        value="",
        public_key=private_key.public_key().public_bytes_raw().hex(),
    )
    content = signed_bytes(replace(report, status=status, signature=unsigned))
    signature = replace(
        unsigned,
        digest=hashlib.sha256(content).hexdigest(),
        value=private_key.sign(content).hex(),
    )
    return replace(report, status=status, signature=signature)


def signed_bytes(report: Report) -> bytes:
    """Return the canonical JSON of a version, its signature's own digest and value left out."""
    return report_content(report)


def check_seal(report: Report) -> None:
    """Raise TamperedReportError unless the version is as it was signed; drafts pass."""
    signature = report.signature
    if signature is None:
        if report.status is not ReportStatus.PRELIMINARY:
            raise TamperedReportError("This report claims to be final but nobody has signed it.")
        return
    content = signed_bytes(report)
    try:
        public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
        public_key.verify(bytes.fromhex(signature.value), content)
    except (InvalidSignature, ValueError) as error:
        raise TamperedReportError(
            "This report was changed after it was signed. Do not rely on it;"
            " tell the administrator."
        ) from error
    if hashlib.sha256(content).hexdigest() != signature.digest:
        raise TamperedReportError("This report's digest does not fit its content.")
