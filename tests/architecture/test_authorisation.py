"""Every act of the workflow asks for a right, and taking one question away is noticed."""

from __future__ import annotations

import ast
from pathlib import Path

WORKFLOW = Path(__file__).resolve().parents[2] / "app" / "workflow"
ASKERS = {"authorize", "_may_look", "_may_edit_hours", "_decide"} | {
    *("_own", "_booked_already", "book_own", "move_own"),
}
OPEN_TO_ALL = {"clinic_settings", "can"}
"""clinic_settings hides what only an administrator may see."""


def _unguarded(source: str) -> list[str]:
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        first = node.args.args[0].annotation if node.args.args else None
        if not (isinstance(first, ast.Name) and first.id == "Session"):
            continue
        calls = {
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
        }
        if not calls & ASKERS and node.name not in OPEN_TO_ALL:
            found.append(node.name)
    return found


def test_every_public_act_asks_for_a_right() -> None:
    faults = {path.name: _unguarded(path.read_text("utf-8")) for path in WORKFLOW.glob("*.py")}
    assert not {name: acts for name, acts in faults.items() if acts}


def test_an_act_without_a_question_is_noticed() -> None:
    source = (WORKFLOW / "signing.py").read_text("utf-8")
    broken = source.replace(
        "session.authorize(Permission.SIGN_REPORT, report=report_id)", "pass", 1
    )
    assert _unguarded(broken) == ["sign"]


TREATING_ONLY = {
    *("VIEW_IMAGES", "RUN_AI", "REVIEW_FINDING", "ANNOTATE_IMAGES", "EXPORT_IMAGES"),
    *("WRITE_REPORT", "SIGN_REPORT", "RELEASE_REPORT", "READ_REPORT", "EXPORT_REPORT"),
    "HAND_OVER_REPORT",
}
ABOUT_NOBODY = {"usable", "reauthenticate", "second_doctor", "listed", "thumbnail"}
"""Acts about no patient; thumbnail asks again, with the study, and shows nothing."""


def _without_a_patient(source: str) -> list[str]:
    return [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name not in ABOUT_NOBODY
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "authorize"
        and isinstance(call.args[0], ast.Attribute)
        and call.args[0].attr in TREATING_ONLY
        and len(call.args) + len(call.keywords) == 1
    ]


def test_what_only_a_treating_doctor_may_do_names_whose_data_it_is() -> None:
    faults = {one.name: _without_a_patient(one.read_text("utf-8")) for one in WORKFLOW.glob("*.py")}
    assert not {name: acts for name, acts in faults.items() if acts}


def test_a_question_that_names_no_patient_is_noticed() -> None:
    source = (WORKFLOW / "signing.py").read_text("utf-8")
    broken = source.replace("SIGN_REPORT, report=report_id)", "SIGN_REPORT)", 1)
    assert _without_a_patient(broken) == ["sign"]
