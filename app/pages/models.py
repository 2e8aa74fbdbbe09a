"""A clinic's own models: taken in, looked at, approved, withdrawn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.events import OwnModelChanged
from app.pages.context import PageContext
from app.pages.intake import Intake, IntakePage
from app.pages.model_panel import STATUS_WORDS, ModelPanel
from app.pages.wording import day
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.surfaces import lay_out_again, scrolled
from app.widgets.table import Column, Table
from app.workflow import own_models
from inference.models.own.records import Container, OwnModel

_INTAKE = Intake(
    hint="Drop a folder or a zip with card.json and its weights (safetensors or ONNX), or a MONAI "
    "bundle. Nothing is unpickled and no configuration is run; a new model stays in quarantine "
    "until you approve it.",
    only_one="Drop one model: its folder, its zip, or its file of weights.",
    at_work="Another model is being checked; wait for it, or cancel it.",
    cancelled="The import was cancelled; nothing was kept.",
)
_KINDS = {Container.SAFETENSORS: "safetensors", Container.ONNX: "ONNX"}


class ModelsPage(IntakePage):
    """Models at the left with a place to drop one, the chosen one at the right."""

    def __init__(self, context: PageContext) -> None:
        subtitle = "The clinic's own models, beside the one that ships."
        super().__init__(context, "models", "Models", subtitle, _INTAKE)
        self.choose = button(
            "Import files…", self._choose_file, name="models.import", kind="primary", icon="plus"
        )
        self.choose_folder = button(
            "Import a folder…", self._choose_folder, name="models.importFolder", icon="folder"
        )
        self.put_choices(self.choose_folder, self.choose)
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
        self.panel = ModelPanel(self._approve, self._withdraw)
        self._area = scrolled(self.panel, name="models.area")
        self.table.current_changed.connect(self._show_model)
        self.arrange(self._area, (self.table, 1))
        self.listen(OwnModelChanged, lambda _: self.refresh())

    def refresh(self) -> None:
        """Read the models again."""
        session = self.context.session
        self.ask(lambda _: own_models.models(session), self._show)

    def take(self, path: Path) -> None:
        """Check and try a model; it ends in quarantine, or not at all."""
        session, runner = self.context.session, self.context.workstation.own_models
        self.work(
            f"Checking {path.name}…",
            lambda progress: own_models.import_model(session, path, runner, progress),
            self._taken,
            Lane.ANALYSIS,
        )

    def _show(self, models: tuple[OwnModel, ...]) -> None:
        self.table.show_records(models, same=lambda one: one.id)

    def _show_model(self, model: OwnModel | None) -> None:
        self.panel.show_model(model)
        lay_out_again(self._area)

    def _choose_file(self) -> None:
        self.choose_file("A model's zip or weights", "Models (*.zip *.safetensors *.onnx)")

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "A model's folder")
        if name:
            self.take(Path(name))

    def _taken(self, model: OwnModel) -> None:
        self.context.navigator.banner(
            f"{model.card.name} {model.card.version} was tried and is in quarantine.", "good"
        )

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
