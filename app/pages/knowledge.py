"""What the assistant quotes: shipped sources, the clinic's leaflets, and a question to try."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.events import LeafletChanged
from app.pages.context import PageContext
from app.pages.intake import Intake, IntakePage
from app.pages.knowledge_panel import LANGUAGE_WORDS, ORIGIN_WORDS, KnowledgePanel, name_of
from app.pages.knowledge_trial import TrialCard
from app.pages.wording import day
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.table import Column, Table
from app.workflow import knowledge
from app.workflow.knowledge import Holdings, Source
from assistant.leaflets.reading import ReadLeaflet
from assistant.records import Leaflet, Origin, Passage

Held = Source | Leaflet

_INTAKE = Intake(
    hint="The assistant answers from a patient's report and from these texts, word for word, each "
    "with its source. Drop a leaflet of the clinic here (PDF or plain text): it is quoted as "
    "yours.",
    only_one="Drop one leaflet at a time: each is looked at before it is used.",
    at_work="Another leaflet is being read; wait for it, or cancel it.",
    cancelled="The reading was cancelled; nothing was kept.",
)


class KnowledgePage(IntakePage):
    """Sources at the left with a place to drop a leaflet, the chosen one at the right."""

    def __init__(self, context: PageContext) -> None:
        subtitle = "What the assistant may quote."
        super().__init__(context, "knowledge", "Knowledge", subtitle, _INTAKE)
        self._added_now = False
        self.choose = button(
            "Add a leaflet…", self._choose, name="knowledge.choose", kind="primary", icon="plus"
        )
        self.put_choices(self.choose)
        columns: tuple[Column[Held], ...] = (
            Column("From", lambda one: ORIGIN_WORDS[_origin(one)][0], 130, _tone),
            Column("Source or title", _name),
            Column("Language", lambda one: LANGUAGE_WORDS.get(one.language, one.language), 90),
            Column("Date", _date, 110),
            Column("Pieces", lambda one: str(_count(one)), 70),
        )
        self.table: Table[Held] = Table(
            columns, name="knowledge.table", says="Sources of what is quoted, leaflets first"
        )
        self.table.current_changed.connect(self._show_chosen)
        self.panel = KnowledgePanel(self._add, self._discard, self._remove)
        self.trial = TrialCard(self._try)
        self._left = self.arrange(self.panel, (self.table, 3), (self.trial, 0))
        self.listen(LeafletChanged, lambda _: self.refresh())

    def refresh(self) -> None:
        """Read the sources again."""
        session = self.context.session
        self.ask(lambda _: knowledge.holdings(session), self._show)

    def take(self, path: Path) -> None:
        """Read a leaflet and show what it would add."""
        session = self.context.session
        self.work(
            "Reading the leaflet…",
            lambda progress: knowledge.preview(session, path, progress),
            self._read,
            Lane.IO,
        )

    def _show(self, found: Holdings) -> None:
        held: Sequence[Held] = (*found.leaflets, *found.sources)
        self.table.show_records(held, same=_key)
        if self._added_now:
            self._added_now = False
            self.table.selectRow(0)

    def _show_chosen(self, one: Held | None) -> None:
        if isinstance(one, Leaflet):
            self.panel.show_leaflet(one)
        elif one is not None:
            self.panel.show_source(one)
        else:
            self.panel.show_nothing()

    def _choose(self) -> None:
        self.choose_file("A leaflet of the clinic", "Leaflets (*.pdf *.txt *.md)")

    def _read(self, found: ReadLeaflet) -> None:
        self.table.clearSelection()
        self.panel.show_preview(found)

    def _discard(self) -> None:
        self._show_chosen(self.table.current)

    def _add(self, read: ReadLeaflet, title: str, language: str) -> None:
        session, library = self.context.session, self.context.workstation.library
        self.panel.add.setEnabled(False)
        self.ask(
            lambda _: knowledge.add(session, library, read, title, language),
            self._added,
            lane=Lane.COMPUTE,
            failed=self.panel.refuse,
        )

    def _added(self, leaflet: Leaflet) -> None:
        self._added_now = True
        self.refresh()
        self.context.navigator.banner(
            f"“{leaflet.title}” is quoted from now on, as a leaflet of this clinic.", "good"
        )

    def _remove(self, leaflet: Leaflet) -> None:
        session = self.context.session
        self.ask(
            lambda _: knowledge.remove(session, leaflet.id),
            lambda _: self._removed(leaflet),
        )

    def _removed(self, leaflet: Leaflet) -> None:
        self.panel.show_nothing()
        self.context.navigator.banner(
            f"“{leaflet.title}” is removed with its text and no longer quoted.", "good"
        )

    def _try(self, text: str, language: str) -> None:
        session, library = self.context.session, self.context.workstation.library
        self.ask(
            lambda _: knowledge.try_question(session, library, text, language),
            self._tried,
            lane=Lane.COMPUTE,
        )

    def _tried(self, found: tuple[Passage, ...]) -> None:
        self.trial.show_found(found)
        self._left.setStretchFactor(self.trial, 2 if found else 0)


def _origin(one: Held) -> Origin:
    return Origin.CLINIC if isinstance(one, Leaflet) else one.origin


def _tone(one: Held) -> str:
    return ORIGIN_WORDS[_origin(one)][1]


def _name(one: Held) -> str:
    return one.title if isinstance(one, Leaflet) else name_of(one)


def _key(one: Held) -> str:
    return one.id if isinstance(one, Leaflet) else f"{one.name} {one.language}"


def _date(one: Held) -> str:
    if isinstance(one, Leaflet):
        return day(one.added_at.date())
    return one.date.replace("/", "-")


def _count(one: Held) -> int:
    if isinstance(one, Leaflet):
        return sum(not piece.held_back for piece in one.extracts)
    return len(one.passages)
