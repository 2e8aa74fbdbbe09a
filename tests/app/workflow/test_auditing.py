"""Claims about the audit trail in the administrator's hands: found, checked, taken out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fhir.resources.R4B import get_fhir_model_class
from sqlalchemy import text

from app.accounts.records import EmergencyReason
from app.bootstrap import Workstation
from app.errors import AuditBrokenError, NotFoundError
from app.records import AuditEntry, AuditFilter, Role
from app.workflow import (
    admitting,
    auditing,
    disclosing,
    emergency,
    outputs,
    reading,
    reviewing,
    signing,
    worklist,
)
from app.workflow.audit_acts import ACTS
from app.workflow.auditing import ExportForm
from app.workflow.balp import DCM, DISCLOSURE, PATIENT_READ, audit_event
from app.workflow.outputs import Eyes
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from tests.app.storage import records as r
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, match, put_study, read_draft


@pytest.fixture
def used(clinic: Workstation) -> Workstation:
    """A doctor opened, signed and exported; another was refused and broke the glass."""
    admitting.add_staff(enter(clinic, ADMIN), SignUp(Role.DOCTOR, "Emil Roux", "emil", PASSWORD))
    iris = enter(clinic, DOCTOR)
    put_study(iris)
    with iris.begin() as work:
        work.series.put(replace(r.SERIES, uid="1.9", study_uid=STUDY_UID))
    reading.open_study(iris, STUDY_UID)
    reviewing.accept(iris, "f-1")
    report = signing.sign(iris, read_draft(iris, STUDY_UID).id, PASSWORD)
    outputs.report_pdf(iris, report.id, Eyes.REFERRER)
    match(clinic)
    emil = enter(clinic, "emil")
    emergency.start(emil, STUDY_UID, EmergencyReason.ON_CALL, "Nobody else was here", PASSWORD)
    reading.open_study(emil, STUDY_UID)
    return clinic


def every(session: Session) -> tuple[AuditEntry, ...]:
    with session.begin() as work:
        return work.audit.entries(10_000)


def found(admin: Session, **wanted: Any) -> set[int]:
    return {one.seq for one in auditing.lines(admin, AuditFilter(**wanted)).entries}


def test_lines_are_found_by_person_patient_act_outcome_and_days(used: Workstation) -> None:
    admin = enter(used, ADMIN)
    trail = every(admin)
    iris = next(one.actor_id for one in trail if one.action == "report.signed")
    by_hand = {
        "actor_id": (iris, lambda one: one.actor_id == iris),
        "patient_id": (PATIENT_ID, lambda one: one.patient_id == PATIENT_ID),
        "actions": (("study.opened",), lambda one: one.action == "study.opened"),
        "outcome": ("refused", lambda one: one.outcome == "refused"),
    }
    enter(used, DESK)
    admitting.search_patients(enter(used, DOCTOR), "x")
    admin = enter(used, ADMIN)
    for name, (value, holds) in by_hand.items():
        wanted = {one.seq for one in every(admin) if holds(one)}
        got = found(admin, **{name: value})
        assert got == wanted, name
    middle = trail[len(trail) // 2].at
    assert found(admin, until=middle) == {one.seq for one in trail if one.at < middle}
    late = found(admin, since=middle)
    assert {one.seq for one in trail if one.at >= middle} <= late
    assert not late & found(admin, until=middle)
    assert found(admin, actions=("study.opened",), actor_id=iris, outcome="failed") == set()


def test_the_trail_is_turned_page_by_page_without_gap_or_repeat(
    used: Workstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "PAGE", 7)
    admin = enter(used, ADMIN)
    wanted = AuditFilter(until=admin.now())
    seen: list[int] = []
    before = None
    while True:
        page = auditing.lines(admin, wanted, before)
        seen += [one.seq for one in page.entries]
        if not page.more:
            break
        before = page.entries[-1].seq
    assert seen == list(range(page.total, 0, -1))


def test_every_reading_check_and_export_is_itself_recorded(used: Workstation) -> None:
    admin = enter(used, ADMIN)
    auditing.lines(admin)
    auditing.verify(admin)
    auditing.export(admin, AuditFilter(), ExportForm.JSON_LINES)
    auditing.export(admin, AuditFilter(), ExportForm.BALP)
    newest = [one.action for one in every(admin)[:4]]
    assert newest == ["audit.exported", "audit.exported", "audit.verified", "audit.read"]
    assert "JSON lines" in every(admin)[1].detail


def test_a_patient_reads_that_the_own_trail_was_looked_at(used: Workstation) -> None:
    admin = enter(used, ADMIN)
    auditing.lines(admin, AuditFilter(patient_id=PATIENT_ID))
    mine = disclosing.my_access_list(enter(used, PATIENT))
    read = [one for one in mine if one.action == "audit.read"]
    assert [(one.who, one.role) for one in read] == [("Ada Root", "administrator")]


def test_a_patient_is_found_by_the_record_number_only(used: Workstation) -> None:
    admin = enter(used, ADMIN)
    assert auditing.patient_of_number(admin, "mrn-1") == PATIENT_ID
    for wrong in ("Canary", "MRN", "MRN-11", ""):
        with pytest.raises(NotFoundError):
            auditing.patient_of_number(admin, wrong)


@pytest.mark.parametrize("words", ["Canary", "MRN-1", "  cánary  zoe "])
def test_what_was_searched_for_is_never_readable_in_the_trail(
    used: Workstation, words: str
) -> None:
    doctor = enter(used, DOCTOR)
    admitting.search_patients(doctor, words)
    worklist.listed(doctor, words)
    searched = [one for one in every(doctor) if one.action.endswith(".searched")]
    assert len(searched) == 2
    plain = words.strip().casefold()
    for one in searched:
        assert plain not in repr(one).casefold()
        assert hashlib.sha256(words.strip().encode()).hexdigest()[:32] != one.subject
    assert searched[0].subject == searched[1].subject


def test_the_same_search_is_recognised_and_another_told_apart(used: Workstation) -> None:
    doctor = enter(used, DOCTOR)
    with doctor.begin() as work:
        blind = work.audit.blind
        assert blind("Canary") == blind("CANARY") != blind("Canari")


def test_json_lines_hold_the_chain_and_a_signed_last_line(used: Workstation) -> None:
    admin = enter(used, ADMIN)
    trail = every(admin)
    made = auditing.export(admin, AuditFilter(), ExportForm.JSON_LINES)
    rows = [json.loads(line) for line in made.data.splitlines()]
    *lines, last = rows
    assert made.count == len(lines) == last["count"] >= len(trail)
    assert [one["seq"] for one in lines] == list(range(1, len(lines) + 1))
    assert all(after["previous"] == before["digest"] for before, after in pairwise(lines))
    assert (made.chain, last["chain"], last["head"]["digest"]) == (
        "holds",
        "holds",
        lines[-1]["digest"],
    )
    body = made.data[: made.data.rstrip(b"\n").rfind(b"\n") + 1]
    assert hashlib.sha256(body).hexdigest() == last["sha256"]
    seal = last.pop("seal")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["public_key"]))
    key.verify(bytes.fromhex(seal["value"]), rfc8785.dumps(last))
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(seal["value"]), rfc8785.dumps({**last, "count": 1}))


def test_a_trail_that_does_not_hold_is_told_and_taken_out_all_the_same(used: Workstation) -> None:
    admin = enter(used, ADMIN)
    with admin.begin() as work:
        connection = work.audit._connection
        connection.execute(text("DROP TRIGGER audit_never_updated"))
        connection.execute(text("UPDATE audit SET mac = 'ff' WHERE seq = 3"))
    with pytest.raises(AuditBrokenError, match="entry 3"):
        auditing.verify(admin)
    made = auditing.export(admin, AuditFilter(), ExportForm.JSON_LINES)
    assert "entry 3" in made.chain
    assert "entry 3" in json.loads(made.data.splitlines()[-1])["chain"]


def events(used: Workstation) -> list[dict[str, Any]]:
    made = auditing.export(enter(used, ADMIN), AuditFilter(), ExportForm.BALP)
    return [json.loads(line) for line in made.data.splitlines()]


def test_every_line_is_a_valid_fhir_audit_event(used: Workstation) -> None:
    model = get_fhir_model_class("AuditEvent")
    made = events(used)
    assert len(made) > 10
    for one in made:
        model.model_validate(one)


def test_a_reading_follows_balps_patient_read(used: Workstation) -> None:
    read = [one for one in events(used) if one.get("meta") == {"profile": [PATIENT_READ]}]
    assert len(read) >= 2
    for one in read:
        assert one["type"]["code"] == "rest"
        assert one["subtype"][0]["code"] == "read"
        assert (one["action"], one["outcome"]) == ("R", "0")
        agents = {a["type"]["coding"][0]["code"]: a for a in one["agent"]}
        assert set(agents) == {"110152", "110153", "IRCP"}
        assert all("who" in a and "network" in a for code, a in agents.items() if code != "IRCP")
        assert agents["IRCP"]["requestor"]
        assert "network" not in agents["IRCP"]
        entities = {e["type"]["code"]: e for e in one["entity"]}
        assert entities["1"]["what"]["reference"] == f"Patient/{PATIENT_ID}"
        assert entities["1"]["role"]["code"] == "1"
        assert entities["2"]["role"]["code"] in {"3", "4", "20"}


def test_an_export_follows_balps_privacy_disclosure(used: Workstation) -> None:
    told = [one for one in events(used) if one.get("meta") == {"profile": [DISCLOSURE]}]
    assert told
    for one in told:
        assert (one["type"]["system"], one["type"]["code"]) == (DCM, "110106")
        assert [sub["code"] for sub in one["subtype"]] == ["disclose"]
        assert one["action"] == "R"
        source = one["agent"][0]
        assert source["who"] == one["source"]["observer"]


def test_the_emergency_bears_dicoms_codes_and_its_purpose(used: Workstation) -> None:
    started = [
        one for one in events(used) if {"110127"} <= {sub["code"] for sub in one.get("subtype", [])}
    ]
    assert len(started) == 1
    assert started[0]["type"]["code"] == "110113"
    assert started[0]["purposeOfEvent"][0]["coding"][0]["code"] == "ETREAT"


@pytest.mark.parametrize("action", sorted(ACTS))
@pytest.mark.parametrize("outcome", ["ok", "refused", "failed"])
def test_any_act_with_any_outcome_makes_a_valid_event(action: str, outcome: str) -> None:
    entry = AuditEntry(
        1, r.NOW, "acc", "doctor", action, "s-1", "p-1", outcome, "", "0" * 64, "1" * 64
    )
    made = audit_event(entry, "Dr Roux", "Hillside", "desk-1")
    get_fhir_model_class("AuditEvent").model_validate(made)
    assert (outcome == "ok") or "meta" not in made
    later = replace(entry, at=r.NOW + timedelta(hours=1), patient_id="")
    assert "meta" not in audit_event(later, "", "", "desk-1")
