"""The day list: who comes, on paper; and that each name that leaves is written down."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import NotFoundError, WorkstationError
from app.records import AuditEntry
from app.workflow import day_list, printing
from app.workflow.calendar_sheet import Scope
from app.workflow.session import Session
from tests.app.workflow.test_calendar_sheet import MONDAY, PAUL, at, clinic, desk, put, visit

__all__ = ["clinic", "desk"]
DAY = Scope(MONDAY, MONDAY)


@pytest.fixture
def booked(clinic: Workstation) -> Workstation:
    put(
        clinic,
        visit("a", at(MONDAY, 10), place_id="lyon"),
        visit("b", at(MONDAY, 11), PAUL, patient_id="p2"),
        visit("gone", at(MONDAY, 12), status="cancelled"),
        visit("other day", at(MONDAY + timedelta(days=1), 12)),
    )
    return clinic


def lines(session: Session, action: str) -> list[AuditEntry]:
    with session.begin() as work:
        return [one for one in work.audit.entries(20) if one.action == action]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_the_list_holds_the_visits_of_the_day_in_the_time_of_the_place(
    booked: Workstation, desk: Session, tmp_path: Path
) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(day_list.day_list_pdf(desk, DAY))
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "2031-03-03 · 2 visits" in text
    assert "11:00–11:30" in text
    assert text.index("Canary, Zoé") < text.index("Finch, Al")
    assert "Lyon" in text
    assert "2031-03-04" not in text


def test_each_patient_on_it_is_written_down_once(booked: Workstation, desk: Session) -> None:
    day_list.day_list_pdf(desk, Scope(MONDAY, MONDAY + timedelta(days=6)))
    found = lines(desk, "day-list.exported")
    assert sorted(one.patient_id for one in found) == ["p1", "p2"]
    assert {one.subject for one in found} == {"2031-03-03 to 2031-03-09"}


def test_an_empty_day_makes_a_list_that_says_so(clinic: Workstation, desk: Session) -> None:
    assert day_list.day_list_pdf(desk, DAY).startswith(b"%PDF")
    assert lines(desk, "day-list.exported") == []


def test_it_goes_to_the_print_service(
    booked: Workstation, desk: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spooled, service = tmp_path / "spooled.pdf", tmp_path / "lp"
    service.write_text(f"#!/bin/sh\ncat > {spooled}\n")
    service.chmod(0o700)
    monkeypatch.setattr(printing.shutil, "which", lambda _: str(service))
    day_list.print_day_list(desk, DAY)
    assert spooled.read_bytes().startswith(b"%PDF")
    assert {one.outcome for one in lines(desk, "day-list.printed")} == {"ok"}


def test_of_an_empty_day_nothing_is_printed(
    clinic: Workstation, desk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.shutil, "which", lambda _: "/bin/false")
    with pytest.raises(NotFoundError, match="Nothing is booked"):
        day_list.print_day_list(desk, DAY)


def test_a_printer_that_refuses_is_told_and_written_down(
    booked: Workstation, desk: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tmp_path / "lp"
    service.write_text("#!/bin/sh\nexit 1\n")
    service.chmod(0o700)
    monkeypatch.setattr(printing.shutil, "which", lambda _: str(service))
    with pytest.raises(WorkstationError, match="Nothing was printed"):
        day_list.print_day_list(desk, DAY)
    assert "failed" in {one.outcome for one in lines(desk, "day-list.printed")}


def test_without_a_print_service_nothing_is_made(
    booked: Workstation, desk: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing.shutil, "which", lambda _: None)
    with pytest.raises(WorkstationError, match="no print service"):
        day_list.print_day_list(desk, DAY)
    assert lines(desk, "day-list.printed") == []
