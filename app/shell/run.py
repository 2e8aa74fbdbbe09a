"""Opens the application: one QApplication, one window, one event loop."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.bootstrap import Workstation
from app.bundle import bundle_folder, not_whole
from app.errors import HomeInUseError
from app.logs import start_logging
from app.preferences import home_folder
from app.preferences import load as load_preferences
from app.shell.already_open import AlreadyOpenDialog
from app.shell.crash import CrashDoor
from app.shell.not_whole import NotWholeDialog
from app.shell.window import MainWindow, place_on_screen
from app.storage.home_lock import HomeLock, holder_of
from app.tasks import Tasks
from app.version import VERSION
from app.widgets import theme
from assistant.phrases import phrases

log = logging.getLogger(__name__)


def make_application(theme_name: str) -> QApplication:
    """Return the QApplication, dressed; fractional screen scales are passed through."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        application = existing
    else:
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
            Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        )
        application = QApplication(sys.argv[:1])
    application.setApplicationName("Sagittal")
    application.setApplicationDisplayName("Sagittal")
    application.setApplicationVersion(VERSION)
    theme.apply(application, theme_name)
    return application


def run_gui(home: Path | None = None) -> int:
    """Open the workstation in that folder (by default the person's own) until it is closed.

    A folder that another window has open is left as it is: this one says so and ends with 1.
    """
    folder = home or home_folder()
    try:
        lock = HomeLock(folder)
    except HomeInUseError:
        return _already_open(folder)
    try:
        return _run(folder)
    finally:
        lock.release()


def _already_open(folder: Path) -> int:
    own = load_preferences(folder)
    make_application(own.theme)
    AlreadyOpenDialog(holder_of(folder), folder, phrases(own.language)).exec()
    return 1


def _run(folder: Path) -> int:
    workstation = Workstation(folder)
    start_logging(workstation.folder)
    application = make_application(workstation.preferences.theme)
    if not _may_open(workstation.preferences.language):
        workstation.close()
        return 1
    tasks = Tasks()
    window = MainWindow(workstation, tasks)
    door = CrashDoor(lambda: window, lambda: window.words)
    door.install()
    place_on_screen(window)
    window.show()
    window.windowHandle().installEventFilter(window.idle)
    try:
        return application.exec()
    finally:
        window.background.close()
        tasks.close()
        workstation.close()


def _may_open(language: str) -> bool:
    """Whether the program's files are whole, or the person wants to open it all the same."""
    folder = bundle_folder()
    files = not_whole(folder) if folder else ()
    if not files:
        return True
    log.error("%d files of the program are missing or damaged, first %s", len(files), files[0])
    return NotWholeDialog(files, phrases(language)).exec() == NotWholeDialog.DialogCode.Accepted
