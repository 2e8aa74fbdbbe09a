"""Whatever befalls the analysis process, the program goes on and says what happened.

The process is killed, crashes, hangs or takes memory without end; a broken watch is put in its
place to show that these tests would notice.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inference.errors import (
    AnalysisFailedError,
    InferenceError,
    WorkerGreedyError,
    WorkerLostError,
    WorkerSilentError,
)
from inference.models.cards import shipped_folder
from inference.pipeline.handle import Handle, Serve
from inference.pipeline.memory import private_bytes
from inference.pipeline.messages import Done, Job
from inference.pipeline.options import EngineOptions
from inference.pipeline.subject import Served
from inference.pipeline.worker import InferenceProcess
from inference.records import RunOutcome
from tests.inference import faulty
from tests.inference.builders import head_volume, series_of

HEAD = head_volume(shape=(20, 124, 102))
SERIES = series_of(HEAD)
IMPATIENT = EngineOptions(silence_s=1.5)
FRUGAL = EngineOptions(memory_mb=600)


class TooLongError(Exception):
    """The harness's own patience is at its end: nothing ended the process."""


def outcome_of(process: InferenceProcess, patience_s: float) -> Exception | str:
    """What one analysis comes to: its reason, its error, or TooLongError."""
    began = time.monotonic()

    def patient(fraction: float, text: str, /) -> None:
        if time.monotonic() - began > patience_s:
            raise TooLongError

    try:
        return process.analyse(SERIES, HEAD, patient).run.reason
    except (InferenceError, TooLongError) as error:
        return error
    finally:
        process.close()


def faulty_process(serve: Serve, folder: Path | None = None) -> InferenceProcess:
    options = FRUGAL if serve is faulty.greedy else IMPATIENT
    return InferenceProcess(folder, options, serve=serve)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder the process may leave a mark in."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


@pytest.mark.parametrize(
    ("serve", "error", "words"),
    [
        (faulty.killed, WorkerLostError, "ended by the system, perhaps for want of memory"),
        (faulty.crashes, WorkerLostError, "crashed \\(SIGSEGV\\)"),
        (faulty.hangs, WorkerSilentError, "no sign of progress"),
        (faulty.greedy, WorkerGreedyError, "more than the 600 MB it may"),
        (faulty.at_fault, AnalysisFailedError, "fault of the program"),
    ],
)
def test_what_befell_the_process_is_told_in_words(
    serve: Serve, error: type[Exception], words: str
) -> None:
    told = outcome_of(faulty_process(serve), patience_s=60)
    assert type(told) is error, told
    with pytest.raises(error, match=words):
        raise told


@pytest.mark.parametrize("serve", [faulty.killed_once, faulty.hung_once])
def test_a_lost_analysis_is_tried_once_more_with_less_at_a_time(serve: Serve, folder: Path) -> None:
    assert outcome_of(faulty_process(serve, folder), patience_s=60) == "batch 1 on cpu"


def test_after_the_careful_second_try_the_next_analysis_runs_as_usual(folder: Path) -> None:
    process = faulty_process(faulty.killed_once, folder)
    assert process.analyse(SERIES, HEAD, _quiet).run.reason == "batch 1 on cpu"
    careful = process.child_id()
    assert process.analyse(SERIES, HEAD, _quiet).run.reason == "batch 16 on auto"
    usual = process.child_id()
    assert process.analyse(SERIES, HEAD, _quiet).run.reason == "batch 16 on auto"
    assert process.child_id() == usual != careful
    process.close()


def test_a_process_that_never_gets_ready_is_ended_too() -> None:
    options = EngineOptions(start_s=0.5)
    told = outcome_of(InferenceProcess(options=options, serve=faulty.never_ready), patience_s=60)
    assert isinstance(told, WorkerSilentError)


def test_the_program_itself_takes_no_memory_while_the_process_does() -> None:
    before = private_bytes() or 0
    assert isinstance(outcome_of(faulty_process(faulty.greedy), 60), WorkerGreedyError)
    assert (private_bytes() or 0) - before < 64 << 20


def test_a_refusal_needs_no_process_where_the_series_cannot_fit() -> None:
    process = InferenceProcess(options=EngineOptions(memory_mb=10), serve=faulty.well)
    run = process.analyse(SERIES, HEAD, _quiet).run
    assert run.outcome is RunOutcome.NOT_ANALYSED
    assert "MB of memory and an analysis may take 10 MB" in run.reason
    assert process.child_id() is None


def test_a_full_shared_memory_is_a_refusal_and_not_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(handle: int, offset: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    process = InferenceProcess(serve=faulty.well)
    run = process.analyse(SERIES, HEAD, _quiet).run
    process.close()
    assert run.outcome is RunOutcome.NOT_ANALYSED
    assert "shared memory" in run.reason


def test_closing_ends_a_running_analysis_and_starts_no_other() -> None:
    process = InferenceProcess(serve=faulty.hangs)

    def close(fraction: float, text: str, /) -> None:
        if fraction >= 0.2:
            process.close()

    with pytest.raises(WorkerLostError, match="as the program closes"):
        process.analyse(SERIES, HEAD, close)
    assert process.child_id() is None


@pytest.mark.parametrize("serve", [faulty.hangs, faulty.greedy])
def test_a_watch_that_never_looks_would_be_noticed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handle, "_watch", lambda self: None)
    assert isinstance(outcome_of(faulty_process(serve), patience_s=4), TooLongError)


def test_a_program_that_does_not_try_again_would_be_noticed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once(
        self: InferenceProcess, served: Served, job: Job, progress: Callable[..., None]
    ) -> Done:
        return self._converse(served, job, self._options, progress, Done)

    monkeypatch.setattr(InferenceProcess, "_once_more_if_lost", once)
    told = outcome_of(faulty_process(faulty.killed_once, folder), patience_s=60)
    assert isinstance(told, WorkerLostError)


def _quiet(fraction: float, text: str, /) -> None:
    return None
