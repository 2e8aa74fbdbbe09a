"""Claims about "who saw my data": complete, one's own only, with the emergency, and signed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from app.accounts.records import EmergencyReason, Verdict
from app.bootstrap import Workstation
from app.records import Role
from app.workflow import (
    admitting,
    configuring,
    disclosing,
    displaying,
    emergency,
    explaining,
    exporting,
    outputs,
    reading,
    releasing,
    reviewing,
    signing,
)
from app.workflow.audit_acts import ACTS, Kind
from app.workflow.outputs import Eyes
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from tests.app.storage import records as r
from tests.app.workflow.conftest import ADMIN, DESK, DOCTOR, PASSWORD, PATIENT, enter
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, finding, match, put_study, read_draft
from viewer.records import Patient, Study

OTHER_UID, WHY = "1.2.3.other", "Brought in unconscious, no reader here"
READS = {"study.opened", "report.read", "report.explained", "header.opened", "assistant.asked"}
TAKEN_OUT = {"report.exported", "report.printed", "report.handed-over", "images.exported"}
"""Written down apart from the program's table."""


@pytest.fixture
def seen(clinic: Workstation) -> Workstation:
    """Two patients whose data a doctor, the desk and another doctor opened and took out."""
    admitting.add_staff(enter(clinic, ADMIN), SignUp(Role.DOCTOR, "Emil Roux", "emil", PASSWORD))
    iris = enter(clinic, DOCTOR)
    put_study(iris)
    with iris.begin() as work:
        work.patients.put(Patient("p-2", "Other, Ole"))
        work.studies.put(Study(OTHER_UID, "p-2", iris.now(), "MRI head"))
        work.findings.put(replace(finding("f-2"), study_uid=OTHER_UID))
        for number, uid in enumerate((STUDY_UID, OTHER_UID)):
            work.series.put(replace(r.SERIES, uid=f"1.9.{number}", study_uid=uid))
    match(clinic)
    for number, uid in enumerate((STUDY_UID, OTHER_UID)):
        _use(enter(clinic, DOCTOR), uid, f"f-{number + 1}", f"1.9.{number}")
    emil = enter(clinic, "emil")
    emergency.start(emil, STUDY_UID, EmergencyReason.TRANSFER, WHY, PASSWORD)
    reading.open_study(emil, STUDY_UID)
    emergency.stop(emil)
    zoe = enter(clinic, PATIENT)
    for report in explaining.my_reports(zoe):
        explaining.explain(zoe, report.id)
        outputs.report_pdf(zoe, report.id, Eyes.PATIENT)
    return clinic


def _use(doctor: Session, study_uid: str, finding_id: str, series_uid: str) -> None:
    reading.open_study(doctor, study_uid)
    reviewing.accept(doctor, finding_id)
    report = signing.sign(doctor, read_draft(doctor, study_uid).id, PASSWORD)
    displaying.display(doctor, report.id)
    outputs.report_pdf(doctor, report.id, Eyes.REFERRER)
    exporting.export_images(
        doctor, study_uid, (series_uid,), exporting.ExportKind.PICTURE, lambda: None
    )
    releasing.hand_over(doctor, report.id, "Somebody", "the patient")
    releasing.release(doctor, report.id)


def _raw(session: Session) -> list[dict[str, str]]:
    """The trail as the database holds it, past the program's own reading."""
    with session.begin() as work:
        rows = work.audit._connection.execute(text("SELECT seq, body FROM audit ORDER BY seq"))
        return [{**json.loads(row.body), "seq": row.seq} for row in rows]


def test_every_reading_and_export_of_ones_data_appears_exactly_once(seen: Workstation) -> None:
    zoe = enter(seen, PATIENT)
    trail = [one for one in _raw(zoe) if one["patient_id"] == PATIENT_ID]
    wanted = Counter(one["seq"] for one in trail if one["action"] in READS | TAKEN_OUT)
    assert {one["action"] for one in trail} >= {"study.opened", "report.read", "report.exported"}
    mine = disclosing.my_access_list(zoe)
    got = Counter(one.seq for one in mine if one.action in READS | TAKEN_OUT)
    assert got == wanted
    assert max(got.values()) == 1
    assert len({one.seq for one in mine}) == len(mine)


def test_nothing_of_other_patients_is_in_the_list(seen: Workstation) -> None:
    zoe = enter(seen, PATIENT)
    theirs = {one["seq"] for one in _raw(zoe) if one["patient_id"] == "p-2"}
    assert theirs
    assert not theirs & {one.seq for one in disclosing.my_access_list(zoe)}


def test_the_list_is_told_newest_first_with_name_role_and_what_for(seen: Workstation) -> None:
    mine = disclosing.my_access_list(enter(seen, PATIENT))
    assert [one.seq for one in mine] == sorted((one.seq for one in mine), reverse=True)
    first = next(one for one in reversed(mine) if one.action == "study.opened")
    assert (first.who, first.role, first.what) == ("Iris Moreau", "doctor", "Images opened")
    assert first.purpose == "diagnosis and treatment"
    assert first.seen
    sent = next(one for one in mine if one.action == "report.exported" and one.role == "doctor")
    assert sent.purpose == "for: referring doctor"


def test_what_an_emergency_opened_is_flagged_and_nothing_else(seen: Workstation) -> None:
    mine = disclosing.my_access_list(enter(seen, PATIENT))
    flagged = {one.action for one in mine if one.emergency}
    assert flagged == {"emergency.started", "study.opened", "emergency.stopped"}
    assert {one.who for one in mine if one.emergency} == {"Emil Roux"}
    assert {one.purpose for one in mine if one.emergency} == {"an emergency: you were transferred"}


def test_the_patient_is_told_of_the_emergency_and_of_its_review(seen: Workstation) -> None:
    zoe = enter(seen, PATIENT)
    (told,) = disclosing.my_emergencies(zoe)
    assert (told.who, told.reason) == ("Emil Roux", EmergencyReason.TRANSFER)
    assert told.verdict is Verdict.PENDING
    admin = enter(seen, ADMIN)
    emergency.review(admin, emergency.queue(admin)[0].access.id, Verdict.NOT_JUSTIFIED, "No need")
    (told,) = disclosing.my_emergencies(enter(seen, PATIENT))
    assert told.verdict is Verdict.NOT_JUSTIFIED


def test_a_clinic_may_show_roles_only(seen: Workstation) -> None:
    admin = enter(seen, ADMIN)
    settings = configuring.clinic_settings(admin)
    configuring.save_settings(admin, replace(settings, names_in_access_lists=False))
    zoe = enter(seen, PATIENT)
    mine = disclosing.my_access_list(zoe)
    assert {one.who for one in mine if one.role != "patient"} == {""}
    assert {one.who for one in mine if one.role == "patient"} == {"Zoe Canary"}
    assert {one.role for one in mine} >= {"doctor", "patient"}
    assert disclosing.my_emergencies(zoe)[0].who == ""
    assert b"Moreau" not in disclosing.export_my_access_list(zoe).signed


def check(signed: bytes) -> dict[str, object]:
    """Verify an exported list as anybody with the standard could; return its content."""
    document: dict[str, object] = json.loads(signed)
    seal = document.pop("seal")
    assert isinstance(seal, dict)
    body = rfc8785.dumps(document)  # type: ignore[arg-type]  # it came out of JSON
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal["public_key"]))
    key.verify(bytes.fromhex(seal["value"]), body)
    assert seal["digest"] == hashlib.sha256(body).hexdigest()
    return document


def test_the_list_is_taken_along_signed_whole_and_readable(seen: Workstation) -> None:
    zoe = enter(seen, PATIENT)
    mine = disclosing.my_access_list(zoe)
    made = disclosing.export_my_access_list(zoe)
    entries = check(made.signed)["entries"]
    assert isinstance(entries, list)
    assert [one["line"] for one in entries] == [one.seq for one in mine]
    assert made.pdf.startswith(b"%PDF")
    again = disclosing.my_access_list(zoe)
    assert again[0].action == "access-list.exported"


@pytest.mark.parametrize(
    ("old", "new"), [(b"Iris Moreau", b"Nobody Else"), (b'"emergency":true', b'"emergency":false')]
)
def test_a_changed_list_is_no_longer_signed(seen: Workstation, old: bytes, new: bytes) -> None:
    signed = disclosing.export_my_access_list(enter(seen, PATIENT)).signed
    assert old in signed
    with pytest.raises((InvalidSignature, AssertionError)):
        check(signed.replace(old, new, 1))


def test_the_clinics_key_stays_the_same_and_is_nobodys_own(seen: Workstation) -> None:
    keys = [enter(seen, name).keys.clinic_seal() for name in (PATIENT, DESK, DOCTOR)]
    assert len({key.public_key().public_bytes_raw() for key in keys}) == 1
    doctor = enter(seen, DOCTOR)
    own = doctor.keys.signing_key(DOCTOR, PASSWORD).public_key().public_bytes_raw()
    assert own != keys[0].public_key().public_bytes_raw()


def test_the_programs_table_agrees_on_what_is_reading_and_taking_out() -> None:
    assert {name for name in READS if ACTS[name].kind is not Kind.READ} == set()
    assert {name for name in TAKEN_OUT if ACTS[name].kind is not Kind.EXPORT} == set()
