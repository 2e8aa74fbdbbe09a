"""The bundle is built from a list of what no import shows; what the code names is on that list."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from assistant.engine import e5, minilm, models

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "build.spec").read_text("utf-8")


def _constant(name: str) -> object:
    for node in ast.parse(SPEC).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


def _strings() -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(SPEC))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_folder_of_the_program_is_collected() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert list(_constant("OURS")) == project["tool"]["importlinter"]["root_packages"]  # type: ignore[call-overload]


@pytest.mark.parametrize("module", [e5, minilm, models], ids=["e5", "minilm", "default model"])
def test_every_package_that_is_found_by_name_is_carried(module: object) -> None:
    assert getattr(module, "_PACKAGE") in _constant("CARRYING_DATA")  # type: ignore[operator]  # noqa: B009


def test_every_codec_that_is_used_is_named() -> None:
    code = (ROOT / "viewer" / "dicom" / "codecs.py").read_text("utf-8")
    used = {
        node.attr.removesuffix("_decode")
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "imagecodecs"
    }
    for codec in used - {"packbits"}:  # packbits is part of _imcd
        assert f"_{codec}" in _strings()
    assert "_imcd" in _strings()


def test_what_is_left_out_is_imported_nowhere() -> None:
    left_out = _constant("LEFT_OUT")
    assert isinstance(left_out, list)
    for folder in _constant("OURS"):  # type: ignore[attr-defined]
        for path in (ROOT / folder).rglob("*.py"):
            if "training" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = (
                    [one.name for one in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                left = {
                    name
                    for name in names
                    if any(f"{name}.".startswith(f"{one}.") for one in left_out)
                }
                assert not left, path


def test_training_is_imported_by_nothing_that_is_collected() -> None:
    for folder in _constant("OURS"):  # type: ignore[attr-defined]
        for path in (ROOT / folder).rglob("*.py"):
            if "training" not in path.parts:
                text = path.read_text("utf-8")
                assert "from inference.training" not in text, path
                assert "from assistant.training" not in text, path
