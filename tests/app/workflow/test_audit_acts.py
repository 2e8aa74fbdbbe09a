"""Every act the workflow records is known by name, with DICOM's code and words for a person."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import app.workflow
from app.records import EditKind
from app.workflow.audit_acts import ACTS, EVENTS, Kind, act_of
from assistant.phrases import phrases
from inference.models.own.records import OwnStatus

FOLDER = Path(app.workflow.__path__[0])
NAME = re.compile(r"[a-z-]+(?:\.[a-z-]+)+")
NO_ACT = {
    *("sagittal.db", "sagittal.db-wal", "sagittal.db-shm", "sagittal.check", "keystore.json"),
    "keystore.previous.json",
    *("memory.stat", "memory.max", "memory.current", "finding.reader"),
}
"""Files and other words of that form."""


def written() -> set[str]:
    """Every text of the form of an act in the workflow's code, those put together included."""
    found = set()
    for path in FOLDER.glob("*.py"):
        if path.stem == "audit_acts":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} if NAME.fullmatch(node.value) else set()
    found |= {f"report.{done}" for done in ("exported", "printed")}
    found |= {f"model.{status.value}" for status in OwnStatus}
    found |= {f"{kind.value}.{done}" for kind in EditKind for done in ("undone", "redone")}
    return found - NO_ACT - {"model.quarantined"} - phrases("en").words.keys()


def test_every_act_the_workflow_writes_is_in_the_table() -> None:
    assert written() <= set(ACTS)


def test_the_search_for_acts_finds_one_that_is_missing() -> None:
    """The broken variant: an act without a row."""
    assert not written() <= set(ACTS) - {"report.handed-over"}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_each_act_has_words_and_codes_of_the_standard(name: str) -> None:
    act = ACTS[name]
    assert act.words
    assert act.event in EVENTS
    assert not act.type or act.type in EVENTS
    assert act.letter in "CRUDE"
    assert (act.kind is Kind.EXPORT) <= (act.event == "110106")


def test_the_emergency_override_bears_dicoms_codes() -> None:
    assert ACTS["emergency.started"].type == "110127"
    assert ACTS["emergency.stopped"].type == "110138"


def test_an_act_of_a_newer_program_is_told_by_its_name() -> None:
    assert act_of("brain.dreamt-of").words == "Brain dreamt of"
