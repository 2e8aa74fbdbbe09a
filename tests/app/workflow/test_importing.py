"""Claims about what comes of a drop."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Workstation
from app.errors import DiskFullError, ForbiddenError
from app.events import StudyImported
from app.storage.pixels import PixelFiles
from app.tasks import CancelledError
from app.workflow import importing, reading, worklist
from tests.app.workflow.conftest import ADMIN, CHEAP, DOCTOR, enter, found_with_people
from tests.viewer.series_writer import write_series
from viewer.dicom.records import StudyFacts
from viewer.records import Patient, Study


def _go(_fraction: float, _text: str, /) -> None:
    return None


def test_an_imported_series_is_read_back_as_it_was(clinic: Workstation, tmp_path: Path) -> None:
    write_series(tmp_path / "drop", n=5)
    doctor = enter(clinic, DOCTOR)
    outcome = importing.import_paths(doctor, [tmp_path / "drop"], _go)
    assert outcome.series == 1
    opened = reading.open_study(doctor, outcome.studies[0])
    volume = reading.load_volume(doctor, opened.series[0].uid)
    assert volume.voxels.shape == opened.series[0].shape == (5, *opened.series[0].shape[1:])


def test_nothing_on_disk_names_the_patient(clinic: Workstation, tmp_path: Path) -> None:
    write_series(tmp_path / "drop", n=5, name="CANARY^ZEBRA")
    importing.import_paths(enter(clinic, DOCTOR), [tmp_path / "drop"], _go)
    clinic.close()
    for path in clinic.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes().upper()
            assert b"CANARY" not in held, path
            assert "CANARY".encode("utf-16-le") not in held, path


def test_the_same_drop_again_is_told_and_changes_nothing(
    clinic: Workstation, tmp_path: Path
) -> None:
    write_series(tmp_path / "drop", n=5)
    doctor = enter(clinic, DOCTOR)
    importing.import_paths(doctor, [tmp_path / "drop"], _go)
    again = importing.import_paths(doctor, [tmp_path / "drop"], _go)
    assert again.series == 0
    assert "already imported" in again.duplicates[0].reason
    assert len(worklist.listed(doctor).entries) == 1


def test_every_file_that_is_not_used_has_a_reason(clinic: Workstation, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    write_series(drop, n=5)
    (drop / "letter.txt").write_text("Dear colleague")
    whole = next(drop.glob("*.dcm")).read_bytes()
    (drop / "cut.dcm").write_bytes(whole[: len(whole) // 2])
    outcome = importing.import_paths(enter(clinic, DOCTOR), [drop], _go)
    assert outcome.series == 1
    assert {one.name.rsplit("/", 1)[-1] for one in outcome.rejected} == {"letter.txt", "cut.dcm"}
    assert all(one.reason for one in outcome.rejected)


def test_an_empty_folder_is_told(clinic: Workstation, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcome = importing.import_paths(enter(clinic, DOCTOR), [tmp_path / "empty"], _go)
    assert outcome.series == 0
    assert outcome.rejected


def test_a_zip_that_climbs_out_writes_nothing_outside(clinic: Workstation, tmp_path: Path) -> None:
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../../climbed.dcm", b"not an image")
    before = {path for path in tmp_path.parent.rglob("*") if "home" not in path.parts}
    outcome = importing.import_paths(enter(clinic, DOCTOR), [evil], _go)
    assert outcome.rejected
    after = {path for path in tmp_path.parent.rglob("*") if "home" not in path.parts}
    assert after == before


def test_a_cancelled_import_leaves_whole_series_only(clinic: Workstation, tmp_path: Path) -> None:
    write_series(tmp_path / "drop", n=5)
    doctor = enter(clinic, DOCTOR)

    def stop(_fraction: float, _text: str, /) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        importing.import_paths(doctor, [tmp_path / "drop"], stop)
    assert worklist.listed(doctor).entries == ()
    assert importing.import_paths(doctor, [tmp_path / "drop"], _go).series == 1


def test_two_drops_of_one_series_at_once_store_it_once(clinic: Workstation, tmp_path: Path) -> None:
    write_series(tmp_path / "drop", n=5)
    doctor = enter(clinic, DOCTOR)
    together = threading.Barrier(2)
    put = PixelFiles.put

    def met(pixels: PixelFiles, *given: Any) -> str:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=20)
        return put(pixels, *given)

    def drop(_: int) -> importing.ImportOutcome:
        return importing.import_paths(doctor, [tmp_path / "drop"], _go)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as lanes:
        patch.setattr(PixelFiles, "put", met)
        outcomes = list(lanes.map(drop, range(2)))
    assert sorted(one.series for one in outcomes) == [0, 1]
    assert [len(one.duplicates) for one in sorted(outcomes, key=lambda one: one.series)] == [1, 0]
    assert len(worklist.listed(doctor).entries) == 1


def test_a_full_disk_is_told_and_what_was_stored_before_it_is_announced(
    clinic: Workstation, tmp_path: Path
) -> None:
    for number in (1, 2):
        write_series(tmp_path / "drop" / str(number), n=5, series=str(number))
    doctor = enter(clinic, DOCTOR)
    announced: list[StudyImported] = []
    clinic.bus.listen(StudyImported, announced.append)
    usage = shutil.disk_usage(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shutil.disk_usage", _fills_up(usage, after=2))
        with pytest.raises(DiskFullError, match="make room"):
            importing.import_paths(doctor, [tmp_path / "drop"], _go)
    (line,) = worklist.listed(doctor).entries
    assert line.series_count == 1
    assert [one.study_uid for one in announced] == [line.study_uid]
    assert importing.import_paths(doctor, [tmp_path / "drop"], _go).series == 1


def _fills_up(usage: Any, after: int) -> Callable[[object], Any]:
    asked = itertools.count()
    return lambda _: usage._replace(free=0) if next(asked) >= after else usage


def test_images_that_come_after_their_report_name_the_study(
    clinic: Workstation, tmp_path: Path
) -> None:
    write_series(tmp_path / "drop", n=5)
    doctor = enter(clinic, DOCTOR)
    (study_uid,) = importing.import_paths(doctor, [tmp_path / "drop"], _go).studies
    described = worklist.listed(doctor).entries[0]
    other = Workstation(tmp_path / "other", cost=CHEAP)
    try:
        there = enter(found_with_people(other), DOCTOR)
        with there.begin() as work:
            work.patients.put(Patient(described.patient_id, described.patient_name))
            work.studies.put(
                Study(study_uid, described.patient_id, there.now(), "Images are elsewhere")
            )
        importing.import_paths(there, [tmp_path / "drop"], _go)
        (line,) = worklist.listed(there).entries
        assert (line.description, line.study_date) == (described.description, described.study_date)
    finally:
        other.close()


def test_an_administrator_imports_and_sees_no_images(clinic: Workstation, tmp_path: Path) -> None:
    with pytest.raises(ForbiddenError):
        importing.import_paths(enter(clinic, ADMIN), [tmp_path], _go)


def test_the_same_person_has_the_same_id_on_every_workstation() -> None:
    one = StudyFacts("1.2.3", patient_name="Canary, Zoe", patient_id="M1")
    other = StudyFacts("4.5.6", patient_name="CANARY, ZOE", patient_id="M1")
    assert importing.patient_id_of(one) == importing.patient_id_of(other)
    nameless = StudyFacts("1.2.3"), StudyFacts("4.5.6")
    assert importing.patient_id_of(nameless[0]) != importing.patient_id_of(nameless[1])


def test_every_volume_of_a_multi_frame_object_is_kept(
    clinic: Workstation, shared_data: Path
) -> None:
    doctor = enter(clinic, DOCTOR)
    drop = shared_data / "nema_enhanced_mr" / "DISCIMG.zip"
    outcome = importing.import_paths(doctor, [drop], _go)
    assert not outcome.duplicates
    again = importing.import_paths(doctor, [drop], _go)
    assert again.series == 0
    assert len(again.duplicates) == outcome.series
