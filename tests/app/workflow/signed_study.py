"""A study with real pixels, outlines, a heat map, a key image and a line: all a signer sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from sqlalchemy import text

from app.bootstrap import Workstation
from app.records import Role
from app.storage.report_triggers import REPORT_TRIGGERS
from app.storage.work import Work
from app.workflow import admitting, annotating, importing, reviewing, signing
from app.workflow.session import Session
from app.workflow.signing_up import SignUp
from assistant.records import Report
from inference.records import Attribution, Grade, Run, RunOutcome
from tests.app.workflow.conftest import ADMIN, DOCTOR, PASSWORD, enter
from tests.app.workflow.samples import finding, read_draft
from tests.viewer.series_writer import write_series
from viewer.records import Annotation, AnnotationKind, KeyImage, WindowLevel

SECOND = "noor"


def put_seen_study(session: Session, folder: Path) -> str:
    """Import a small series, analyse it by hand, mark it; return the study's UID."""
    write_series(folder / "drop", n=6)
    study_uid = importing.import_paths(session, [folder / "drop"], lambda *_: None).studies[0]
    with session.begin() as work:
        series = work.series.of_study(study_uid)[0]
        study = work.studies.get(study_uid)
    assert study is not None
    labels = np.zeros(series.shape, np.uint8)
    labels[2:4, 8:14, 6:12] = 1
    heat = np.zeros(series.shape, np.float16)
    heat[2:4, 7:15, 5:13] = 0.9
    label_file = session.pixels.put(labels, study.patient_id)
    map_file = session.pixels.put(heat, study.patient_id)
    scores = {"inside_outline": 0.7}
    attribution = Attribution(
        "Grad-CAM", "up1", (24, 20), scores, map_file, grade=Grade.FAIR, reason="measured here"
    )
    run = Run(
        "run-1",
        study_uid,
        series.uid,
        "tumour-t1ce",
        "0.3.0",
        "ab" * 32,
        "cpu",
        session.now(),
        1.0,
        RunOutcome.FINDINGS,
        gate={"t1ce": 0.98},
        label_file=label_file,
        attribution=attribution,
    )
    one = replace(
        finding("seen-1"),
        study_uid=study_uid,
        series_uid=series.uid,
        run_id=run.id,
        slice_index=2,
        label_value=1,
    )
    with session.begin() as work:
        work.runs.put(run)
        work.findings.put(one)
    here = (study_uid, series.uid)
    centre = (10.0, 12.0, 4.0)
    flat = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    annotating.mark_key_image(
        session, KeyImage("key-1", *here, centre, *flat, WindowLevel(2000, 4000), session.now())
    )
    line = (centre, (14.0, 12.0, 4.0))
    annotating.put_annotation(
        session,
        Annotation("line-1", *here, AnnotationKind.LENGTH, line, *flat, 1.0, session.now()),
    )
    return study_uid


def sign_seen(session: Session, study_uid: str, *, needs_cosignature: bool = False) -> Report:
    """Accept the finding, draft, sign."""
    reviewing.accept(session, "seen-1")
    draft = read_draft(session, study_uid)
    return signing.sign(session, draft.id, PASSWORD, needs_cosignature=needs_cosignature)


def add_second_doctor(clinic: Workstation) -> None:
    """Give the clinic another doctor."""
    admin = enter(clinic, ADMIN)
    form = SignUp(Role.DOCTOR, "Rana Noor", SECOND, PASSWORD, specialty="Radiology")
    admitting.add_staff(admin, form)


def without_triggers(session: Session, act: Callable[[Work], object]) -> None:
    """Do something in the database as somebody would who holds its key and drops the triggers."""
    with session.begin() as work:
        connection = work.audit._connection
        for trigger in REPORT_TRIGGERS:
            connection.execute(text("DROP TRIGGER " + trigger.split()[2]))
        act(work)
        for trigger in REPORT_TRIGGERS:
            connection.exec_driver_sql(trigger)


def sql(work: Work, statement: str, **values: object) -> None:
    """Run a statement past the shelves."""
    work.audit._connection.execute(text(statement), values)


__all__ = ["DOCTOR", "SECOND", "add_second_doctor", "put_seen_study", "sign_seen"]
