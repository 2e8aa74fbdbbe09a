"""Claims about looking at the headers of a series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import MemoryBudgetError, NotFoundError
from app.storage.pixels import PixelFiles
from app.workflow import headers, importing, memory
from app.workflow.session import Session
from tests.app.workflow.conftest import DOCTOR, enter
from tests.viewer.series_writer import uid, write_series


@pytest.fixture
def doctor(clinic: Workstation, tmp_path: Path) -> Session:
    session = enter(clinic, DOCTOR)
    importing.import_paths(session, [write_series(tmp_path / "drop", n=5)], lambda *_: None)
    return session


def test_the_header_of_each_image_is_there_and_looking_is_audited(doctor: Session) -> None:
    rows = headers.header(doctor, uid("one"), uid("one one 3"))
    shown = {one.keyword: one.value for one in rows.elements}
    assert (shown["InstanceNumber"], shown["PatientID"]) == ("4", "CANARY-MRN-1")
    assert [one.number for one in rows.objects] == ["1", "2", "3", "4", "5"]
    with doctor.begin() as work:
        (line,) = work.audit.entries(1)
        study = work.studies.get(uid("study one"))
    assert (line.action, line.subject) == ("header.opened", uid("one"))
    assert line.patient_id == study.patient_id
    assert "CANARY" not in repr(line)
    assert "CANARY" not in repr(rows)


def test_what_is_not_there_is_said_plainly(doctor: Session) -> None:
    with pytest.raises(NotFoundError, match="no such series"):
        headers.header(doctor, "absent")
    with pytest.raises(NotFoundError, match="no such image"):
        headers.header(doctor, uid("one"), "absent")
    with doctor.begin() as work:
        work.series.put(replace(work.series.get(uid("one")), header_file=""))
    with pytest.raises(NotFoundError, match="not kept"):
        headers.header(doctor, uid("one"))


def test_a_header_that_does_not_fit_is_refused_before_it_is_decrypted(
    doctor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: memory.RESERVE + 1000)
    monkeypatch.delattr(PixelFiles, "get_bytes")
    with pytest.raises(MemoryBudgetError):
        headers.header(doctor, uid("one"))
