"""The model's card at hand while reading: what its suggestions are worth, and what it missed."""

from __future__ import annotations

from collections.abc import Callable

from app.pages.odds import grounds
from app.pages.page import Page
from app.pages.reading.card_window import CardWindow
from app.pages.reading.finding_form import Words
from app.pages.reading.findings_panel import FindingsPanel
from app.pages.reading.images import StudyImages
from app.tasks import Lane
from app.workflow import reviewing
from app.workflow.reading import OpenedStudy
from inference.records import Finding, ModelCard
from viewer.records import Vector3


class Trusting:
    """Reads the card once; without it, how often such findings are wrong is not said."""

    def __init__(
        self, page: Page, panel: FindingsPanel, images: StudyImages, learned: Callable[[], None]
    ) -> None:
        self._page, self._panel, self._images, self._learned = page, panel, images, learned
        self.card: ModelCard | None = None

    def learn(self) -> None:
        """Read the card off the GUI thread."""
        workstation = self._page.context.workstation

        def show(card: ModelCard) -> None:
            self.card = card
            self._learned()

        self._page.ask(
            lambda _: workstation.analyser.card(), show, lane=Lane.IO, failed=lambda _: None
        )

    def show(self, opened: OpenedStudy) -> None:
        """Let the rows say how far to trust each finding of this study."""
        self._panel.know(grounds(self.card, opened.runs))

    def show_card(self) -> None:
        """Open the card beside the images."""
        if self.card is not None:
            CardWindow(self._page, self.card).show()

    def add(self) -> None:
        """Let the reader say what is where the crosshair is."""
        at = at_cursor(self._images)
        if at is None:
            return
        session = self._page.context.session

        def store(words: Words) -> Finding:
            what, place, note = words
            return reviewing.add(session, *at, label=what, place=place, note=note)

        self._panel.begin_own(store)


def at_cursor(images: StudyImages) -> tuple[str, Vector3, int] | None:
    """Return the active series, the crosshair in LPS+ mm, and the slice it lies in."""
    series, stage, state = images.series, images.stage, images.state
    if series is None or stage is None or state is None:
        return None
    slices = stage.volume.voxels.shape[0]
    index = round(stage.volume.to_index(state.cursor_mm)[2])
    return series.uid, state.cursor_mm, min(max(index, 0), slices - 1)
