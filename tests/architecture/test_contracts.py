"""The house plan, checked: directions of import, sizes, and the checks themselves."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app", "viewer", "inference", "assistant", "scheduling", "sync", "resources")
LINT = str(Path(sys.executable).with_name("lint-imports"))


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=110, check=False
    )


@pytest.fixture(scope="module")
def copy_of_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    weights = shutil.ignore_patterns("*.safetensors")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, house / folder, ignore=weights)
    return house


def test_every_import_contract_holds() -> None:
    told = _lint(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("viewer/geometry/window.py", "import inference.records", "Folders stack one way"),
        ("app/workflow/reading.py", "import PySide6.QtCore", "Qt stays at the glass"),
        ("app/workflow/reading.py", "import sqlalchemy", "SQL stays in storage and the server"),
        ("app/pages/context.py", "import app.storage.work", "Pages speak to workflow"),
        ("inference/records.py", "import torch", "torch stays in the worker"),
        ("assistant/drafting/report.py", "import llama_cpp", "llama.cpp stays in the engine"),
        ("scheduling/rules/slots.py", "import requests", "The network has four doors"),
        ("sync/engine.py", "import assistant.drafting.report", "Only records leave assistant"),
        ("assistant/drafting/kinds.py", "import tomllib", "Files of words have one reader"),
    ],
)
def test_a_planted_violation_is_caught(
    copy_of_house: Path, file: str, line: str, contract: str
) -> None:
    path = copy_of_house / file
    sound = path.read_text("utf-8")
    path.write_text(f"{sound}\n{line}  # planted\n", "utf-8")
    try:
        told = _lint(copy_of_house)
    finally:
        path.write_text(sound, "utf-8")
    broken = [row for row in told.stdout.splitlines() if row.rstrip().endswith("BROKEN")]
    assert any(contract in row for row in broken), told.stdout


def _modules() -> list[Path]:
    return [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]


def test_no_file_is_longer_than_the_house_allows() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in _modules()
        if (count := len(path.read_text("utf-8").splitlines())) > 500
    }
    assert not long


def test_no_function_or_class_outgrows_its_bounds() -> None:
    faults = []
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'name', '')}"
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if (node.end_lineno or 0) - node.lineno >= 60:
                    faults.append(where)
            elif isinstance(node, ast.ClassDef):
                public = [
                    one
                    for one in node.body
                    if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")
                ]
                if len(public) > 20:
                    faults.append(where)
    assert not faults


def test_package_files_hold_a_docstring_only() -> None:
    for path in _modules():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text("utf-8")).body
            assert len(body) == 1, path


def test_no_module_is_an_attic() -> None:
    attics = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [path for path in _modules() if path.stem in attics]


def test_top_level_holds_only_the_agreed_folders() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert folders <= {*FOLDERS, "tests", "docs", ".ci"}


def test_every_locked_package_is_pinned_with_a_hash() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for entry in wanted["dependencies"]:
        name, version = entry.split("==")
        assert f"{name.split('[')[0]}" in locked.lower(), entry
        assert version
    entries = [row for row in locked.splitlines() if "==" in row]
    assert len(entries) <= locked.count("--hash=sha256:")
