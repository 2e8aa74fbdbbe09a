"""Whatever in the workflow reads what models found asks whether it may be shown, or has a reason.

A new act that reads findings, runs or measurings of anatomy and does not ask fails here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import app.workflow

FOLDER = Path(app.workflow.__path__[0])
SHELVES = {"findings", "runs", "anatomy"}
READS = {"get", "of_study"}
ASKS = {"require_shown", "withheld", "how_read", "begin_reading", "shown_findings", "_withheld"}
DECIDED = "asked by the act that calls it"
REASONS = {
    "comparing_findings._looked": DECIDED,
    "journal._set_finding": "undoes the person's own decision, which was shown to them",
    "own_findings._add": "the reader's own outlines alone",
    "pictures._rows": DECIDED,
    "referencing._all": "decided findings whose numbers the person's own draft takes; offers asks",
    "seen.shown": "digests for the signature, which asks first",
    "signing.sign": "asks by _require_read",
    "signing.made": "asks by _require_read",
    "signing._signable": "called after _require_read alone",
    "signing._waiting": DECIDED,
}


def _reads(node: ast.AST) -> bool:
    """Whether a node is ``work.findings.of_study`` and the like."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in READS
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in SHELVES
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id == "work"
    )


def unasked(source: str, module: str) -> set[str]:
    """Return the functions that read what models found and do not ask, as ``module.function``."""
    found = set()
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        nodes = list(ast.walk(function))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        if any(_reads(node) for node in nodes) and not names & ASKS:
            found.add(f"{module}.{function.name}")
    return found


def test_whoever_reads_what_models_found_asks_or_has_a_reason() -> None:
    """And no reason is left over from an act that is gone or asks by now."""
    found = set()
    for path in sorted(FOLDER.glob("*.py")):
        found |= unasked(path.read_text("utf-8"), path.stem)
    assert found == set(REASONS)


def test_an_act_that_forgot_to_ask_is_found() -> None:
    planted = "def told(session, work, uid):\n    return work.findings.of_study(uid)\n"
    assert unasked(planted, "new") == {"new.told"}
    asking = planted.replace("return", "require_shown(work, session, uid); return")
    assert not unasked(asking, "new")
