"""Edits of a study as plain values: what they should come to, and what has come of them.

``Expected`` is a second undo stack, written without the first one: a few lists in memory. A killed
workstation must be found as it says.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.records import EditKind, EditState
from app.workflow import annotating, journal, labelling, reporting
from app.workflow.session import Session
from tests.app.storage.records import RUN, SERIES
from tests.app.workflow.conftest import DOCTOR, enter, found_with_people
from tests.app.workflow.samples import PATIENT_ID, STUDY_UID, put_study

SHAPE = (3, 8, 9)
BASE = (np.arange(3 * 8 * 9) % 7 == 0).astype(np.uint8).reshape(SHAPE)
"""The outlines of the run before anybody corrects them."""
START = datetime(2030, 1, 1, tzinfo=UTC)
MERGED_S = 30.0
Act = dict[str, Any]


def prepare(folder: Path) -> None:
    """Make a clinic with one analysed study and a drafted report."""
    workstation = Workstation(folder, cost=KdfCost.TESTING)
    found_with_people(workstation)
    doctor = enter(workstation, DOCTOR)
    put_study(doctor)
    labels = doctor.pixels.put(BASE, PATIENT_ID)
    with doctor.begin() as work:
        work.series.put(replace(SERIES, study_uid=STUDY_UID, shape=SHAPE))
        work.runs.put(replace(RUN, study_uid=STUDY_UID, label_file=labels))
    reporting.draft(doctor, STUDY_UID)
    workstation.close()


def at_work(workstation: Workstation, seconds: list[float]) -> Session:
    """Sign the doctor in; their clock shows the last of ``seconds``."""
    session = enter(workstation, DOCTOR)
    return replace(session, clock=lambda: START + timedelta(seconds=seconds[-1]))


@dataclass
class _Done:
    """One edit: what its subject was before and after it."""

    kind: EditKind
    subject: str
    before: Any
    after: Any
    at: float
    state: EditState = EditState.DONE


@dataclass
class Expected:
    """The study as the acts so far should have left it."""

    values: dict[tuple[EditKind, str], Any] = field(default_factory=dict)
    done: list[_Done] = field(default_factory=list)
    undone: list[_Done] = field(default_factory=list)
    journal: list[_Done] = field(default_factory=list)
    acts: int = 0

    def after(self, act: Act) -> Expected:
        """Return what one act more should lead to; this one stays as it is."""
        then = copy.deepcopy(self)
        then.acts += 1
        if act["do"] in {"undo", "redo"}:
            then._turn(act["do"])
        else:
            then._edit(EditKind(act["kind"]), act["subject"], act["to"], act["at"])
        return then

    def seen(self) -> dict[str, Any]:
        """Return it in the form of ``found``."""
        labels = BASE.copy()
        for (kind, _), to in self.values.items():
            if kind is EditKind.LABEL_STROKE and to is not None:
                (k, j, i), (a, b, c) = to["corner"], to["size"]
                labels[k : k + a, j : j + b, i : i + c] = to["value"]
        return {
            "annotations": self._of(EditKind.ANNOTATION),
            "key images": self._of(EditKind.KEY_IMAGE),
            "labels": labels.tolist(),
            "finding": self.values[(EditKind.FINDING, "f-1")],
            "report": next(iter(self._of(EditKind.REPORT).values())),
            "journal": [(one.kind, one.subject, one.state) for one in self.journal],
            "stack": tuple(
                pile[-1].kind if pile else None for pile in (self.done, self.undone)
            ),
            "audit": self.acts,
        }  # fmt: skip

    def _of(self, kind: EditKind) -> dict[str, Any]:
        return {
            subject: to
            for (one, subject), to in self.values.items()
            if one is kind and to is not None
        }

    def _turn(self, what: str) -> None:
        source, goal = (self.done, self.undone) if what == "undo" else (self.undone, self.done)
        edit = source.pop()
        goal.append(edit)
        edit.state = EditState.UNDONE if what == "undo" else EditState.DONE
        self.values[(edit.kind, edit.subject)] = edit.before if what == "undo" else edit.after

    def _edit(self, kind: EditKind, subject: str, to: Any, at: float) -> None:
        for edit in self.undone:
            edit.state = EditState.DROPPED
        self.undone.clear()
        before = self.values.get((kind, subject))
        if kind is EditKind.FINDING:
            to = {**before, **to}
        self.values[(kind, subject)] = to
        last = self.done[-1] if self.done else None
        if last and last.kind is kind is EditKind.REPORT and at - last.at < MERGED_S:
            last.after = to
            return
        edit = _Done(kind, subject, before, to, at)
        self.done.append(edit)
        self.journal.append(edit)


def found(session: Session) -> dict[str, Any]:
    """Return the study as the workstation has it."""
    labels: NDArray[np.uint8] | None = labelling.load_corrected(session, SERIES.uid, RUN.id)
    assert labels is not None
    with session.begin() as work:
        finding, report = work.findings.get("f-1"), work.reports.of_study(STUDY_UID)
        history = work.edits.of_study(STUDY_UID)
        work.audit.verify()
        told = sum(line.action in _TOLD for line in work.audit.entries(1_000_000))
    assert finding is not None
    assert report is not None
    stack = journal.stack(session, STUDY_UID)
    return {
        "annotations": {
            one.id: one.points_mm[1][0] for one in annotating.annotations_of(session, STUDY_UID)
        },
        "key images": {one.id: one.note for one in annotating.key_images_of(session, STUDY_UID)},
        "labels": labels.tolist(),
        "finding": {"status": finding.status.value, "label": finding.label, "note": finding.note},
        "report": report.sections[0].text,
        "journal": [(one.kind, one.subject_id, one.state) for one in history],
        "stack": (stack.undo, stack.redo),
        "audit": told,
    }


def untouched(session: Session) -> Expected:
    """Return what a prepared study is before its first edit."""
    here = found(session)
    with session.begin() as work:
        report = work.reports.of_study(STUDY_UID)
    assert report is not None
    return Expected(
        {(EditKind.FINDING, "f-1"): here["finding"], (EditKind.REPORT, report.id): here["report"]}
    )


_TOLD = frozenset(
    {
        *("annotation.added", "annotation.changed", "annotation.removed"),
        *("key-image.marked", "key-image.unmarked", "label.painted"),
        *("finding.reviewed", "report.saved"),
        *(f"{kind.value}.{turn}" for kind in EditKind for turn in ("undone", "redone")),
    }
)
"""The audit lines of edits: one for each act."""
