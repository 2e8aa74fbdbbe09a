"""One analysis at a time: what somebody waits for goes first, and waiting can be given up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from inference.pipeline.turns import Turns
from inference.pipeline.worker import InferenceProcess
from inference.ports import Priority
from tests.inference import faulty
from tests.inference.builders import head_volume, series_of


class GivenUpError(Exception):
    """Raised by the progress of a job that is cancelled."""


class Desk:
    """Threads that want a turn; each takes it, notes its name, and leaves when told."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.order: list[str] = []
        self.given_up: list[str] = []
        self.release = threading.Event()
        self._threads: list[threading.Thread] = []

    def queue(self, name: str, priority: Priority, stop: threading.Event | None = None) -> None:
        """Let a thread queue, and come back once it really waits."""
        before = self.turns.waiting

        def progress(fraction: float, text: str, /) -> None:
            if stop is not None and stop.is_set():
                raise GivenUpError

        def work() -> None:
            try:
                with self.turns.turn(priority, progress):
                    self.order.append(name)
            except GivenUpError:
                self.given_up.append(name)

        self._start(work)
        wait_until(lambda: self.turns.waiting == before + 1)

    def occupy(self) -> None:
        """Let a thread have the turn until ``release`` is set."""
        inside = threading.Event()

        def work() -> None:
            with self.turns.turn(Priority.BACKGROUND, _quiet):
                inside.set()
                self.release.wait()

        self._start(work)
        assert inside.wait(10)

    def finish(self) -> list[str]:
        """Let everybody go and return the order in which they went."""
        self.release.set()
        for thread in self._threads:
            thread.join(10)
        return self.order

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work)
        thread.start()
        self._threads.append(thread)


def wait_until(true: Callable[[], bool]) -> None:
    done = threading.Event()
    for _ in range(2000):
        if true():
            return
        done.wait(0.005)
    raise AssertionError("it did not come to pass in ten seconds")


def _quiet(fraction: float, text: str, /) -> None:
    return None


@pytest.fixture
def desk() -> Iterator[Desk]:
    busy = Desk()
    busy.occupy()
    yield busy
    busy.finish()


def test_a_series_somebody_waits_for_goes_before_those_in_the_background(desk: Desk) -> None:
    desk.queue("first in the background", Priority.BACKGROUND)
    desk.queue("second in the background", Priority.BACKGROUND)
    desk.queue("on the screen", Priority.INTERACTIVE)
    desk.queue("also on the screen", Priority.INTERACTIVE)
    assert desk.finish() == [
        "on the screen",
        "also on the screen",
        "first in the background",
        "second in the background",
    ]


def test_whoever_gives_up_waiting_leaves_the_others_their_places(desk: Desk) -> None:
    stop = threading.Event()
    desk.queue("patient", Priority.INTERACTIVE)
    desk.queue("impatient", Priority.INTERACTIVE, stop)
    desk.queue("last", Priority.INTERACTIVE)
    stop.set()
    wait_until(lambda: desk.given_up == ["impatient"])
    assert desk.order == []
    assert desk.finish() == ["patient", "last"]


def test_waiting_tells_how_many_come_first(desk: Desk) -> None:
    told: list[str] = []
    desk.queue("before", Priority.INTERACTIVE)

    def listen(fraction: float, text: str, /) -> None:
        told.append(text)
        raise GivenUpError

    with pytest.raises(GivenUpError), desk.turns.turn(Priority.BACKGROUND, listen):
        pass
    assert told == ["waiting for 2 analyses before this one"]


def test_a_turn_that_ends_in_an_error_is_passed_on() -> None:
    turns = Turns()
    with pytest.raises(GivenUpError), turns.turn(Priority.INTERACTIVE, _quiet):
        raise GivenUpError
    with turns.turn(Priority.BACKGROUND, _quiet):
        assert turns.waiting == 0


def test_cancelling_a_queued_analysis_does_not_touch_the_running_one() -> None:
    process = InferenceProcess(serve=faulty.hangs)
    head = head_volume(shape=(20, 124, 102))
    series = series_of(head)
    running, stop = threading.Event(), threading.Event()
    ended: list[str] = []

    def run() -> None:
        def progress(fraction: float, text: str, /) -> None:
            if fraction >= 0.2:
                running.set()
            if stop.is_set():
                raise GivenUpError

        try:
            process.analyse(series, head, progress)
        except GivenUpError:
            ended.append("running")

    thread = threading.Thread(target=run)
    thread.start()
    assert running.wait(60)
    child = process.child_id()

    def impatient(fraction: float, text: str, /) -> None:
        if "waiting" in text:
            raise GivenUpError

    with pytest.raises(GivenUpError):
        process.analyse(series, head, impatient)
    assert process.child_id() == child is not None
    assert ended == []
    stop.set()
    thread.join(10)
    assert ended == ["running"]
    assert process.child_id() is None
