"""The demo: nine steps, each timed; exit status 0 only if every one did what it should."""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path

from app.demo.stage import Stage, set_stage
from app.demo.steps import DemoFailedError, expect

LIMIT_MS = 100.0


def run_demo(study: Path | None, out: Path, *, example: bool = False) -> int:
    """Do the whole job; return 0 if all of it worked."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = time.perf_counter()
    source = None if example else study or default_study()
    try:
        with set_stage(source, out.resolve()) as stage:
            try:
                _play(stage)
            except Exception:
                stage.hand.picture("failed")
                raise
    except Exception as error:  # noqa: BLE001 - the purpose is to tell that a step failed
        told = str(error) if isinstance(error, DemoFailedError) else traceback.format_exc()
        sys.stdout.write(f"The demo failed: {told}\n")
        return 1
    sys.stdout.write(f"All nine steps done in {time.perf_counter() - started:.0f} s.\n")
    return 0


def default_study() -> Path | None:
    """Return a real study beside the checkout where there is one, else None: the example."""
    shared = Path(__file__).resolve().parents[3] / "shared" / "data"
    real = shared / "pgbm_dicom" / "PGBM-002_T1post.zip"
    return real if real.exists() else None


def _play(stage: Stage) -> None:
    from app.demo import doctor_acts, patient_acts, sync_acts  # noqa: PLC0415 - pages bring VTK

    step = stage.steps.step
    with step("A clinic: founding, sign-up, approval, roles"):
        doctor_acts.found_clinic(stage)
        doctor_acts.admit_people(stage)
    with step("Encrypted storage, audit chain"):
        doctor_acts.check_storage(stage)
    with step("Import"):
        doctor_acts.import_study(stage, stage.study)
    with step("Open: linked planes, 3-D"):
        doctor_acts.open_study(stage)
    with step("Analyse: findings and heat map"):
        doctor_acts.analyse_study(stage)
    with step("Review, sign, release"):
        doctor_acts.review_and_sign(stage)
    with step("The patient reads and asks"):
        patient_acts.explain_report(stage)
    with step("Book; e-mail and SMS"):
        patient_acts.book_visit(stage)
    with step("Sync: server, second workstation, double booking"):
        sync_acts.meet_server(stage)
    sync_acts.search_for_names(stage)
    expect(not stage.crashes, "".join(stage.crashes))
    _tell_gaps(stage)


def _tell_gaps(stage: Stage) -> None:
    for name, gap in stage.heart.gaps_ms.items():
        verdict = "" if gap <= LIMIT_MS else f"  over the limit of {LIMIT_MS:.0f} ms"
        stage.steps.note(f"longest block of the event loop during {name}: {gap:.0f} ms{verdict}")
