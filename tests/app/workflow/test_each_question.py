"""Every question for a right counts: with any single one taken away, the table of rights fails.

Each ``session.authorize(...)`` of app.workflow is removed by itself, in memory, from the function
it stands in; the acts that reach it are then called by everybody who may not.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import app.workflow
from app.records import Urgency, WorklistFilter
from app.workflow.session import Session
from tests.app.workflow import test_rights as rights
from tests.app.workflow.rights_table import EXPECTED
from tests.app.workflow.test_rights import ACTS, allowed_for, people  # noqa: F401

FOLDER = Path(app.workflow.__path__[0])
SPECIAL = {("worklist", 1): {"wanted": WorklistFilter(urgencies=(Urgency.SUSPECTED,))}}
"""What a question that is asked only sometimes needs; by module and place of the question."""


@dataclass(frozen=True)
class Question:
    """One call of ``authorize``: the n-th of a module, in a function."""

    module: str
    place: int
    function: str

    def __str__(self) -> str:
        return f"{self.module}.{self.function}.{self.place}"


def _calls(tree: ast.AST) -> list[ast.Expr]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "authorize"
    ]


def _functions(module: str) -> list[ast.FunctionDef]:
    source = (FOLDER / f"{module}.py").read_text("utf-8")
    return [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]


def questions() -> Iterator[Question]:
    for path in sorted(FOLDER.glob("*.py")):
        place = 0
        for function in _functions(path.stem):
            for _ in _calls(function):
                yield Question(path.stem, place, function.name)
                place += 1


def without(question: Question) -> dict[str, Any]:
    """Return the module's names with the function that no longer asks that question."""
    place = 0
    module = importlib.import_module(f"app.workflow.{question.module}")
    names = dict(vars(module))
    for function in _functions(question.module):
        for call in _calls(function):
            if place == question.place:
                call.value = ast.copy_location(ast.Constant(None), call.value)
                tree = ast.Module([function], [])
                flags = __future__.annotations.compiler_flag
                exec(compile(tree, question.module, "exec", flags), names)
            place += 1
    for name, known in vars(module).items():
        if not isinstance(known, types.FunctionType) or hasattr(known, "__wrapped__"):
            continue  # what a decorator made looks up its names elsewhere
        if known.__module__ == module.__name__:
            changed = names[name] if name == question.function else known
            made = types.FunctionType(changed.__code__, names, name, known.__defaults__)
            made.__kwdefaults__ = known.__kwdefaults__
            made.__annotations__ = known.__annotations__
            names[name] = made
    return names


def reached(question: Question) -> list[str]:
    """Return the acts whose code calls the function the question stands in, or are it."""
    calling = {question.function}
    for _ in range(3):
        calling |= {
            one.name
            for one in _functions(question.module)
            if calling & {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}
        }
    return [name for one in calling if (name := f"{question.module}.{one}") in ACTS]


def noticed(
    question: Question,
    names: Mapping[str, Any],
    everybody: dict[str, Session],
    patch: pytest.MonkeyPatch,
) -> bool:
    special = SPECIAL.get((question.module, question.place), {})
    for name in reached(question):
        function: Callable[..., object] = names[name.split(".")[1]]
        if special:
            patch.setitem(ACTS, name, lambda session, f=function: f(session, **special))
            expected = "D"
        else:
            patch.setitem(ACTS, name, function)
            expected = EXPECTED[name]
        if allowed_for(name, everybody) != expected:
            return True
    return False


QUESTIONS = list(questions())


def test_every_question_of_the_workflow_is_found() -> None:
    text = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    assert len(QUESTIONS) == text.count("    session.authorize(")
    assert len(QUESTIONS) > 80


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_single_question_taken_away_is_noticed(
    question: Question,
    people: dict[str, Session],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("viewer.dicom.example.build_example", rights._reached)
    assert noticed(question, without(question), people, monkeypatch)


def test_the_check_itself_tells_a_surviving_change(
    people: dict[str, Session],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A module in which every question still stands is not called changed."""
    question = next(one for one in QUESTIONS if str(one).startswith("reading.load_volume"))
    untouched = vars(importlib.import_module("app.workflow.reading"))
    assert not noticed(question, untouched, people, monkeypatch)
    assert inspect.isfunction(without(question)["load_volume"])
