"""The assistant's language model: the one that ships, the clinic's own, and which is in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget

from app.events import LanguageModelChanged
from app.pages.context import PageContext
from app.pages.intake import Intake, IntakePage
from app.pages.language_offer import OfferPanel
from app.pages.language_panel import LanguagePanel, PanelActs
from app.pages.language_wordings import WordingsCard
from app.pages.language_words import Held, may_words, name_words, size_words, status_words
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.surfaces import lay_out_again, scrolled
from app.widgets.table import Column, Table
from app.workflow import language_models
from assistant.engine.models import find_default_model
from assistant.engine.records import Offered, OwnLanguageModel
from viewer.ports import Progress

_INTAKE = Intake(
    hint="The program writes every sentence of an explanation by itself; a language model may only "
    "reword them, behind a gate. Drop a GGUF file the clinic has here. It is checked before it is "
    "loaded and stays in quarantine until you approve it.",
    only_one="Drop one model: a single GGUF file.",
    at_work="Another model is at work; wait for it, or cancel it.",
    cancelled="It was cancelled; nothing was kept of it.",
)
_TABLE_PX = 150
Work = Callable[[Progress], OwnLanguageModel]


class LanguageModelsPage(IntakePage):
    """Models and their sentences at the left, the chosen one at the right."""

    def __init__(self, context: PageContext) -> None:
        subtitle = "What may word the assistant's sentences."
        super().__init__(context, "language", "Language model", subtitle, _INTAKE)
        self._in_use = ""
        self._wanted: str | None = None
        self.choose = button(
            "Add a model…", self._choose, name="language.choose", kind="primary", icon="plus"
        )
        self.put_choices(self.choose)
        columns: tuple[Column[Held], ...] = (
            Column(
                "Status", lambda one: status_words(one)[0], 130, lambda one: status_words(one)[1]
            ),
            Column("Name", name_words),
            Column("Kind", _kind, 150),
            Column("Size", _size, 90),
            Column("For patients it", may_words, 140),
            Column("In use", self._used, 80),
        )
        self.table: Table[Held] = Table(
            columns, name="language.table", says="Language models, the newest first"
        )
        self.table.setMinimumHeight(_TABLE_PX)
        self.table.current_changed.connect(self._show_chosen)
        self.wordings = WordingsCard()
        acts = PanelActs(self._gauge, self._accept, self._approve, self._use, self._remove)
        self.panel = LanguagePanel(acts)
        self.offer = OfferPanel(self._add, self._discard)
        self._side = QStackedWidget()
        self._area = scrolled(self.panel, name="language.area")
        self._side.addWidget(self._area)
        self._side.addWidget(scrolled(self.offer, name="language.offer"))
        self.arrange(self._side, (self.table, 2), (self.wordings, 3))
        self.listen(LanguageModelChanged, lambda _: self.refresh())

    def refresh(self) -> None:
        """Read the models again."""
        session = self.context.session
        self.ask(lambda _: language_models.models(session), self._show)

    def take(self, path: Path) -> None:
        """Look at a file and ask what it does not say by itself; not while one is at work."""
        if not self.free():
            return
        session = self.context.session
        self.refusal.hide()
        self.ask(
            lambda _: language_models.look_at(session, path),
            lambda offered: self._offered(path, offered),
            lane=Lane.IO,
            failed=self.refuse,
        )

    def _show(self, models: tuple[OwnLanguageModel, ...]) -> None:
        shipped = find_default_model()
        self._in_use = next((one.id for one in models if one.in_use), "")
        held: list[Held] = [*models, *([shipped] if shipped is not None else [])]
        self.table.show_records(held, same=_key)
        wanted = self._wanted
        if wanted is None and self.table.current is None:
            wanted = self._in_use
        self._wanted = None
        rows = [number for number, one in enumerate(held) if _key(one) == wanted]
        if rows:
            self.table.selectRow(rows[0])
        self._show_chosen(self.table.current)

    def _show_chosen(self, held: Held | None) -> None:
        self._side.setCurrentIndex(0)
        self.panel.show_model(held, in_use=held is not None and self._is_used(held))
        lay_out_again(self._area)
        trial = held.trial if isinstance(held, OwnLanguageModel) else None
        self.wordings.show_wordings(trial.wordings if trial is not None else ())

    def _is_used(self, held: Held) -> bool:
        return _key(held) == self._in_use

    def _used(self, held: Held) -> str:
        return "yes" if self._is_used(held) else ""

    def _offered(self, path: Path, offered: Offered) -> None:
        self.offer.show_offer(path, offered)
        self._side.setCurrentIndex(1)

    def _discard(self) -> None:
        self._show_chosen(self.table.current)

    def _choose(self) -> None:
        self.choose_file("A language model", "Language models (*.gguf)")

    def _add(self, path: Path, licence: str, chat_format: str) -> None:
        session = self.context.session
        self._do(
            f"Adding {path.name}…",
            lambda tell: language_models.add(session, path, licence, chat_format, tell),
            "is in quarantine. Measure it and run the trial.",
            Lane.IO,
        )

    def _gauge(self, model: OwnLanguageModel) -> None:
        session, start = self.context.session, self.context.workstation.language_engine
        self._do(
            f"Measuring {model.offered.name}…",
            lambda tell: language_models.gauge(session, model.id, start, tell),
            "was measured on this machine.",
        )

    def _accept(self, model: OwnLanguageModel) -> None:
        session, station = self.context.session, self.context.workstation
        self._do(
            f"Trying {model.offered.name}…",
            lambda tell: language_models.accept(
                session, model.id, station.language_engine, tell, station.pair_reader
            ),
            "was tried. Read what it changed.",
        )

    def _do(self, begun: str, work: Work, done: str, lane: Lane = Lane.COMPUTE) -> None:
        """Do something long with a model, and say what was done."""
        self.work(begun, work, lambda model: self._finished(model, done), lane)

    def _finished(self, model: OwnLanguageModel, done: str) -> None:
        self._wanted = model.id
        self.refresh()
        self.context.navigator.banner(f"{model.offered.name} {done}", "good")

    def set_busy(self, *, busy: bool) -> None:
        """Let the buttons rest while something is at work, those of the chosen model too."""
        super().set_busy(busy=busy)
        self.panel.set_busy(busy=busy)

    def _approve(self, model: OwnLanguageModel, password: str, wording: bool) -> None:  # noqa: FBT001 - a button's answer
        session = self.context.session
        self.ask(
            lambda _: language_models.approve(session, model.id, password, wording=wording),
            lambda one: self.context.navigator.banner(f"{one.offered.name} may be used.", "good"),
            failed=self.panel.refuse,
        )

    def _use(self, held: Held) -> None:
        session = self.context.session

        def act(_progress: Progress) -> None:
            if isinstance(held, OwnLanguageModel):
                language_models.use(session, held.id)
            else:
                language_models.use_shipped(session)

        said = f"The assistant uses {name_words(held)} from now on."
        self.ask(act, lambda _: self.context.navigator.banner(said, "good"))

    def _remove(self, model: OwnLanguageModel) -> None:
        session = self.context.session
        self.ask(
            lambda _: language_models.remove(session, model.id),
            lambda one: self.context.navigator.banner(
                f"{one.offered.name} and its file are removed.", "good"
            ),
        )


def _key(held: Held) -> str:
    return held.id if isinstance(held, OwnLanguageModel) else ""


def _kind(held: Held) -> str:
    if isinstance(held, OwnLanguageModel):
        return f"{held.offered.architecture} {held.offered.quantisation}"
    return "llama Q4_1"


def _size(held: Held) -> str:
    if isinstance(held, OwnLanguageModel):
        return size_words(held.offered.bytes)
    return size_words(Path(held.path).stat().st_size)
