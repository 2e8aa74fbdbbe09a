"""Every act of the workflow asks for a right, and taking one question away is noticed."""

from __future__ import annotations

import ast
from pathlib import Path

WORKFLOW = Path(__file__).resolve().parents[2] / "app" / "workflow"
ASKERS = {"authorize", "_may_look", "_may_edit_hours", "_decide"}
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
    broken = source.replace("session.authorize(Permission.SIGN_REPORT)", "pass", 1)
    assert _unguarded(broken) == ["sign"]
