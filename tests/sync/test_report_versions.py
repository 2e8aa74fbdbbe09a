"""Claims about versions of a report on the real server: what may follow what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.records import Report, ReportStatus
from sync.wire.datatypes import extended
from sync.wire.reports import content_of, report_from_fhir, report_to_fhir
from tests.sync.conftest import Central
from tests.sync.samples import NOW, PATIENT, PRACTITIONER, draft, sign
from tests.sync.test_server import Client

PDF = b"%PDF-1.4 " + b"x" * 2000


@pytest.fixture
def client(central: Central) -> Client:
    return Client(central)


def resource(report: Report, **more: Any) -> dict[str, Any]:
    people = {"patient": PATIENT, "practitioner": PRACTITIONER}
    return report_to_fhir(report, **people, accession="ACC-7", document=PDF, **more)


def after(report: Report, status: ReportStatus, reason: str = "") -> Report:
    assert report.signature is not None
    longer = replace(
        report,
        version=report.version + 1,
        previous_digest=report.signature.digest,
        reason=reason,
        content_version=2,
    )
    return sign(longer, status)


def test_a_report_goes_from_preliminary_to_final_to_corrected_to_entered_in_error(
    client: Client,
) -> None:
    first = sign(draft(), ReportStatus.PRELIMINARY)
    final = after(first, ReportStatus.FINAL)
    corrected = after(final, ReportStatus.CORRECTED, "The side was wrong.")
    error = after(corrected, ReportStatus.ENTERED_IN_ERROR, "Another patient.")
    for number, report in enumerate((first, final, corrected, error)):
        base = {"base": str(number)} if number else {}
        answer = client.put(resource(report), **base)
        assert answer.status_code in {200, 201}, answer.text
        assert report_from_fhir(resource(report)) == report
    undone = after(error, ReportStatus.FINAL)
    assert client.put(resource(undone), base="4").status_code == 409


@pytest.mark.parametrize(
    ("before", "later"),
    [
        (ReportStatus.PRELIMINARY, ReportStatus.CORRECTED),
        (ReportStatus.PRELIMINARY, ReportStatus.APPENDED),
        (ReportStatus.FINAL, ReportStatus.PRELIMINARY),
        (ReportStatus.FINAL, ReportStatus.FINAL),
    ],
)
def test_what_may_not_follow_is_refused(
    client: Client, before: ReportStatus, later: ReportStatus
) -> None:
    first = sign(draft(), before)
    assert client.put(resource(first)).status_code == 201
    assert client.put(resource(after(first, later)), base="1").status_code == 409


def test_an_unsigned_preliminary_report_is_refused(client: Client) -> None:
    body = {**resource(draft()), "status": "preliminary"}
    assert client.put(body).status_code == 422


def test_the_resource_says_what_fhir_asks_for() -> None:
    report = after(sign(draft()), ReportStatus.CORRECTED, "The side was wrong.")
    told = resource(report, released_at=NOW)
    assert told["status"] == "corrected"
    assert told["effectiveDateTime"] == "2026-11-20"
    assert told["performer"] == told["resultsInterpreter"]
    assert told["basedOn"][0]["identifier"]["value"] == "ACC-7"
    assert [form["contentType"] for form in told["presentedForm"]] == [
        "application/json",
        "application/pdf",
    ]
    assert content_of(told).startswith(b'{"author_id"')
    parts = {one["url"]: one for one in extended(told, "relates-to", "extension")}
    assert parts["code"]["valueCode"] == "replaces"
    assert parts["digest"]["valueString"] == report.previous_digest
    assert parts["reason"]["valueString"] == "The side was wrong."


def test_a_document_too_large_is_left_out_and_the_words_stay() -> None:
    people = {"patient": PATIENT, "practitioner": PRACTITIONER}
    told = report_to_fhir(sign(draft()), **people, document=b"x" * (1024 * 1024 + 1))
    assert len(told["presentedForm"]) == 1
