"""The assistant as the bench calls it: the real pieces, put together as the program does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from assistant.conversation import Room, reply
from assistant.drafting.explanation import explain
from assistant.engine.embedding import EmbeddingProcess
from assistant.engine.llama import LlamaProcess
from assistant.engine.minilm import find_minilm
from assistant.engine.models import find_default_model
from assistant.guarding.gate import faithful
from assistant.guarding.red_flags import Verdict
from assistant.guarding.routing import Routed
from assistant.knowledge.library import Library
from assistant.ports import PassageFinder
from assistant.records import Explanation, Reply, Report, Turn
from assistant.tools.booking import read_wish
from assistant.understanding import intent_of, refused, verdict_of
from assistant.wishes import VisitKind
from scheduling.records import Appointment, AppointmentStatus, Practitioner, Slot
from tests.bench.assistant import data
from tests.bench.assistant.slots import Read

HALF = timedelta(minutes=30)
ZONE = "Europe/Berlin"
NOW = datetime(2027, 3, 10, 10, 15, tzinfo=ZoneInfo(ZONE))
HOME = Path(__file__).resolve().parents[3] / "var" / "bench-assistant" / "models"


class Desk:
    """The eight doctors of the set, free every half hour by day, and two visits of one's own."""

    def __init__(self) -> None:
        self._people = tuple(
            Practitioner(f"d{n}", f"Dr. {one['given']} {one['surname']}", one["specialty"], ZONE)
            for n, one in enumerate(data.rows("practitioners"), 1)
        )

    def practitioners(self) -> tuple[Practitioner, ...]:
        return self._people

    def visits(self) -> tuple[Appointment, ...]:
        return tuple(self._visit(n, day) for n, day in enumerate((9, 23), 1))

    def _visit(self, number: int, day: int) -> Appointment:
        starts = NOW.replace(month=4, day=day, minute=0).astimezone(UTC)
        booked = AppointmentStatus.BOOKED
        return Appointment(
            f"v{number}", "p1", f"d{number}", starts, starts + HALF, booked, "p1", starts
        )

    def kinds(self) -> tuple[VisitKind, ...]:
        return ()

    def free(
        self,
        practitioner_ids: frozenset[str],
        after: datetime,
        until: datetime | None,
        limit: int,
        *,
        kind_id: str = "",
    ) -> tuple[Slot, ...]:
        who = sorted(practitioner_ids) or [one.id for one in self._people]
        day = after.replace(hour=7, minute=0, second=0, microsecond=0)
        starts = (day + timedelta(days=n // 24, minutes=30 * (n % 24)) for n in range(24 * 120))
        fitting = (one for one in starts if one > after and (until is None or one < until))
        slots = (
            Slot(one, one + HALF, person, visit_type_id=kind_id)
            for one in fitting
            for person in who
        )
        return tuple(islice(slots, limit))


@dataclass
class Assistant:
    """All pieces with what they need; an absent model is None, and the figures say so."""

    embedder: EmbeddingProcess | None
    model: LlamaProcess | None
    library: Library

    def explain(self, report: Report, language: str) -> Explanation:
        return explain(report, language=language)

    def ask(
        self,
        text: str,
        report: Report | None,
        language: str,
        history: Sequence[Turn] = (),
        find: PassageFinder | None = None,
    ) -> Reply:
        room = Room(
            report,
            Desk(),
            NOW,
            model=self.model,
            language=language,
            embedder=self.embedder,
            find=find or self.library.finder(()),
        )
        return reply(text, room, history=history)

    def emergency(self, text: str, language: str) -> Verdict:
        return verdict_of(text, language=language, embedder=self.embedder)

    def refuses(self, text: str, language: str) -> bool:
        return refused(text, language=language, embedder=self.embedder) is not None

    def route(self, text: str, language: str) -> Routed:
        return intent_of(text, language=language, embedder=self.embedder)

    def wish(self, text: str, language: str) -> Read:
        who = Desk().practitioners()
        wish = read_wish(text, NOW, language=language, practitioners=who)
        when = wish.when
        if when is None or (when.last is None and when.first <= NOW.date()):
            first = last = None
        else:
            first, last = when.first, _last_day(when.first, when.last, when.weekdays)
        earliest, latest = (when.earliest, when.latest) if when else (None, None)
        return Read(first, last, earliest, latest, wish.practitioner_name, wish.specialty)

    def faithful(self, source: str, candidate: str, language: str) -> bool:
        return faithful(source, candidate, language=language, reader=self.embedder)[0]


def _last_day(first: date, last: date | None, weekdays: frozenset[int]) -> date | None:
    """The last day of a wish that its weekdays leave."""
    while last is not None and weekdays and last.weekday() not in weekdays and last > first:
        last -= timedelta(days=1)
    return last


@contextmanager
def assistant(*, with_models: bool = True) -> Iterator[Assistant]:
    """The assistant with its real models where they are installed; their processes end with it."""
    HOME.mkdir(parents=True, exist_ok=True)
    embedder = EmbeddingProcess(HOME) if with_models and find_minilm() else None
    profile = find_default_model() if with_models else None
    model = LlamaProcess(profile) if profile else None
    try:
        yield Assistant(embedder, model, Library(lambda: embedder))
    finally:
        for one in (embedder, model):
            if one is not None:
                one.close()
