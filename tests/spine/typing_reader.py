"""A reader who types a report without a pause; it is meant to be killed.

Run as ``python -m tests.spine.typing_reader FOLDER VARIANT``. Tells "study UID", then for every
key typed "key COUNT MOMENT" (monotonic seconds).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.pages.context import PageContext
from app.pages.page import Page
from app.pages.reading.report_panel import ReportPanel
from app.tasks import Tasks
from app.workflow import reading
from tests.app.workflow.conftest import DOCTOR, enter
from tests.spine.acts import draft_report, say

KEY_EVERY_MS = 40
FIELD = "reportClinicalQuestion"


class _Nowhere:
    def show(self, page: str, **ids: str) -> None:
        raise AssertionError(page, ids)

    def banner(self, text: str, kind: str = "info") -> None:
        say(f"banner {kind} {text}")


class Typist:
    """Types a letter at a time into the first section."""

    def __init__(self, panel: ReportPanel) -> None:
        self._panel = panel
        self._count = 0
        self._clock = QTimer()
        self._clock.setInterval(KEY_EVERY_MS)
        self._clock.timeout.connect(self._type)
        self._clock.start()

    def _type(self) -> None:
        field = self._panel.findChild(QPlainTextEdit, FIELD)
        QTest.keyClick(field, "abcdefghij"[self._count % 10])
        self._count += 1
        say(f"key {self._count} {time.monotonic()}")


def main() -> None:
    folder, variant = Path(sys.argv[1]), sys.argv[2]
    program = QApplication([])
    workstation = Workstation(folder, cost=KdfCost.TESTING)
    session = enter(workstation, DOCTOR)
    uid = draft_report(session).study_uid
    page = Page(PageContext(workstation, Tasks(), session, _Nowhere()), "typing", "Typing")
    panel = ReportPanel(page)
    panel.show()
    panel.show_study(reading.open_study(session, uid))
    if variant == "never-saved":
        panel._autosave.setInterval(10**6)
    if variant == "put-off-by-every-key":
        field = panel.findChild(QPlainTextEdit, FIELD)
        field.textChanged.connect(panel._autosave.start)
    say(f"study {uid}")
    typist = Typist(panel)
    program.exec()
    del typist


if __name__ == "__main__":
    main()
