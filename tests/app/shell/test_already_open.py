"""A second start on the same data says that the program is open, and changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.shell import run
from app.shell.already_open import AlreadyOpenDialog
from app.storage.home_lock import Holder, HomeLock
from assistant.phrases import phrases

SINCE = datetime(2026, 3, 3, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "computer", "told"),
    [
        ("en", "", "Sagittal is already open on this computer (since 3 Mar 2026, "),
        ("en", "ward-3", "Sagittal is already open on the computer ward-3 (since 3 Mar 2026, "),
        ("de", "", "Sagittal ist auf diesem Computer schon geöffnet (seit 3."),
        ("de", "ward-3", "Sagittal ist auf dem Computer ward-3 schon geöffnet (seit 3."),
    ],
)
def test_the_dialog_says_where_and_since_when_and_return_closes_it(
    qtbot: QtBot, language: str, computer: str, told: str
) -> None:
    dialog = AlreadyOpenDialog(Holder(computer, SINCE), Path("/data"), phrases(language))
    qtbot.addWidget(dialog)
    assert dialog.findChild(QLabel, "already-open.title").text().startswith(told)
    dialog.open()
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_a_second_start_ends_without_opening_or_writing_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = HomeLock(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*")}
    shown: list[AlreadyOpenDialog] = []
    monkeypatch.setattr(AlreadyOpenDialog, "exec", lambda dialog: shown.append(dialog) or 0)
    monkeypatch.setattr(run, "_run", lambda _: pytest.fail("it opened"))
    assert run.run_gui(tmp_path) == 1
    assert len(shown) == 1
    assert {path: path.read_bytes() for path in tmp_path.rglob("*")} == before
    lock.release()
    monkeypatch.setattr(run, "_run", lambda _: 0)
    assert run.run_gui(tmp_path) == run.run_gui(tmp_path) == 0


def test_analysing_without_a_window_asks_for_no_lock(tmp_path: Path) -> None:
    lock = HomeLock(tmp_path)
    (tmp_path / "empty").mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "app", "--home", str(tmp_path), "analyse", str(tmp_path / "empty")],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "SAGITTAL_HOME": str(tmp_path)},
        check=False,
    )
    assert "already open" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    lock.release()
