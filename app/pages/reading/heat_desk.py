"""The reader and the heat maps: hides poor ones, asks the model for others."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.accounts.permissions import Permission
from app.pages.page import Page
from app.pages.reading.findings_panel import FindingsPanel
from app.pages.reading.heat_controls import HeatControls
from app.pages.reading.images import StudyImages
from app.tasks import Lane, Task
from app.workflow import heat_maps
from inference.explain.methods import OFFERED, named
from inference.ports import Explained, Explainer
from inference.records import Finding, Run


class HeatDesk(QObject):
    """Joins the controls with the images; ``resized`` tells that the controls changed height."""

    resized = Signal()

    def __init__(
        self, page: Page, images: StudyImages, findings: FindingsPanel, controls: HeatControls
    ) -> None:
        super().__init__(page)
        self._page, self._images, self._findings = page, images, findings
        self._controls = controls
        self._run: Run | None = None
        self._task: Task | None = None
        controls.changed.connect(images.set_heat)
        controls.wanted_anyway.connect(self._show_anyway)
        controls.asked.connect(self._ask)
        controls.taken_back.connect(self._take_back)
        controls.progress.cancelled.connect(self._cancel)

    def show_run(self, run: Run | None) -> None:
        """Offer what there is of this run's heat maps."""
        if self._task is not None and (run is None or self._run is None or run.id != self._run.id):
            self._cancel()
        self._run = run
        self._controls.show_heat(self._images.heats.of(run))
        self._controls.offer(OFFERED if self._may_ask() else ())
        self._controls.show_asking(asking=self._task is not None)
        self.resized.emit()

    def _may_ask(self) -> bool:
        """Only a model that can answer is asked, by whom may run it."""
        context = self._page.context
        return (
            self._run is not None
            and context.session.can(Permission.RUN_AI)
            and isinstance(context.workstation.analyser, Explainer)
        )

    def _show_anyway(self) -> None:
        if self._run is not None:
            self._images.heats.show_anyway(self._run)
            self._lay()

    def _take_back(self) -> None:
        if self._run is not None:
            self._images.heats.take_back(self._run)
            self._lay()

    def _lay(self) -> None:
        """Lay the chosen map over the images."""
        if self._images.study is not None:
            self._images.refresh(self._images.study)
        self.show_run(self._run)

    def _ask(self, key: str) -> None:
        run, method, finding = self._run, named(key), self._finding()
        stage, state = self._images.stage, self._images.state
        explainer = self._page.context.workstation.analyser
        if run is None or method is None or stage is None or state is None or self._task:
            return
        if finding is None or not isinstance(explainer, Explainer):
            self._controls.say("Choose a finding of this analysis first.")
            return
        session = self._page.context.session
        where = round(stage.volume.to_index(state.cursor_mm)[2])

        def done(explained: Explained) -> None:
            self._task = None
            if self._run is not None and self._run.id == run.id:
                self._images.heats.put(run, explained, where)
                self._lay()

        self._task = self._page.ask(
            lambda progress: heat_maps.explain(
                session, finding, where, method, explainer, progress
            ),
            done,
            lane=Lane.COMPUTE,
            failed=self._ended,
            progressed=self._controls.progress.progress,
            cancelled=self._ended,
        )
        self._controls.show_asking(asking=True)
        self.resized.emit()

    def _finding(self) -> Finding | None:
        """The finding that is chosen, or the first, of this very run."""
        mine = [one for one in self._findings.findings if self._run and one.run_id == self._run.id]
        chosen = self._findings.list.selected
        kept = [one for one in mine if chosen is not None and one.id == chosen.id] or mine
        return kept[0] if kept else None

    def _ended(self, sentence: str = "") -> None:
        self._task = None
        self.show_run(self._run)
        if sentence:
            self._controls.say(sentence)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
