"""Parts of the bench by the clock: the router, first words, tokens, and the window's pauses."""

from __future__ import annotations

import threading
import time

from PySide6.QtWidgets import QApplication

from assistant.engine.llama import LlamaProcess
from assistant.engine.models import find_default_model
from assistant.guarding.red_flags import Verdict
from assistant.records import ModelProfile
from tests.bench import token_rates
from tests.bench.assistant import data, scoring
from tests.bench.assistant.driver import Assistant
from tests.bench.assistant.scoring import Row
from tests.bench.heart import Heart

_PROMPT = (
    ("system", "You are the friendly assistant of a clinic."),
    ("user", "Please tell me a long story about a quiet harbour, with many ships and people."),
)
_TOKENS = 96
_ROUNDS = 5


def speed(assistant: Assistant) -> list[Row]:
    """Every time and rate; what needs an absent model says that it was not measured."""
    rows = [*_router(assistant), *_replies(assistant)]
    profile = find_default_model()
    if assistant.model is None or profile is None:
        return [
            *rows,
            Row("speed", "language model", "not installed: not measured", "present", False),
        ]
    return [*rows, *_rates(assistant.model, profile), _pauses(assistant)]


def _router(assistant: Assistant) -> list[Row]:
    """Emergency, scope and intent of messages never asked before, the embedder warm."""
    messages = [
        (one["text"], one["language"])
        for name in ("questions", "scheduling")
        for one in data.rows(name)
    ]
    assistant.route("one to begin with", "en")
    if assistant.embedder is not None:
        assistant.embedder.forget()
        assistant.route("one to begin with again", "en")
    taken = []
    for text, language in messages:
        started = time.perf_counter()
        calm = assistant.emergency(text, language) is Verdict.NONE
        if calm and not assistant.refuses(text, language):
            assistant.route(text, language)
        taken.append(1e3 * (time.perf_counter() - started))
    return [
        scoring.times("speed", "router: emergency, scope and intent of one message", taken, most=50)
    ]


def _replies(assistant: Assistant) -> list[Row]:
    """From the message to the first words that may be shown, over every question of the set."""
    taken, chats = [], []
    for row in data.rows("questions"):
        report = data.reports()[row["report"]]
        started = time.perf_counter()
        assistant.ask(row["text"], report, row["language"])
        (chats if row["kind"] == "small_talk" else taken).append(
            1e3 * (time.perf_counter() - started)
        )
    return [
        scoring.times("speed", "first words: question to complete reply", taken, most=2000),
        scoring.times(
            "speed",
            "first words: small talk",
            chats,
            most=2000,
        ),
    ]


def _rates(engine: LlamaProcess, profile: ModelProfile) -> list[Row]:
    """Tokens a second of the engine and of llama.cpp itself; the wait for the first token."""
    ours, raw = token_rates.measured(engine, profile)
    return [
        _rate("reading", ours.reading, raw.reading),
        _rate("writing", ours.writing, raw.writing),
        scoring.times(
            "speed", "first token of the engine, prompt warm", _firsts(engine), most=2000
        ),
    ]


def _rate(what: str, ours: float, raw: float) -> Row:
    part = ours / raw
    figure = f"{ours:.1f} against {raw:.1f} tokens/s = {part:.1%} (best of {token_rates.ROUNDS})"
    label = f"tokens/s of the engine {what}, against raw llama.cpp"
    return Row("speed", label, figure, ">= 95 %", part >= 0.95)


def _firsts(engine: LlamaProcess) -> list[float]:
    """Milliseconds to the first token of a prompt that was read before."""
    return [_first(engine) for _ in range(_ROUNDS + 1)][1:]


def _first(engine: LlamaProcess) -> float:
    heard = began = time.perf_counter()

    def hear(token: str) -> None:
        nonlocal heard
        if token:
            heard = time.perf_counter()

    engine.complete(_PROMPT, max_tokens=1, on_token=hear)
    return 1e3 * (heard - began)


def _pauses(assistant: Assistant) -> Row:
    """The longest pause of a window's event loop while the model writes."""
    qt = QApplication.instance() or QApplication([])
    heart = Heart()
    done = threading.Event()
    tokens = 0

    def write() -> None:
        nonlocal tokens

        def hear(token: str) -> None:
            nonlocal tokens
            tokens += bool(token)

        assert assistant.model is not None
        try:
            assistant.model.complete(_PROMPT, max_tokens=_TOKENS, on_token=hear)
        finally:
            done.set()

    lane = threading.Thread(target=write)
    heart.begin()
    lane.start()
    while not done.is_set():
        qt.processEvents()
    longest = heart.end()
    lane.join()
    figure = f"{longest:.0f} ms while {tokens} pieces came"
    return Row(
        "speed",
        "longest pause of the event loop while the model writes",
        figure,
        "<= 100 ms",
        tokens > 0 and longest <= 100,
    )
