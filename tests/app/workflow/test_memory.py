"""Claims about memory: what would not fit is refused with numbers before it is decrypted."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from app.errors import MemoryBudgetError, NotFoundError
from app.storage.pixels import PixelFiles
from app.workflow import labelling, memory, reading
from app.workflow.session import Session
from inference.pipeline.anatomy_outcome import AnatomyRun
from inference.records import Attribution
from tests.app.storage.records import RUN, SERIES
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID
from viewer.records import Patient, Study

SHAPE = (5, 40, 50)
VOXELS = np.arange(math.prod(SHAPE), dtype="<i2").reshape(SHAPE)


@pytest.fixture
def doctor(doctor: Session) -> Session:
    put = doctor.pixels.put
    heat = Attribution("cam", "last", (8, 8), {}, put(np.zeros(SHAPE, "<f2"), PATIENT_ID))
    series = replace(
        SERIES, study_uid=STUDY_UID, shape=SHAPE, pixel_file=put(VOXELS, PATIENT_ID), header_file=""
    )
    run = replace(
        RUN,
        study_uid=STUDY_UID,
        label_file=put(np.ones(SHAPE, np.uint8), PATIENT_ID),
        attribution=heat,
    )
    with doctor.begin() as work:
        work.series.put(series)
        work.runs.put(run)
    return doctor


def test_a_series_is_loaded_where_there_is_room(doctor: Session) -> None:
    assert np.array_equal(reading.load_volume(doctor, SERIES.uid).voxels, VOXELS)


@pytest.mark.parametrize("what", ["volume", "labels", "heat", "corrected"])
def test_what_does_not_fit_is_refused_with_numbers_and_nothing_is_decrypted(
    doctor: Session, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decrypted(*_: object) -> None:
        pytest.fail("it was decrypted")

    monkeypatch.setattr(memory, "free_bytes", lambda: memory.RESERVE + 5_000)
    monkeypatch.setattr(PixelFiles, "get", decrypted)
    with pytest.raises(MemoryBudgetError, match=r"needs \d+ MiB of memory and 0 MiB are free"):
        _load(doctor, what)


def test_without_the_question_it_would_have_been_decrypted(
    doctor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken variant of the claim above."""
    monkeypatch.setattr(memory, "free_bytes", lambda: 0)
    monkeypatch.setattr(reading, "require_free", lambda _: None)
    assert _load(doctor, "volume") is not None


def _load(session: Session, what: str) -> object:
    if what == "volume":
        return reading.load_volume(session, SERIES.uid)
    if what == "labels":
        return reading.load_labels(session, RUN.id)
    if what == "heat":
        return reading.load_heat(session, RUN.id)
    return labelling.load_corrected(session, SERIES.uid, RUN.id)


def test_the_middle_slice_comes_without_the_others(
    doctor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(PixelFiles, "get")
    assert np.array_equal(reading.load_middle(doctor, SERIES.uid), VOXELS[2])


def test_the_forecast_is_what_loading_takes(doctor: Session) -> None:
    with doctor.begin() as work:
        series, run = work.series.get(SERIES.uid), work.runs.get(RUN.id)
    bare, full = memory.forecast(series), memory.forecast(series, run)
    voxels = math.prod(SHAPE)
    assert bare == memory.Forecast(round(voxels * 2 * memory.PLANES))
    assert full.total == bare.total + voxels * (memory.LABEL_BYTES + memory.HEAT_BYTES)
    loaded = [_load(doctor, "labels"), _load(doctor, "heat")]
    assert bare.total >= VOXELS.nbytes
    assert full.total - bare.total >= sum(one.nbytes for one in loaded)
    assert memory.forecast(series, replace(run, label_file="", attribution=None)) == bare


def test_measured_structures_count_in_the_forecast(doctor: Session) -> None:
    with doctor.begin() as work:
        series, run = work.series.get(SERIES.uid), work.runs.get(RUN.id)
    now = doctor.now()
    measured = AnatomyRun(
        "a", STUDY_UID, SERIES.uid, "anatomy", "1", "0" * 64, "CPU", now, 1.0, "iris",
        label_file="structures",
    )  # fmt: skip
    more = memory.forecast(series, run, measured).total - memory.forecast(series, run).total
    assert more == math.prod(SHAPE) * memory.LABEL_BYTES
    refused = replace(measured, label_file="")
    assert memory.forecast(series, None, refused) == memory.forecast(series)


def test_the_budget_is_a_share_of_the_machine_and_never_more_than_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: 8192 * memory.MIB)
    assert memory.budget_bytes() == 4096 * memory.MIB
    assert memory.budget_bytes(1000) == 1000 * memory.MIB
    assert memory.budget_bytes(100_000) == 8192 * memory.MIB - memory.RESERVE
    monkeypatch.setattr(memory, "machine_bytes", lambda: memory.RESERVE // 2)
    assert memory.budget_bytes() == 0


def test_what_is_open_counts_against_the_budget() -> None:
    memory.require_budget(300 * memory.MIB, 700 * memory.MIB, 1000 * memory.MIB)
    with pytest.raises(MemoryBudgetError, match=r"301 MiB .* 700 MiB in use; 1,000 MiB"):
        memory.require_budget(301 * memory.MIB, 700 * memory.MIB, 1000 * memory.MIB)


def test_the_machine_tells_its_memory() -> None:
    assert 0 < memory.free_bytes() <= memory.machine_bytes()


def test_a_container_may_use_no_more_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    whole = memory.machine_bytes()
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.machine_bytes() == whole
    (tmp_path / "memory.max").write_text("30000000\n")
    (tmp_path / "memory.current").write_text("20000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 5000000\n")
    assert memory.machine_bytes() == 30_000_000
    assert memory.free_bytes() == 15_000_000


def test_the_volumes_of_a_series_come_along_their_axis(doctor: Session) -> None:
    with doctor.begin() as work:
        for index in (2, 0, 1):
            work.series.put(
                replace(
                    SERIES,
                    uid=f"4.{index}",
                    study_uid=STUDY_UID,
                    source_uid="4.0",
                    axis="b value",
                    axis_value=str(500 * index),
                    axis_index=index,
                    axis_count=3,
                )
            )
    found = reading.volumes_of(doctor, "4.0")
    assert [one.axis_value for one in found] == ["0", "500", "1000"]
    assert [one.uid for one in reading.volumes_of(doctor, SERIES.uid)] == [SERIES.uid]
    with doctor.begin() as work:  # the first of them was refused at the import
        work.series.put(
            replace(SERIES, uid="5.1", study_uid=STUDY_UID, source_uid="5.0", axis_index=1)
        )
    assert [one.uid for one in reading.volumes_of(doctor, "5.0")] == ["5.1"]


def test_the_priors_are_the_patients_other_studies_with_images_and_no_others(
    doctor: Session,
) -> None:
    now = doctor.now()
    with doctor.begin() as work:
        work.patients.put(Patient("someone", "Else, Somebody"))
        for number, (uid, patient) in enumerate(
            (("8.1", PATIENT_ID), ("8.2", PATIENT_ID), ("8.3", PATIENT_ID), ("9.1", "someone"))
        ):
            day = now.date() - timedelta(days=100 * number)
            work.studies.put(Study(uid, patient, now, study_date=day))
            if uid != "8.3":  # known by a report only
                work.series.put(replace(SERIES, uid=uid + ".1", study_uid=uid))
    found = reading.priors(doctor, STUDY_UID)
    assert [prior.study.uid for prior in found] == ["8.1", "8.2"]
    assert [prior.series[0].uid for prior in found] == ["8.1.1", "8.2.1"]


def test_looking_at_a_prior_is_audited_as_a_reading_of_it(doctor: Session) -> None:
    with doctor.begin() as work:
        work.studies.put(Study("8.1", PATIENT_ID, doctor.now()))
        work.series.put(replace(SERIES, uid="8.1.1", study_uid="8.1"))
    reading.open_prior(doctor, "8.1", "8.1.1")
    with doctor.begin() as work:
        (line,) = work.audit.entries(1)
    assert (line.action, line.subject, line.detail) == ("study.opened", "8.1", "as prior")
    assert line.patient_id == PATIENT_ID
    with pytest.raises(NotFoundError):
        reading.open_prior(doctor, STUDY_UID, "8.1.1")
