"""The installed folder knows what it was built with, and says what is no longer so."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app import bundle
from app.shell.not_whole import NotWholeDialog
from app.version import VERSION
from assistant.phrases import phrases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the build leaves it, from which this program seems to run."""
    (tmp_path / "_internal" / "resources").mkdir(parents=True)
    (tmp_path / "_internal" / "resources" / "weights.bin").write_bytes(bytes(1000))
    (tmp_path / "sagittal").write_bytes(b"program")
    assert bundle.write_list(tmp_path) == 2
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "sagittal"))
    return tmp_path


def test_an_untouched_folder_is_whole(installed: Path) -> None:
    assert bundle.bundle_folder() == installed
    assert bundle.not_whole(installed) == bundle.changed(installed) == ()


def test_a_missing_file_is_named(installed: Path) -> None:
    (installed / "_internal/resources/weights.bin").unlink()
    named = ("_internal/resources/weights.bin",)
    assert bundle.not_whole(installed) == bundle.changed(installed) == named


def test_a_file_cut_short_is_named(installed: Path) -> None:
    (installed / "sagittal").write_bytes(b"prog")
    assert bundle.not_whole(installed) == ("sagittal",)


def test_one_changed_byte_is_found_by_the_self_test(installed: Path) -> None:
    (installed / "_internal/resources/weights.bin").write_bytes(bytes(999) + b"\1")
    assert bundle.not_whole(installed) == ()
    assert bundle.changed(installed) == ("_internal/resources/weights.bin",)


@pytest.mark.parametrize("text", ["", "[]", '{"sagittal": 3}', '{"sagittal": {"size": 7}}'])
def test_a_damaged_list_is_itself_named(installed: Path, text: str) -> None:
    (installed / bundle.LIST_FILE).write_text(text, "utf-8")
    assert bundle.not_whole(installed) == bundle.changed(installed) == (bundle.LIST_FILE,)


def test_a_missing_list_is_itself_named(installed: Path) -> None:
    (installed / bundle.LIST_FILE).unlink()
    assert bundle.not_whole(installed) == bundle.changed(installed) == (bundle.LIST_FILE,)


def test_what_lies_beside_the_listed_files_is_no_damage(installed: Path) -> None:
    (installed / "notes of the administrator.txt").write_text("installed in March", "utf-8")
    assert bundle.changed(installed) == ()


def test_the_server_of_a_bundle_lies_beside_it(installed: Path) -> None:
    assert bundle.server_command() == (str(installed / "sagittal-server"),)


def test_a_program_of_the_system_finds_its_own_libraries(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(installed / "_internal"))
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/opt/printer/lib")
    given = bundle.system_environment()
    assert given["LD_LIBRARY_PATH"] == "/opt/printer/lib"
    assert "LD_LIBRARY_PATH_ORIG" not in given


def test_it_gets_no_search_path_where_none_was_set(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(installed / "_internal"))
    assert "LD_LIBRARY_PATH" not in bundle.system_environment()


def test_the_bundles_own_children_keep_the_search_path(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(installed / "_internal"))
    bundle.system_environment()
    assert os.environ["LD_LIBRARY_PATH"] == str(installed / "_internal")


def test_from_its_sources_the_program_leaves_the_path_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/cuda/lib64")
    assert bundle.bundle_folder() is None
    assert bundle.system_environment()["LD_LIBRARY_PATH"] == "/opt/cuda/lib64"
    assert bundle.server_command() == (sys.executable, "-m", "sync.server")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_damaged_program_opens_only_where_somebody_asks_for_it(
    qtbot: QtBot, key: Qt.Key, language: str
) -> None:
    files = tuple(f"_internal/lib{number}.so" for number in range(60))
    dialog = NotWholeDialog(files, phrases(language))
    qtbot.addWidget(dialog)
    dialog.open()
    with qtbot.waitSignal(dialog.finished) as told:
        qtbot.keyClick(dialog, key)
    assert told.args == [NotWholeDialog.DialogCode.Rejected.value]


def test_the_version_is_the_projects_and_has_its_changes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    headings = [
        line
        for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
        if line[:3] == "## "
    ]
    assert project["version"] == VERSION
    assert headings[0].startswith(f"## {VERSION} ")
