"""Every single question for a right counts at the server.

With any one of them taken out of it, in memory, a cell of the matrix of rights, a door or a claim
about two clinics is wrong.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import sync.server
from sync.server import database as tables
from sync.server.tokens import Caller
from tests.sync import rights
from tests.sync.rights import (
    ACTS,
    CALLERS,
    World,
    cell,
    open_world,
)
from tests.sync.server_doors import DOORS
from tests.sync.two_clinics import CLINICS

FOLDER = Path(sync.server.__path__[0])
MODULES = ("tokens", "leased", "devices", "store", "leasing", "slots", "application")
CALLS = {"check_active", "_check_delay", "_use_once", "check_mark", "_count_failure"}
CALLS |= {"check_may_overbook", "check_not_leased"}
KEYWORDS = {"audience", "issuer", "options"}


@dataclass(frozen=True)
class Question:
    """One question for a right in the server's source, by module and place."""

    module: str
    place: int
    words: str

    def __str__(self) -> str:
        return f"{self.module}.{self.place}.{self.words}"


class _Without(ast.NodeTransformer):
    """Takes the question at a place away; counts them all where the place is -1."""

    def __init__(self, place: int = -1) -> None:
        self.place = place
        self.found: list[str] = []

    def _is_it(self, words: str) -> bool:
        self.found.append("-".join(words.split())[:48])
        return len(self.found) - 1 == self.place

    def visit_Await(self, node: ast.Await) -> ast.AST:
        """A caller is whoever was enrolled first, whatever the request says."""
        if isinstance(node.value, ast.Call) and _name(node.value) == "_caller":
            if self._is_it("caller"):
                return ast.parse("_anybody(self)", mode="eval").body
            return node
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call) and _name(node.exc) == "denied":
            return ast.Pass() if self._is_it(ast.unparse(node.exc)) else node
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        named = {
            one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "")
            for one in ast.walk(node)
        }
        if named & CALLS:
            return ast.Pass() if self._is_it(ast.unparse(node)) else node
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        left = node.left
        if isinstance(left, ast.Attribute) and left.attr in {"clinic", "expires_s"}:
            differs = isinstance(node.ops[0], ast.NotEq)
            if not isinstance(node.ops[0], ast.Lt) and self._is_it(ast.unparse(node)):
                source = "False" if differs else "sa.true()"
                return ast.parse(source, mode="eval").body
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "is_":
            asked = self._is_it(ast.unparse(node))
            return ast.parse("sa.true()", mode="eval").body if asked else node
        if ast.unparse(node.func) == "jwt.decode":
            for keyword in [one for one in node.keywords if one.arg in KEYWORDS]:
                if len(node.args) > 1 and self._is_it(f"decode {keyword.arg}"):
                    node.keywords.remove(keyword)
        return self.generic_visit(node)


def _name(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _tree(module: str) -> ast.Module:
    return ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))


def questions() -> Iterator[Question]:
    for module in MODULES:
        counting = _Without()
        counting.visit(_tree(module))
        for place, words in enumerate(counting.found):
            yield Question(module, place, words)


def _anybody(server: Any) -> object:
    """The caller of a server that does not ask: the first workstation."""
    with server._devices._database.read() as connection:
        first = connection.execute(sa.select(tables.device).order_by(tables.device.c.clinic)).all()
    own = next(one for one in first if one.active)
    return Caller(own.id, own.clinic)


def without(question: Question | None) -> rights.Make:
    """Return the maker of a server that no longer asks that question."""
    made: dict[str, dict[str, Any]] = {}
    for module in MODULES:
        tree: ast.AST = _tree(module)
        if question is not None and module == question.module:
            tree = ast.fix_missing_locations(_Without(question.place).visit(tree))
        real = importlib.import_module(f"sync.server.{module}")
        names: dict[str, Any] = {"__name__": real.__name__, "_anybody": _anybody}
        exec(compile(tree, real.__file__ or module, "exec"), names)  # type: ignore[arg-type]
        for earlier in made.values():
            same = {name for name in names if name in earlier and not name.startswith("__")}
            names.update({name: earlier[name] for name in same if _is_of(earlier, earlier[name])})
        made[module] = names
    make: rights.Make = made["application"]["create_app"]
    return make


def _is_of(names: dict[str, Any], value: object) -> bool:
    return getattr(value, "__module__", "") == names["__name__"]


QUICK = ("read Patient", "new Patient", "history of all", "search Patient")


def what_is_wrong(folder: Path, make: rights.Make) -> str:
    """Return the first thing that is wrong with a server, or an empty text."""
    try:
        world = open_world(folder, make)
    except Exception as error:  # a server that cannot even be set up is noticed
        return f"not set up: {type(error).__name__}"
    try:
        return next(_faults(world), "")
    finally:
        world.stop()


def _faults(world: World) -> Iterator[str]:
    for act in (*QUICK, *(set(ACTS) - set(QUICK))):
        for caller in CALLERS:
            if wrong := cell(world, caller, act):
                yield wrong
        if act == QUICK[-1]:
            yield from (name for name, (ask, wanted) in DOORS.items() if ask(world) != wanted)
            yield from (name for name, holds in CLINICS.items() if not holds(world))


QUESTIONS = list(questions())


def test_the_questions_of_the_server_are_found() -> None:
    text = "".join((FOLDER / f"{module}.py").read_text("utf-8") for module in MODULES)
    asked = [one.words for one in QUESTIONS]
    assert asked.count("caller") == text.count("await self._caller(request)") == 9
    assert sum(one.startswith("denied") for one in asked) == text.count("raise denied(")
    assert sum(".c.clinic-==" in one for one in asked) == text.count(".c.clinic ==")


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_single_question_taken_away_is_noticed(question: Question, tmp_path: Path) -> None:
    assert what_is_wrong(tmp_path, without(question))


def test_the_server_as_it_is_has_nothing_wrong(tmp_path: Path) -> None:
    """Made in the same way with every question in place: the check itself does not cry wolf."""
    assert what_is_wrong(tmp_path, without(None)) == ""
