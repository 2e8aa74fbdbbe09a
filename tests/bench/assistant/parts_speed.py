"""Parts of the bench by the clock: the router, first words, tokens, and the window's pauses."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from assistant.engine.models import find_default_model
from assistant.records import ModelProfile
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
    return [*rows, *_rates(assistant, profile), _pauses(assistant)]


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
        if not assistant.emergency(text, language) and not assistant.refuses(text, language):
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
            "first words: small talk, worded by the model behind the gate",
            chats,
            most=2000,
        ),
    ]


def _rates(assistant: Assistant, profile: ModelProfile) -> list[Row]:
    """Tokens per second of the engine and of llama.cpp itself, in turn, on the same prompt."""
    ours, raw, first = [], [], []
    bare = _bare(profile)
    for _ in range(_ROUNDS):
        rate, begun = _ours(assistant)
        ours.append(rate)
        first.append(begun)
        raw.append(bare())
    part = statistics.median(ours) / statistics.median(raw)
    beside = f"{statistics.median(ours):.1f} against {statistics.median(raw):.1f} tokens/s"
    figure = f"{beside} = {part:.1%} (median of {_ROUNDS})"
    return [
        Row(
            "speed", "tokens/s of the engine against raw llama.cpp", figure, ">= 95 %", part >= 0.95
        ),
        scoring.times("speed", "first token of the engine, prompt warm", first[1:], most=2000),
    ]


def _ours(assistant: Assistant) -> tuple[float, float]:
    """Tokens a second between first and last token, and ms to the first."""
    came: list[float] = []

    def hear(token: str) -> None:
        if token:
            came.append(time.perf_counter())

    started = time.perf_counter()
    assert assistant.model is not None
    assistant.model.complete(_PROMPT, max_tokens=_TOKENS, on_token=hear)
    usage = getattr(assistant.model, "usage", None)
    rate = getattr(usage, "tokens_per_second", None)
    if rate is None:
        rate = (len(came) - 1) / (came[-1] - came[0])
    return float(rate), 1e3 * (came[0] - started)


def _bare(profile: ModelProfile) -> Callable[[], float]:
    """Llama.cpp as its binding gives it, with the number of threads the engine takes."""
    import llama_cpp  # noqa: PLC0415 - only this part needs it, and it takes a second

    from assistant.engine import worker  # noqa: PLC0415

    threads = getattr(worker, "threads", lambda: 1)()
    llama = llama_cpp.Llama(
        profile.path, n_ctx=profile.n_ctx, n_threads=threads, seed=1, verbose=False
    )

    def run() -> float:
        llama.reset()
        came = [
            time.perf_counter()
            for part in llama.create_chat_completion(
                [{"role": role, "content": text} for role, text in _PROMPT],
                max_tokens=_TOKENS,
                temperature=0.0,
                stream=True,
            )
            if part["choices"][0]["delta"].get("content")
        ]
        return (len(came) - 1) / (came[-1] - came[0])

    return run


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
