"""What became of a message to a patient, as a FHIR R4 Communication and back.

Its words do not travel: they stand in the appointment's facts. Source:
http://hl7.org/fhir/R4/communication.html
"""

from __future__ import annotations

from typing import Any

from scheduling.records import Channel, Notice, NoticeKind, NoticeState
from sync.errors import WireError
from sync.records import Resource
from sync.wire.datatypes import (
    extended,
    extension,
    instant,
    listed,
    moment,
    reference,
    referred,
    require,
)

_MEDIUM = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
_CODES = {Channel.EMAIL: "EMAILWRIT", Channel.SMS: "SMSWRIT"}
_STATUS = {
    NoticeState.ACCEPTED: "completed",
    NoticeState.DELIVERED: "completed",
    NoticeState.UNKNOWN: "unknown",
}


def notice_to_fhir(notice: Notice, patient_id: str) -> dict[str, Any]:
    """Return the Communication resource of a notice that was sent or given up."""
    parts = [
        {"url": "kind", "valueCode": notice.kind.value},
        {"url": "channel", "valueCode": notice.channel.value},
        {"url": "state", "valueCode": notice.state.value},
        {"url": "sequence", "valueInteger": notice.sequence},
        {"url": "ahead", "valueInteger": notice.ahead_minutes},
        {"url": "attempts", "valueInteger": notice.attempts},
        {"url": "due", "valueInstant": instant(notice.due_at)},
        {"url": "expires", "valueInstant": instant(notice.expires_at)},
        {"url": "recipient", "valueString": notice.recipient},
        {"url": "zone", "valueString": notice.zone or "UTC"},
    ]
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "id": notice.id,
        "status": _STATUS.get(notice.state, "not-done"),
        "medium": [{"coding": [{"system": _MEDIUM, "code": _CODES[notice.channel]}]}],
        "subject": reference("Patient", patient_id),
        "about": [reference("Appointment", notice.appointment_id)],
        "extension": [extension("notice", extension=parts)],
    }
    if notice.last_error:
        resource["statusReason"] = {"text": notice.last_error}
    return resource


def notice_from_fhir(resource: Resource) -> Notice:
    """Return the notice of a Communication resource, without its words.

    Raises
    ------
    WireError
        It is no Communication of this program.
    """
    require(resource, "Communication", ("about",))
    parts = extended(resource, "notice", "extension", [])
    try:
        said = {part["url"]: value for part in parts for key, value in part.items() if key != "url"}
        about = (referred(one, "Appointment") for one in listed(resource, "about"))
        return Notice(
            id=str(resource["id"]),
            appointment_id=next(one for one in about if one),
            kind=NoticeKind(said["kind"]),
            sequence=int(said["sequence"]),
            channel=Channel(said["channel"]),
            recipient=str(said["recipient"]),
            subject="",
            body="",
            due_at=moment(said["due"], "the due time"),
            expires_at=moment(said["expires"], "the end"),
            state=NoticeState(said["state"]),
            attempts=int(said["attempts"]),
            last_error=str((resource.get("statusReason") or {}).get("text", "")),
            ahead_minutes=int(said["ahead"]),
            zone=str(said["zone"]),
        )
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError):
        raise WireError("the Communication is no notice of this program") from None
