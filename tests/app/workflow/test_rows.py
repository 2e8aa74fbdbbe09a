"""Nothing of the workflow that acts through a session is without a row in the tables of rights.

``test_rights`` calls what takes a session first. Here every public function and method that takes a
session anywhere is found in the source; without a row it needs a reason. The same for questions
that only a treating doctor passes: the act needs a row in ``test_treating`` or a reason.
"""

from __future__ import annotations

import ast
from pathlib import Path

import app.workflow
from app.accounts.treating import TREATING_ONLY
from tests.app.workflow.rights_table import EXPECTED
from tests.app.workflow.test_treating import T_AND_B, T_ONLY

FOLDER = Path(app.workflow.__path__[0])
WITHIN = "part of acts that have asked, within their transaction"
NO_ROW = {
    "arranging.OwnDesk.__init__": "keeps the session; every look-up reads by acts that have rows",
    "confirming.require_password": "the own password, proven within acts that have asked",
    "assigning.take_if_waiting": WITHIN,
    "assigning.word_to": WITHIN,
    "emergency.announce": "tells what was committed; reads and writes nothing",
    "releasing.take_back": WITHIN,
    "clinic.Clinic.change_password": "the own password, proven by the old one; no right of a role",
    "journal.record": WITHIN,
    "reporting.put_draft": WITHIN,
    "revealing.begin_reading": WITHIN,
    "revealing.hidden_draft": WITHIN,
    "revealing.how_read": WITHIN,
    "revealing.note_signed": WITHIN,
    "revealing.require_own": WITHIN,
    "revealing.require_readable": WITHIN,
    "revealing.require_shown": WITHIN,
    "revealing.shown_findings": WITHIN,
    "revealing.told": WITHIN,
    "revealing.withheld": WITHIN,
    "reviewing.put_own": WITHIN,
    "speaking.spoken": WITHIN,
    "reviewing.publish_own": "tells what was committed; reads and writes nothing",
}
NOT_ONE_PATIENT = {
    "worklist.listed": "asks whether the role sees images at all, to leave out what tells findings",
    "thumbnails.thumbnail": "asks for the study too, and shows nothing where the answer is no",
    "own_models.usable": "models, no patient",
    "reauthenticating.reauthenticate": "the own key; the act that signs asks for the report",
    "reauthenticating.second_doctor": "a second doctor beside the signer needs no tie (ADR 24)",
}


def _functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        if isinstance(node, ast.ClassDef):
            found += [
                (f"{node.name}.{one.name}", one)
                for one in node.body
                if isinstance(one, ast.FunctionDef)
            ]
    return found


def _takes_a_session(function: ast.FunctionDef) -> bool:
    arguments = function.args
    return any(
        one.annotation is not None and "Session" in ast.unparse(one.annotation).split(".")
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    )


def _public(name: str) -> bool:
    return not any(part.startswith("_") and part != "__init__" for part in name.split("."))


def acting(source: str, module: str) -> set[str]:
    """Return the public functions and methods of a module that take a session anywhere."""
    return {
        f"{module}.{name}"
        for name, function in _functions(ast.parse(source))
        if _public(name) and _takes_a_session(function)
    }


def asking_for_a_treating_doctor(source: str, module: str) -> set[str]:
    """Return the public functions that ask for what only a treating doctor may do."""
    wanted = {one.name for one in TREATING_ONLY}
    return {
        f"{module}.{name}"
        for name, function in _functions(ast.parse(source))
        if _public(name)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "authorize"
        and isinstance(call.args[0], ast.Attribute)
        and call.args[0].attr in wanted
    }


def _all(find: object) -> set[str]:
    assert callable(find)
    found: set[str] = set()
    for path in FOLDER.glob("*.py"):
        found |= find(path.read_text("utf-8"), path.stem)
    return found


def test_whatever_acts_through_a_session_has_a_row_or_a_reason() -> None:
    assert _all(acting) - set(EXPECTED) - set(NO_ROW) == set()


def test_whatever_asks_for_a_treating_doctor_has_a_row_or_a_reason() -> None:
    found = _all(asking_for_a_treating_doctor)
    assert found - T_AND_B - T_ONLY - set(NOT_ONE_PATIENT) == set()


def test_no_reason_outlives_what_it_is_for() -> None:
    assert set(NO_ROW) <= _all(acting) - set(EXPECTED)
    assert set(NOT_ONE_PATIENT) <= _all(asking_for_a_treating_doctor) - T_AND_B - T_ONLY


def test_an_act_without_a_row_is_found_wherever_the_session_stands() -> None:
    """The broken variants."""
    source = "def peek(uid: str, *, session: Session) -> None: ...\n"
    source += "class Desk:\n    def __init__(self, session: Session) -> None: ...\n"
    source += "def _inside(session: Session) -> None: ...\n"
    assert acting(source, "x") == {"x.peek", "x.Desk.__init__"}
    asked = "def peek(session):\n    session.authorize(Permission.VIEW_IMAGES, study='1')\n"
    assert asking_for_a_treating_doctor(asked, "x") == {"x.peek"}
