"""The analysis process killed in every stage, and hardly any memory: told, and the next one works.

The quick tests kill a stand-in that says what a real analysis says; the slow ones kill the real
process (``pytest -m slow tests/inference/test_killed_in_stages.py``).
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from inference.errors import WorkerLostError
from inference.models.cards import shipped_folder
from inference.pipeline import memory
from inference.pipeline.handle import Handle
from inference.pipeline.options import EngineOptions
from inference.pipeline.worker import InferenceProcess
from inference.records import RunOutcome
from tests.inference import faulty
from tests.inference.builders import head_volume, series_of

HEAD = head_volume(lesion_mm=(35.0, -20.0, 10.0))
SERIES = series_of(HEAD)
BOUNDS = EngineOptions(silence_s=20.0, start_s=20.0)


class TooLongError(Exception):
    """The harness's own patience is at its end: nothing noticed the kill."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder the process may leave marks in."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


def quiet(fraction: float, text: str, /) -> None:
    """Take progress and say nothing."""


def staged(stage: str, times: int, folder: Path) -> InferenceProcess:
    return InferenceProcess(folder, BOUNDS, serve=partial(faulty.killed_in, stage, times))


@pytest.mark.parametrize("stage", faulty.STAGES)
def test_killed_once_in_any_stage_the_analysis_is_done_in_a_second_try(
    stage: str, folder: Path
) -> None:
    process = staged(stage, 1, folder)
    assert process.analyse(SERIES, HEAD, quiet).run.reason == "batch 1 on cpu"
    process.close()


@pytest.mark.parametrize("stage", faulty.STAGES)
def test_killed_twice_in_any_stage_it_says_why_and_the_next_analysis_works(
    stage: str, folder: Path
) -> None:
    process = staged(stage, 2, folder)
    with pytest.raises(WorkerLostError, match=r"ended by the system.*it can be started again"):
        process.analyse(SERIES, HEAD, quiet)
    assert process.child_id() is None
    assert process.analyse(SERIES, HEAD, quiet).run.outcome is RunOutcome.NOTHING_SUSPECTED
    process.close()


@pytest.mark.parametrize("stage", faulty.STAGES[1:])
def test_a_program_deaf_to_the_death_of_its_child_would_be_noticed(
    stage: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deliberately broken variant: a death is taken for silence."""

    def deaf(self: Handle) -> object:
        try:
            return self._link.recv() if self._link.poll(0.05) else None
        except (EOFError, OSError):
            return None

    monkeypatch.setattr(Handle, "_hear", deaf)
    process, heard = staged(stage, 2, folder), [0.0]

    def patient(fraction: float, text: str, /) -> None:
        if text == stage and not heard[0]:
            heard[0] = time.monotonic()
        if heard[0] and time.monotonic() - heard[0] > 1:
            raise TooLongError

    with pytest.raises(TooLongError):
        process.analyse(SERIES, HEAD, patient)
    process.close()


@pytest.mark.parametrize("megabytes", [0, 1, 50, 300])
def test_with_hardly_any_memory_it_is_refused_with_figures_and_works_once_there_is_more(
    megabytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = InferenceProcess(serve=faulty.well)
    with monkeypatch.context() as short:
        short.setattr(memory, "budget_bytes", lambda _most: megabytes * memory.MIB)
        run = process.analyse(SERIES, HEAD, quiet).run
    assert run.outcome is RunOutcome.NOT_ANALYSED
    assert f"an analysis may take {megabytes} MB" in run.reason
    assert process.analyse(SERIES, HEAD, quiet).run.outcome is RunOutcome.NOTHING_SUSPECTED
    process.close()


@pytest.fixture(scope="module")
def real() -> Iterator[InferenceProcess]:
    process = InferenceProcess()
    yield process
    process.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("stage", faulty.STAGES)
def test_the_real_process_killed_in_any_stage_answers_all_the_same(
    stage: str, real: InferenceProcess
) -> None:
    real.close()
    said, killed = [], []

    def kill(fraction: float, text: str, /) -> None:
        said.append(text)
        if text == stage and not killed:
            pid = real.child_id()
            assert pid is not None
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    run = real.analyse(SERIES, HEAD, kill).run
    assert killed, f"a real analysis never said “{stage}”"
    assert run.outcome is RunOutcome.FINDINGS
    assert "trying once more" in " ".join(said)
    assert real.child_id() not in (None, *killed)
