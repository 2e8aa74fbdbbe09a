"""Which version may follow which: pure rules of appointments and reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from assistant.records import Report, Signature
from sync.errors import WireError
from sync.server.outcomes import conflict, invalid
from sync.wire.datatypes import extended, extension, extension_url, listed, referred
from sync.wire.reports import content_of, report_from_fhir, seal_of

Body = Mapping[str, Any]

OCCUPYING_STATUS = frozenset({"pending", "booked", "arrived", "checked-in"})
_UNSIGNED = frozenset({"registered", "partial"})
_CHANGED = frozenset({"amended", "corrected", "appended", "entered-in-error"})
_SUCCESSORS: Mapping[str, frozenset[str]] = {
    "preliminary": frozenset({"preliminary", "final", "entered-in-error"}),
    "entered-in-error": frozenset(),
}
"""What may follow a signed version of that status; what is not named here: ``_CHANGED``."""
_TOLD = ("status", "code", "text", "conclusion", "contained", "result")


def confirmed(body: Body) -> dict[str, Any]:
    """Return the resource as this server will keep it: a pending booking it takes is booked."""
    kept = dict(body)
    if kept["resourceType"] == "Appointment" and kept["status"] == "pending":
        kept["status"] = "booked"
        kept["participant"] = [{**p, "status": "accepted"} for p in listed(kept, "participant")]
    return kept


def same_content(one: Body, other: Body) -> bool:
    """Whether two versions say the same; ``meta`` is not part of what they say."""
    return _without_meta(one) == _without_meta(other)


def says_already(current: Body, proposed: Body) -> bool:
    """Whether writing the proposed version would change nothing anybody asked for.

    A second cancellation of one appointment asks for what has been done.
    """
    if current["resourceType"] == "Appointment" and proposed["status"] == "cancelled":
        return bool(current["status"] == "cancelled")
    return same_content(current, proposed)


def absorbs(current: Body, proposed: Body) -> bool:
    """Whether the proposed version cancels an appointment that still stands.

    A cancellation holds whatever version it was made on.
    """
    return (
        current["resourceType"] == "Appointment"
        and proposed["status"] == "cancelled"
        and current["status"] in OCCUPYING_STATUS | {"proposed", "waitlist"}
    )


def cancelled(current: Body, proposed: Body) -> dict[str, Any]:
    """Return the present appointment, cancelled as the proposed version asks."""
    name = "appointment-sequence"
    sequence = 1 + max(int(extended(body, name, "valueInteger", 0)) for body in (current, proposed))
    others = [e for e in listed(current, "extension") if e.get("url") != extension_url(name)]
    kept = {
        **current,
        "status": "cancelled",
        "meta": proposed.get("meta", {}),
        "extension": [*others, extension(name, valueInteger=sequence)],
    }
    if "cancelationReason" in proposed:
        kept["cancelationReason"] = proposed["cancelationReason"]
    return kept


def check_succession(current: Body | None, proposed: Body) -> None:
    """Check that the proposed version may stand after the current one.

    Raises
    ------
    OutcomeError
        409 if the present state forbids it, 422 if the proposed report is not what was signed.
    """
    if proposed["resourceType"] == "Appointment":
        _check_appointment(current, proposed)
    elif proposed["resourceType"] == "DiagnosticReport":
        _check_report(current, proposed)


def _check_appointment(current: Body | None, proposed: Body) -> None:
    if current is None or current["status"] == proposed["status"]:
        return
    if current["status"] == "cancelled":
        raise conflict("the appointment is cancelled; book a new one")
    if current["status"] == "fulfilled":
        raise conflict("the appointment has taken place")


def _check_report(current: Body | None, proposed: Body) -> None:
    report = None if proposed["status"] in _UNSIGNED else _signed_report(proposed)
    if current is None or current["status"] in _UNSIGNED:
        return
    if _seal_and_words(current) == _seal_and_words(proposed):
        return
    before = report_from_fhir(current)
    if report is None or proposed["status"] not in _SUCCESSORS.get(current["status"], _CHANGED):
        raise conflict("the report is signed and does not change; append to it")
    if report.previous_digest != seal_of(current)[0] or report.version <= before.version:
        raise conflict("the appended report does not name the version it follows")
    if (report.patient_id, report.study_uid) != (before.patient_id, before.study_uid):
        raise conflict("an appended report stays with its patient and study")


def _signed_report(body: Body) -> Report:
    """Return the report of a signed version after checking digest, signature and words."""
    try:
        report = report_from_fhir(body)
        for signature in _signatures(report):
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.public_key))
            key.verify(bytes.fromhex(signature.value), content_of(body))
    except WireError as error:
        raise invalid(str(error)) from None
    except (InvalidSignature, ValueError):
        raise invalid("the report's signature is not good") from None
    if referred(body["subject"], "Patient") != report.patient_id:
        raise invalid("the report was signed for another patient")
    if body.get("conclusion", "") != report.section("Impression"):
        raise invalid("the conclusion is not the signed impression")
    return report


def _signatures(report: Report) -> tuple[Signature, ...]:
    """The signatures of a report, one at least, or WireError."""
    if report.signature is None:
        raise WireError("nobody has signed the report")
    both = (report.signature, report.countersignature)
    return tuple(signature for signature in both if signature is not None)


def _seal_and_words(body: Body) -> tuple[Any, ...]:
    """What a signed version says; the PDF beside it is a rendering and says nothing of its own."""
    return (seal_of(body), content_of(body), *(body.get(key) for key in _TOLD))


def _without_meta(body: Body) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "meta"}
