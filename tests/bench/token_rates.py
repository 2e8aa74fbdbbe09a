"""Tokens a second of the engine beside plain llama.cpp, in turns in one run."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.child import Child
from assistant.engine.llama import LlamaProcess
from assistant.engine.worker import threads
from assistant.records import ModelProfile
from tests.bench import raw_llama

READ = (
    "FINDINGS: There is a lesion of 34 mm in the right frontal lobe with swelling around it. The "
    "ventricles are of normal width. There is no bleeding. The sinuses are clear. "
) * 8
ASKED = "Write a long story about a village by the sea and the people who live there."
WRITTEN = 96
ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Rate:
    """Tokens read and written in a second."""

    reading: float
    writing: float


def best_of(rates: list[Rate]) -> Rate:
    """The fastest of each: whatever else a machine does only ever takes away."""
    return Rate(max(one.reading for one in rates), max(one.writing for one in rates))


def measured(engine: LlamaProcess, profile: ModelProfile) -> tuple[Rate, Rate]:
    """Best rates of the engine and of plain llama.cpp, each reading the same words anew."""
    raw = Child()
    pipe = raw.start(raw_llama.run, profile.path, profile.n_ctx, threads(), name="raw-llama")
    assert pipe.recv() == "ready"
    ours, theirs = [], []
    try:
        for number in range(ROUNDS):
            pipe.send((f"{number} {READ} {ASKED}", WRITTEN))
            theirs.append(Rate(*pipe.recv()))
            ours.append(_of_engine(engine, f"{number} {READ}"))
    finally:
        raw.end()
    return best_of(ours), best_of(theirs)


def _of_engine(engine: LlamaProcess, text: str) -> Rate:
    engine.complete(
        (("system", text), ("user", ASKED)), max_tokens=WRITTEN, on_token=lambda _text: None
    )
    usage = engine.usage
    assert usage is not None
    assert usage.reused_tokens == 0
    assert usage.answer_tokens >= WRITTEN // 2
    return Rate(usage.read_per_s, usage.written_per_s)
