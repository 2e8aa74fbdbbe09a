"""Claims about what comes of a drop."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.bootstrap import Workstation
from app.errors import ForbiddenError
from app.tasks import CancelledError
from app.workflow import importing, reading
from tests.app.workflow.conftest import ADMIN, DOCTOR, enter
from tests.viewer.series_writer import write_series
from viewer.dicom.records import StudyFacts


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
    assert len(reading.worklist(doctor)) == 1


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
    assert reading.worklist(doctor) == ()
    assert importing.import_paths(doctor, [tmp_path / "drop"], _go).series == 1


def test_an_administrator_imports_and_sees_no_images(clinic: Workstation, tmp_path: Path) -> None:
    with pytest.raises(ForbiddenError):
        importing.import_paths(enter(clinic, ADMIN), [tmp_path], _go)


def test_the_same_person_has_the_same_id_on_every_workstation() -> None:
    one = StudyFacts("1.2.3", patient_name="Canary, Zoe", patient_id="M1")
    other = StudyFacts("4.5.6", patient_name="CANARY, ZOE", patient_id="M1")
    assert importing.patient_id_of(one) == importing.patient_id_of(other)
    nameless = StudyFacts("1.2.3"), StudyFacts("4.5.6")
    assert importing.patient_id_of(nameless[0]) != importing.patient_id_of(nameless[1])
