"""Claims about the technical log: it is written, and names nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from app.bootstrap import Workstation
from app.errors import NotFoundError
from app.logs import RedactingFormatter, start_logging
from app.records import Role
from app.shell import run
from app.shell.crash import CrashDoor
from app.workflow import (
    booking,
    configuring,
    importing,
    outputs,
    reading,
    reviewing,
    signing,
)
from app.workflow.settings import ClinicSettings
from tests.app.workflow.conftest import (
    ADMIN,
    DOCTOR,
    PASSWORD,
    clinic,
    enter,
    sign_up,
    workstation,
)
from tests.app.workflow.samples import (
    PATIENT_ID,
    STUDY_UID,
    first_slot,
    give_hours,
    put_study,
    read_draft,
)
from tests.viewer.series_writer import write_series

NAMES = ("canary", "zebra", "moreau", "mrn-1", "zoe", "612345678", "example.org")

__all__ = ["clinic", "workstation"]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A log file in use; the root logger is as before afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    start_logging(tmp_path / "log")
    yield tmp_path / "log" / "sagittal.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_the_application_keeps_a_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class EndError(Exception):
        pass

    def end(_theme: str) -> None:
        raise EndError

    started: list[Path] = []
    monkeypatch.setattr(run, "start_logging", started.append)
    monkeypatch.setattr(run, "make_application", end)
    with pytest.raises(EndError):
        run.run_gui(tmp_path / "home")
    assert started == [tmp_path / "home"]


def test_a_whole_day_leaves_no_name_in_the_log(
    clinic: Workstation, log: Path, tmp_path: Path
) -> None:
    doctor = enter(clinic, DOCTOR)
    write_series(tmp_path / "drop", n=5, name="CANARY^ZEBRA")
    (tmp_path / "drop" / "Canary letter.txt").write_text("Dear Zoe Canary")
    importing.import_paths(doctor, [tmp_path / "drop"], lambda *_: None)
    put_study(doctor)
    reviewing.accept(doctor, "f-1")
    report = signing.sign(doctor, read_draft(doctor, STUDY_UID).id, PASSWORD)
    outputs.report_pdf(doctor, report.id)
    give_hours(clinic)
    doctor = enter(clinic, DOCTOR)
    booking.book(doctor, first_slot(doctor), PATIENT_ID, "Zoe Canary comes")
    sign_up(clinic, Role.DOCTOR, "canary", "Carl Canary")
    _fail_loudly(clinic)
    admin = enter(clinic, ADMIN)
    nowhere = ClinicSettings(smtp_host="127.0.0.1", smtp_port=1, smtp_sender="a@example.org")
    configuring.save_settings(admin, nowhere)
    clinic.background_turn(lambda *_: None)
    held = log.read_text(encoding="utf-8").casefold()
    assert "unexpected error" in held
    assert [name for name in NAMES if name in held] == []


def _fail_loudly(clinic: Workstation) -> None:
    """Raise what names somebody, and let both doors for exceptions log it."""
    session = enter(clinic, DOCTOR)
    door = CrashDoor(lambda: None)
    logger = logging.getLogger("app.test")
    try:
        reading.open_study(session, "Canary, Zoe")
    except NotFoundError as error:
        logger.warning("an act failed", exc_info=error)
        door.catch(type(error), error, error.__traceback__)
    try:
        with session.begin() as work:
            work.patients._rows.connection.execute(
                text("INSERT INTO patient (id, name) VALUES (:id, :name)"),
                {"id": "x", "name": "Canary, Zoe"},
            )
    except Exception as error:
        logger.exception("the database refused")
        door.catch(type(error), error, error.__traceback__)
    try:
        raise ValueError("Canary, Zoe has MRN-1")
    except ValueError:
        logger.exception("a value for CANARY^ZEBRA, +33 612345678, zoe@example.org")


def test_a_plain_formatter_would_have_named_them() -> None:
    """The broken variant: what the redaction is for."""
    record = logging.LogRecord("x", logging.INFO, "x", 1, "of CANARY^ZEBRA", (), None)
    assert "CANARY" in logging.Formatter("%(message)s").format(record)
    assert "CANARY" not in RedactingFormatter("%(message)s").format(record)


def test_every_line_says_when_it_was_written(log: Path) -> None:
    logging.getLogger("app").warning("call +49 30 1234567 back")
    day, _time, rest = log.read_text("utf-8").split(" ", 2)
    assert date.fromisoformat(day)
    assert rest == "WARNING app call [redacted] back\n"


def test_the_log_stays_small(log: Path) -> None:
    logger = logging.getLogger("app.test")
    for _ in range(300):
        logger.info("x" * 20_000)
    files = list(log.parent.iterdir())
    assert len(files) == 3
    assert sum(path.stat().st_size for path in files) < 3_100_000
