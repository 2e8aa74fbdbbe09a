"""The engine against plain llama.cpp in the same run, cancelling, first words and the window.

The figures are printed (pytest -s, or the report of ``make bench``).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from assistant.engine.llama import LlamaProcess
from assistant.engine.models import find_default_model
from tests.assistant.test_engine_prompt import REPORT, Asker, StopNowError, about, quietly
from tests.bench import token_rates
from tests.bench.clock import load_average, p95
from tests.bench.heart import Heart

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LEAST_RATIO = 0.95
MOST_CANCEL_S = 0.15
MOST_FIRST_S = 2.0
MOST_GAP_MS = 100.0
LONG = REPORT * 5


@pytest.fixture
def engine() -> Iterator[LlamaProcess]:
    profile = find_default_model()
    assert profile is not None
    made = LlamaProcess(profile)
    made.complete(about("Answer.", "Hello."), max_tokens=1, on_token=quietly)
    yield made
    made.close()


def say(text: str) -> None:
    sys.stdout.write(f"\n{text}; load {load_average():.1f}\n")


def test_the_engine_reads_and_writes_as_fast_as_plain_llama_cpp(engine: LlamaProcess) -> None:
    profile = find_default_model()
    assert profile is not None
    ours, plain = token_rates.measured(engine, profile)
    for what, mine, theirs in (
        ("reading", ours.reading, plain.reading),
        ("writing", ours.writing, plain.writing),
    ):
        say(f"{what}: {mine:.1f} tokens/s, plain {theirs:.1f}, ratio {mine / theirs:.3f}")
        assert mine >= LEAST_RATIO * theirs, what


def test_a_cancel_stops_within_150_ms_while_reading_and_while_writing(
    engine: LlamaProcess,
) -> None:
    taken: dict[str, list[float]] = {"reading": [], "writing": []}
    for number in range(10):
        for what, waits_for_text in (("reading", False), ("writing", True)):
            raised = 0.0

            def stop(token: str, wanted: bool = waits_for_text) -> None:
                nonlocal raised
                if bool(token) is wanted:
                    raised = time.perf_counter()
                    raise StopNowError

            report = f"{number} {LONG * (1 if waits_for_text else 3)}"
            messages = about(report[:2000] if waits_for_text else report, token_rates.ASKED)
            with pytest.raises(StopNowError):
                engine.complete(messages, max_tokens=200, on_token=stop)
            taken[what].append(time.perf_counter() - raised)
            assert engine._child.living is not None, "it stopped; it was not killed"
    for what, seconds in taken.items():
        say(f"cancelled while {what}: p95 {1e3 * p95(seconds):.0f} ms, most "
            f"{1e3 * max(seconds):.0f} ms")  # fmt: skip
        assert max(seconds) <= MOST_CANCEL_S


def test_first_words_come_within_2_s_and_the_window_answers_within_100_ms(
    engine: LlamaProcess, qtbot: QtBot
) -> None:
    engine.complete(about(REPORT, "Why?"), max_tokens=1, on_token=quietly)  # the report is read
    gaps, firsts = [], []
    for _ in range(5):
        asker, heart = Asker(engine), Heart()
        with qtbot.waitSignal(asker.finished, timeout=60_000):
            heart.begin()
            asker.start()
        gaps.append(heart.end())
        firsts.append(asker.first_s)
        asker.wait()
    say(f"window's longest pause {max(gaps):.0f} ms; first words after {max(firsts):.2f} s")
    assert max(gaps) <= MOST_GAP_MS
    assert max(firsts) <= MOST_FIRST_S
