"""A workstation that imports, signs or sends without end, and tells what it has acknowledged.

Run as ``python -m tests.spine.acts FOLDER ACT``; it is meant to be killed.
"""

from __future__ import annotations

import sys
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.workflow import importing, reviewing, signing
from app.workflow.outgoing import send_report
from app.workflow.session import Session
from assistant.records import Report
from tests.app.workflow.conftest import DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import finding, read_draft
from viewer.records import Patient, Study


def go(_fraction: float, _text: str, /) -> None:
    """Take progress and say nothing."""


def say(word: str) -> None:
    """Tell the parent; flushed, so that a kill cannot take it back."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def import_all(session: Session, drops: Path) -> None:
    for drop in sorted(drops.iterdir()):
        outcome = importing.import_paths(session, [drop], go)
        for study_uid in outcome.studies:
            say(study_uid)


def sign_without_end(session: Session) -> None:
    while True:
        say(signed_report(session).id)


def signed_report(session: Session) -> Report:
    """Sign the report of a new study with one accepted finding."""
    draft = draft_report(session)
    return signing.sign(session, draft.id, PASSWORD)


def sign_in_two_transactions(session: Session) -> None:
    """Do it wrong: the report is final before its envelope is written."""
    draft = draft_report(session)
    send = signing.send_report
    signing.send_report = lambda *_: None  # the fault, planted
    report = signing.sign(session, draft.id, PASSWORD)
    signing.send_report = send
    say(report.id)
    sys.stdin.readline()
    with session.begin() as work:
        send_report(work, report, session.now())


def send_all(workstation: Workstation) -> None:
    while True:
        workstation.background_turn(go)
        say("turned")


def draft_report(session: Session) -> Report:
    uid = f"2.25.{uuid.uuid4().int}"
    patient_id = str(uuid.uuid4())
    found = finding(str(uuid.uuid4()))
    with session.begin() as work:
        work.patients.put(Patient(patient_id, "Canary, Zoe", mrn=uid[-8:]))
        work.studies.put(Study(uid, patient_id, datetime.now(UTC), "MRI head"))
        work.findings.put(replace(found, study_uid=uid))
    reviewing.accept(session, found.id)
    return read_draft(session, uid)


def main() -> None:
    folder, act = Path(sys.argv[1]), sys.argv[2]
    workstation = Workstation(folder, cost=KdfCost.TESTING)
    session = enter(workstation, DOCTOR)
    say("ready")
    if act == "import":
        import_all(session, Path(sys.argv[3]))
    elif act == "sign":
        sign_without_end(session)
    elif act == "sign-broken":
        sign_in_two_transactions(session)
    else:
        send_all(workstation)
    say("done")
    sys.stdin.readline()


if __name__ == "__main__":
    main()
