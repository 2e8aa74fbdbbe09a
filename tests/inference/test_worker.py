"""The worker process: cancelled at once, lost without harm, warm between jobs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from inference.errors import WeightsError, WorkerLostError
from inference.models.cards import read_package, shipped_folder
from inference.pipeline.worker import InferenceProcess
from inference.records import RunOutcome
from tests.inference.builders import head_volume, read_pgbm, series_of


class StopNowError(Exception):
    """Raised by a progress callback that wants the job to end."""


def quiet(fraction: float, text: str, /) -> None:
    """Take progress and say nothing."""
    assert 0 <= fraction <= 1
    assert text


@pytest.fixture(scope="module")
def worker() -> Iterator[InferenceProcess]:
    process = InferenceProcess()
    yield process
    process.close()


HEAD = head_volume(lesion_mm=(35.0, -20.0, 10.0))
SERIES = series_of(HEAD)


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_workstation_reads_an_analysis_without_torch() -> None:
    code = (
        "import pickle, sys, inference.pipeline.worker;"
        "from inference.pipeline.messages import Done;"
        "from inference.pipeline.outcome import Outcome;"
        "pickle.loads(pickle.dumps(Done(Outcome('findings', ''), False, False)));"
        "sys.exit(bool({'torch', 'torchvision', 'pytorch_grad_cam', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_refused_series_starts_no_child() -> None:
    process = InferenceProcess()
    analysis = process.analyse(series_of(HEAD, "Ax T2", {}), HEAD, quiet)
    assert analysis.run.outcome is RunOutcome.NOT_ANALYSED
    assert "T2" in analysis.run.reason
    assert analysis.labels is None
    assert process.child_id() is None


def test_altered_weights_are_refused_by_the_child(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped_folder(), tmp_path / "model"))
    with read_package(folder).members[0].file.open("r+b") as handle:
        handle.seek(-1, 2)
        last = handle.read(1)
        handle.seek(-1, 2)
        handle.write(bytes([last[0] ^ 1]))
    process = InferenceProcess(folder)
    with pytest.raises(WeightsError, match="not the ones"):
        process.analyse(SERIES, HEAD, quiet)
    assert process.child_id() is None


def test_a_killed_child_is_told_and_the_next_call_works_and_stays_warm(
    worker: InferenceProcess,
) -> None:
    def kill(fraction: float, text: str, /) -> None:
        pid = worker.child_id()
        if pid:
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(WorkerLostError):
        worker.analyse(SERIES, HEAD, kill)
    again = worker.analyse(SERIES, HEAD, quiet)
    assert again.run.outcome in set(RunOutcome)
    assert again.run.device == worker.device() != ""
    pid = worker.child_id()
    worker.analyse(SERIES, HEAD, quiet)
    assert worker.child_id() == pid


def test_a_child_killed_once_in_the_middle_costs_time_and_nothing_else(
    worker: InferenceProcess,
) -> None:
    killed: list[int] = []
    told: list[str] = []

    def kill_once(fraction: float, text: str, /) -> None:
        told.append(text)
        pid = worker.child_id()
        if pid and fraction >= 0.05 and not killed:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    run = worker.analyse(SERIES, HEAD, kill_once).run
    assert run.outcome in set(RunOutcome)
    assert _gone(killed[0])
    assert "the analysis stopped unexpectedly; trying once more" in told


def test_a_real_glioblastoma_is_found_measured_placed_and_explained(
    worker: InferenceProcess, shared_data: Path
) -> None:
    series, volume, mask = read_pgbm(shared_data)
    analysis = worker.analyse(series, volume, quiet)
    assert analysis.run.outcome is RunOutcome.FINDINGS
    assert analysis.run.seconds < 60
    labels, heat = analysis.labels, analysis.heat
    assert labels is not None
    assert heat is not None
    assert labels.shape == heat.shape == volume.voxels.shape
    assert (labels.dtype, heat.dtype) == (np.uint8, np.float16)
    found = next(f for f in analysis.findings if mask[labels == f.label_value].any())
    assert found.side == "left"
    assert mask[found.slice_index].any()
    assert 0.5 <= (found.probability or 0) <= 1
    assert sum(share for _, share in found.kinds) == pytest.approx(1)
    assert found.measurements[0].unit == "mL"
    assert 20 < found.measurements[0].value < 150
    assert ((labels > 0) & mask).sum() / mask.sum() > 0.5
    assert 0 <= float(heat.min()) <= float(heat.max()) <= 1
    assert np.count_nonzero(heat.any(axis=(1, 2))) <= 12
    attribution = analysis.run.attribution
    assert attribution is not None
    scores = attribution.faithfulness
    assert scores["inside_outline"] > 2 * scores["outline_share_of_head"]
    assert scores["deletion_over_random"] > 0


def test_cancelling_ends_the_child_at_once(worker: InferenceProcess) -> None:
    seen: list[int] = []
    stopped: list[float] = []

    def stop(fraction: float, text: str, /) -> None:
        pid = worker.child_id()
        if pid and fraction >= 0.05:
            seen.append(pid)
            stopped.append(time.monotonic())
            raise StopNowError

    with pytest.raises(StopNowError):
        worker.analyse(SERIES, HEAD, stop)
    assert time.monotonic() - stopped[0] < 5
    assert seen
    assert _gone(seen[0])
    assert worker.child_id() is None
