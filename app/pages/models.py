"""A clinic's own models: taken in, looked at, approved, withdrawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout

from app.events import OwnModelChanged
from app.pages.context import PageContext
from app.pages.model_panel import STATUS_WORDS, ModelPanel
from app.pages.page import Page
from app.pages.wording import day
from app.tasks import Lane, Task
from app.widgets.buttons import button
from app.widgets.messages import ProgressRow
from app.widgets.surfaces import Card, DropZone, lay_out_again, scrolled
from app.widgets.table import Column, Table
from app.widgets.text import label
from app.workflow import own_models
from inference.models.own.records import Container, OwnModel

_HINT = (
    "Drop a folder or a zip with card.json and its weights (safetensors or ONNX), or a MONAI "
    "bundle. Nothing is unpickled and no configuration is run; a new model stays in quarantine "
    "until you approve it."
)
_KINDS = {Container.SAFETENSORS: "safetensors", Container.ONNX: "ONNX"}


class ModelsPage(Page):
    """Models at the left with a place to drop one, the chosen one at the right."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(
            context, "models", "Models", "The clinic's own models, beside the one that ships."
        )
        self._import: Task | None = None
        self.choose = button(
            "Import files…", self._choose_file, name="models.import", kind="primary", icon="plus"
        )
        self.choose_folder = button(
            "Import a folder…", self._choose_folder, name="models.importFolder", icon="folder"
        )
        self.header.addWidget(self.choose_folder)
        self.header.addWidget(self.choose)
        columns: tuple[Column[OwnModel], ...] = (
            Column("Status", lambda one: STATUS_WORDS[one.status][0], 130, _tone),
            Column("Name", lambda one: f"{one.card.name} {one.card.version}"),
            Column("For", lambda one: ", ".join(one.card.input.sequences), 190),
            Column("Kind", lambda one: one.card.architecture or _KINDS[one.container], 110),
            Column("Imported", lambda one: day(one.imported_at.date()), 110),
        )
        self.table: Table[OwnModel] = Table(
            columns, name="models.table", says="The clinic's own models, the newest first"
        )
        self.progress = ProgressRow(name="models.progress")
        self.progress.cancelled.connect(self._cancel)
        self.refusal = label("", "error", wrap=True)
        self.refusal.setObjectName("models.refusal")
        self.refusal.hide()
        self.panel = ModelPanel(self._approve, self._withdraw)
        self._area = scrolled(self.panel, name="models.area")
        self.table.current_changed.connect(self._show_model)
        self.body.addLayout(self._arranged(), 1)
        self.listen(OwnModelChanged, lambda _: self.refresh())

    def open(self, **_ids: str) -> None:
        """Read the models again."""
        self.refresh()

    def refresh(self) -> None:
        """Read the models again."""
        session = self.context.session
        self.ask(lambda _: own_models.models(session), self._show)

    def take(self, path: Path) -> None:
        """Check and try a model; it ends in quarantine, or not at all."""
        if self._import is not None:
            self.complain("Another model is being checked; wait for it, or cancel it.")
            return
        session, runner = self.context.session, self.context.workstation.own_models
        self.refusal.hide()
        self._busy(busy=True)
        self.progress.begin(f"Checking {path.name}…")
        self._import = self.ask(
            lambda progress: own_models.import_model(session, path, runner, progress),
            self._taken,
            lane=Lane.ANALYSIS,
            failed=self._refused,
            progressed=self.progress.progress,
            cancelled=lambda: self._refused("The import was cancelled; nothing was kept."),
        )

    def _arranged(self) -> QHBoxLayout:
        drop = DropZone(name="models.drop")
        drop.dropped.connect(self._dropped)
        left = QVBoxLayout(drop)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(12)
        left.addWidget(label(_HINT, "muted", wrap=True))
        left.addWidget(self.progress)
        left.addWidget(self.refusal)
        left.addWidget(self.table, 1)
        side = Card(name="models.side")
        side.setFixedWidth(400)
        side.column.addWidget(self._area)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(drop, 1)
        both.addWidget(side)
        return both

    def _show(self, models: tuple[OwnModel, ...]) -> None:
        self.table.show_records(models, same=lambda one: one.id)

    def _show_model(self, model: OwnModel | None) -> None:
        self.panel.show_model(model)
        lay_out_again(self._area)

    def _dropped(self, paths: tuple[Path, ...]) -> None:
        if len(paths) == 1:
            self.take(paths[0])
        else:
            self.complain("Drop one model: its folder, its zip, or its file of weights.")

    def _choose_file(self) -> None:
        kinds = "Models (*.zip *.safetensors *.onnx);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "A model's zip or weights", "", kinds)
        if name:
            self.take(Path(name))

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "A model's folder")
        if name:
            self.take(Path(name))

    def _taken(self, model: OwnModel) -> None:
        self._ended()
        self.context.navigator.banner(
            f"{model.card.name} {model.card.version} was tried and is in quarantine.", "good"
        )

    def _refused(self, text: str) -> None:
        self._ended()
        self.refusal.setText(text)
        self.refusal.show()

    def _ended(self) -> None:
        self._import = None
        self.progress.end()
        self._busy(busy=False)

    def _busy(self, *, busy: bool) -> None:
        for one in (self.choose, self.choose_folder):
            one.setEnabled(not busy)

    def _cancel(self) -> None:
        if self._import is not None:
            self._import.cancel()

    def _approve(self, model: OwnModel, password: str) -> None:
        session = self.context.session
        self.ask(
            lambda _: own_models.approve(session, model.id, password),
            lambda one: self.context.navigator.banner(
                f"Readers may choose {one.card.name} {one.card.version} now.", "good"
            ),
            failed=self.panel.refuse,
        )

    def _withdraw(self, model: OwnModel) -> None:
        session = self.context.session
        self.ask(
            lambda _: own_models.withdraw(session, model.id),
            lambda one: self.context.navigator.banner(
                f"{one.card.name} is withdrawn. What it marked stays with the studies.", "good"
            ),
        )


def _tone(model: OwnModel) -> str:
    return STATUS_WORDS[model.status][1]
