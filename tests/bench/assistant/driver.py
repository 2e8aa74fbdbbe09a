"""The assistant as the bench calls it: the real pieces, put together as the program does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant import conversation
from assistant.drafting import explanation
from assistant.engine.embedding import EmbeddingProcess
from assistant.engine.llama import LlamaProcess
from assistant.engine.minilm import find_minilm
from assistant.engine.models import find_default_model
from assistant.guarding import gate, red_flags, routing, scope
from assistant.records import Explanation, Reply, Report, Turn
from assistant.tools import booking
from scheduling.records import Slot
from tests.bench.assistant.slots import Read

NOW = datetime.fromisoformat("2027-03-10T10:15:00+01:00")
HOME = Path(__file__).resolve().parents[3] / "var" / "bench-assistant" / "models"


@dataclass
class Slots:
    """A finder of free times that has one every day at nine, and counts how often it is asked."""

    asked: int = 0

    def __call__(
        self, specialty: str, practitioner: str, after: datetime, limit: int
    ) -> tuple[Slot, ...]:
        self.asked += 1
        first = after.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
        days = (first + timedelta(days=n) for n in range(limit))
        return tuple(Slot(day, day + timedelta(minutes=30), "p1") for day in days)


@dataclass
class Assistant:
    """All pieces with what they need; an absent model is None, and the figures say so."""

    embedder: EmbeddingProcess | None
    model: LlamaProcess | None

    def explain(self, report: Report, language: str) -> Explanation:
        return _call(explanation.explain, report, language=language)

    def ask(
        self, text: str, report: Report | None, language: str, history: Sequence[Turn] = ()
    ) -> Reply:
        return _call(
            conversation.reply,
            text,
            history=history,
            report=report,
            find_slots=Slots(),
            model=self.model,
            now=NOW,
            language=language,
            embedder=self.embedder,
        )

    def emergency(self, text: str, language: str) -> bool:
        if not hasattr(red_flags, "emergency"):
            return red_flags.is_emergency(text)
        return bool(red_flags.emergency(text, language=language, embedder=self.embedder))

    def refuses(self, text: str, language: str) -> bool:
        return _call(scope.out_of_scope, text, language=language) is not None

    def route(self, text: str, language: str) -> Any:
        return _call(routing.route, text, language=language, embedder=self.embedder)

    def wish(self, text: str, language: str) -> Read:
        wish = _call(booking.read_wish, text, NOW, language=language)
        when = wish.when
        if when is None or (when.last is None and when.first <= NOW.date()):
            first = last = None
        else:
            first, last = when.first, _last_day(when.first, when.last, when.weekdays)
        earliest, latest = (when.earliest, when.latest) if when else (None, None)
        return Read(first, last, earliest, latest, wish.practitioner_name, wish.specialty)

    def faithful(self, source: str, candidate: str, language: str) -> bool:
        return bool(_call(gate.faithful, source, candidate, language=language)[0])


def _last_day(first: date, last: date | None, weekdays: frozenset[int]) -> date | None:
    """The last day of a wish that its weekdays leave."""
    while last is not None and weekdays and last.weekday() not in weekdays and last > first:
        last -= timedelta(days=1)
    return last


def _call(function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Call with what the function takes; a name it does not know is left out."""
    takes = inspect.signature(function).parameters
    return function(*given, **{name: value for name, value in named.items() if name in takes})


@contextmanager
def assistant(*, with_models: bool = True) -> Iterator[Assistant]:
    """The assistant with its real models where they are installed; their processes end with it."""
    HOME.mkdir(parents=True, exist_ok=True)
    embedder = EmbeddingProcess(HOME) if with_models and find_minilm() else None
    profile = find_default_model() if with_models else None
    model = LlamaProcess(profile) if profile else None
    try:
        yield Assistant(embedder, model)
    finally:
        for one in (embedder, model):
            if one is not None:
                one.close()
