"""Joins the bar of the read mode with the workflow: keeps the impression, shows the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo

from app.pages.page import Page
from app.pages.reading.read_mode_bar import ReadModeBar
from app.pages.wording import zone_of
from app.workflow import configuring, revealing
from app.workflow.reading import OpenedStudy
from app.workflow.revealing import WITHHELD, Reading
from viewer.ports import Progress


class ReadModeDesk:
    """Shows how the open study is read; ``shown`` is called once the model's result may be read."""

    def __init__(self, page: Page, shown: Callable[[str], None]) -> None:
        self._page, self._shown = page, shown
        self.bar = ReadModeBar()
        self._zone: tzinfo = UTC
        self._study_uid = ""
        self.bar.impression_wanted.connect(self._keep)
        self.bar.reveal_wanted.connect(self._reveal)
        session = page.context.session
        page.ask(
            lambda _: zone_of(configuring.clinic_settings(session).zone),
            self._know_zone,
            failed=lambda _: None,
        )

    def show_study(self, opened: OpenedStudy) -> None:
        """Say how this study is read; a signed one that this person did not read says nothing."""
        if opened.study.uid != self._study_uid:
            self._study_uid = opened.study.uid
            self.bar.clear()
        reading = opened.reading
        begun = reading is not None and reading.opened_at is not None
        self.bar.show_reading(reading if begun else None, self._zone)

    def _keep(self, lesion: bool, confidence: int, words: str) -> None:  # noqa: FBT001 - a signal's argument
        session, study_uid = self._page.context.session, self._study_uid

        def job(_: Progress) -> Reading:
            revealing.write_impression(
                session, study_uid, lesion=lesion, confidence=confidence, words=words
            )
            return revealing.reveal(session, study_uid)

        self._page.ask(job, lambda _: self._shown(study_uid))

    def _reveal(self) -> None:
        session, study_uid = self._page.context.session, self._study_uid
        self._page.ask(
            lambda _: revealing.reveal(session, study_uid), lambda _: self._shown(study_uid)
        )

    def _know_zone(self, zone: tzinfo) -> None:
        self._zone = zone


def withheld_words(opened: OpenedStudy, series_uid: str) -> str:
    """What is said of a model's result that is not shown yet; empty where nothing is withheld."""
    if opened.reading is None or not opened.withheld:
        return ""
    done = "Analysed." if series_uid in opened.analysed else "Not analysed yet."
    return f"{done} {WITHHELD[opened.reading.mode]}"
