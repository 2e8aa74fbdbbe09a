"""A window over a founded clinic, and one over nothing yet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.app.shell.driver import Driver, found_clinic


@pytest.fixture(scope="session")
def founded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed clinic, made once, to be copied."""
    folder = tmp_path_factory.mktemp("founded") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAGITTAL_KEYRING", "none")
        found_clinic(folder)
    return folder


@pytest.fixture
def bare(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    """The window at the very first start."""
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    made = Driver(qtbot, tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def driver(
    qtbot: QtBot, founded_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Driver]:
    """The window of a clinic that exists, with nobody signed in."""
    monkeypatch.setenv("SAGITTAL_KEYRING", "none")
    shutil.copytree(founded_home, tmp_path / "home")
    made = Driver(qtbot, tmp_path / "home")
    yield made
    made.close()
