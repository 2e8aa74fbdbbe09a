"""The seal on a signed report: Ed25519 over canonical JSON (RFC 8785, RFC 8032).

What is signed is the whole version as stored, the signatures' values and digests left out:
patient, study, sections, findings, provenance, what was seen, signer, meaning, time and the digest
of the version before. Any change to any of it breaks the seal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.errors import TamperedReportError
from assistant.records import CONTENT_VERSION, Report, ReportStatus, Signature
from sync.wire.documents import report_content


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and with which key."""

    id: str
    name: str
    key: Ed25519PrivateKey


def sealed(
    report: Report,
    signer: Signer,
    *,
    meaning: str,
    signed_at: datetime,
    status: ReportStatus,
    second: Signer | None = None,
) -> Report:
    """Return the report signed under that status, by a second doctor too where one is given."""
    unsigned = replace(
        report,
        status=status,
        content_version=CONTENT_VERSION,
        signature=_unsealed(signer, meaning, signed_at),
        countersignature=None if second is None else _unsealed(second, meaning, signed_at),
    )
    content = signed_bytes(unsigned)
    return replace(
        unsigned,
        signature=_seal(unsigned.signature, signer, content),
        countersignature=_seal(unsigned.countersignature, second, content),
    )


def signed_bytes(report: Report) -> bytes:
    """Return the canonical JSON of a version, its signatures' digests and values left out."""
    return report_content(report)


def signatures_of(report: Report) -> Sequence[Signature]:
    """Return the signatures on a version: none on a draft, two where two doctors signed."""
    both = (report.signature, report.countersignature)
    return tuple(signature for signature in both if signature is not None)


def check_seal(report: Report) -> None:
    """Raise TamperedReportError unless the version is as it was signed; drafts pass."""
    if report.signature is None:
        if not report.status.is_draft:
            raise TamperedReportError("This report claims to be final but nobody has signed it.")
        return
    if report.status.is_draft:
        raise TamperedReportError("This draft carries a signature. Do not rely on it.")
    content = signed_bytes(report)
    digest = hashlib.sha256(content).hexdigest()
    for signature in signatures_of(report):
        try:
            public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
            public_key.verify(bytes.fromhex(signature.value), content)
        except (InvalidSignature, ValueError) as error:
            raise TamperedReportError(
                "This report was changed after it was signed. Do not rely on it;"
                " tell the administrator."
            ) from error
        if digest != signature.digest:
            raise TamperedReportError("This report's digest does not fit its content.")


def _unsealed(signer: Signer, meaning: str, signed_at: datetime) -> Signature:
    return Signature(
        signer_id=signer.id,
        signer_name=signer.name,
        meaning=meaning,
        signed_at=signed_at,
        digest="",
        value="",
        public_key=signer.key.public_key().public_bytes_raw().hex(),
    )


def _seal(signature: Signature | None, signer: Signer | None, content: bytes) -> Signature | None:
    if signature is None or signer is None:
        return None
    return replace(
        signature,
        digest=hashlib.sha256(content).hexdigest(),
        value=signer.key.sign(content).hex(),
    )
