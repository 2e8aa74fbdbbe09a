"""A reader who edits a study without end, until killed; tells each act before and after it.

``python -m tests.spine.editing_worker`` reads lines ``<variant> <seed> <seconds> <folder>``, forks
a reader for each and prints its pid, ``will <act>`` and ``ack`` around each act, ``now`` where a
broken variant waits for its death, and ``dead`` when it is gone.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.accounts.passwords import KdfCost
from app.bootstrap import Workstation
from app.records import EditKind, EditState
from app.workflow import annotating, journal, labelling, reporting, reviewing
from app.workflow.session import Session
from inference.records import FindingStatus
from tests.app.storage.records import RUN, SERIES
from tests.app.workflow.samples import STUDY_UID
from tests.spine.edits import SHAPE, Act, at_work
from viewer.records import Annotation, AnnotationKind, KeyImage, LabelChange, WindowLevel

_RIGHT, _DOWN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def say(line: str) -> None:
    """Write one line at once, past any buffer."""
    os.write(1, line.encode() + b"\n")


def next_act(session: Session, dice: random.Random, at: float) -> Act:
    """Think of something to do to the study as it is."""
    stack = journal.stack(session, STUDY_UID)
    kinds: list[EditKind | str] = [*EditKind, EditKind.ANNOTATION, EditKind.REPORT]
    kinds += ["undo", "undo"] if stack.undo else []
    kinds += ["redo"] * 3 if stack.redo else []
    kind = dice.choice(kinds)
    if not isinstance(kind, EditKind):
        return {"do": kind, "at": at}
    fresh = f"{kind.value} {dice.getrandbits(48):x}"
    subject, to = fresh, object()
    if kind is EditKind.ANNOTATION:
        here = [one.id for one in annotating.annotations_of(session, STUDY_UID)]
        subject = dice.choice([fresh, *here])
        to = None if subject in here and dice.random() < 0.4 else round(dice.uniform(1, 99), 3)
    elif kind is EditKind.KEY_IMAGE:
        here = [one.id for one in annotating.key_images_of(session, STUDY_UID)]
        subject = dice.choice([fresh, *here])
        to = None if subject in here and dice.random() < 0.4 else fresh
    elif kind is EditKind.LABEL_STROKE:
        corner = [dice.randrange(edge) for edge in SHAPE]
        size = [dice.randint(1, edge - low) for edge, low in zip(SHAPE, corner, strict=True)]
        to = {"corner": corner, "size": size, "value": dice.randrange(4)}
    elif kind is EditKind.FINDING:
        subject, to = "f-1", _decision(dice, fresh)
    else:
        with session.begin() as work:
            subject, to = work.reports.of_study(STUDY_UID).id, fresh
    return {"do": "edit", "kind": kind.value, "subject": subject, "to": to, "at": at}


def _decision(dice: random.Random, words: str) -> dict[str, str]:
    status = dice.choice(list(FindingStatus))
    if status is FindingStatus.REJECTED:
        return {"status": status.value, "note": words}
    if status is FindingStatus.EDITED:
        return {"status": status.value, "note": words, "label": words + " mass"}
    return {"status": status.value}


def do(session: Session, act: Act) -> None:
    """Do it as a page does."""
    if act["do"] == "undo":
        journal.undo(session, STUDY_UID)
    elif act["do"] == "redo":
        journal.redo(session, STUDY_UID)
    else:
        _EDITS[EditKind(act["kind"])](session, act["subject"], act["to"])


def _annotate(session: Session, subject: str, to: float | None) -> None:
    if to is None:
        annotating.remove_annotation(session, subject)
        return
    ends = ((0.0, 0.0, 0.0), (to, 0.0, 0.0))
    mine = (session.now(), session.actor.account_id)
    kind = AnnotationKind.LENGTH
    annotating.put_annotation(
        session,
        Annotation(subject, STUDY_UID, SERIES.uid, kind, ends, _RIGHT, _DOWN, 0.5, *mine),
    )


def _mark(session: Session, subject: str, to: str | None) -> None:
    if to is None:
        annotating.unmark_key_image(session, subject)
        return
    mine = (session.now(), session.actor.account_id, to)
    view = ((0.0, 0.0, 0.0), _RIGHT, _DOWN, WindowLevel(40, 80))
    annotating.mark_key_image(session, KeyImage(subject, STUDY_UID, SERIES.uid, *view, *mine))


def _paint(session: Session, subject: str, to: Act) -> None:
    labels = labelling.load_corrected(session, SERIES.uid, RUN.id)
    corner = tuple(to["corner"])
    box = tuple(slice(a, a + n) for a, n in zip(corner, to["size"], strict=True))
    before = labels[box].copy()
    after = np.full_like(before, to["value"])
    labelling.put_stroke(
        session, LabelChange(subject, STUDY_UID, SERIES.uid, corner, before, after), RUN.id
    )


def _decide(session: Session, subject: str, to: dict[str, str]) -> None:
    status = FindingStatus(to["status"])
    if status is FindingStatus.ACCEPTED:
        reviewing.accept(session, subject)
    elif status is FindingStatus.REJECTED:
        reviewing.reject(session, subject, to["note"])
    elif status is FindingStatus.EDITED:
        reviewing.edit(session, subject, label=to["label"], place="here", note=to["note"])
    else:
        reviewing.reset(session, subject)


def _write(session: Session, subject: str, to: str) -> None:
    with session.begin() as work:
        report = work.reports.get(subject)
    part = replace(report.sections[0], text=to)
    reporting.save_draft(session, subject, (part, *report.sections[1:]))


_EDITS = {
    EditKind.ANNOTATION: _annotate,
    EditKind.KEY_IMAGE: _mark,
    EditKind.LABEL_STROKE: _paint,
    EditKind.FINDING: _decide,
    EditKind.REPORT: _write,
}


def sound(session: Session, act: Act) -> None:
    """The order of the house: what is acknowledged has been committed."""
    do(session, act)
    say("ack")


def early(_session: Session, _act: Act) -> None:
    """A broken order: acknowledged, and then it would be stored."""
    say("ack")
    wait_for_death()


def torn(session: Session, act: Act) -> None:
    """A broken transaction: the change in one commit, its line of the journal in another."""
    for module in (annotating, labelling, reviewing, reporting):
        module.record = lambda *_: None  # the fault, planted
    do(session, act)
    wait_for_death()


def half_undone(session: Session, act: Act) -> None:
    """A broken undo: the subject is set back in one commit, the stack in another."""
    do(session, act)
    say("ack")
    say("will " + json.dumps({"do": "undo", "at": act["at"]}))
    with session.begin() as work:
        edit = work.edits.last(STUDY_UID, session.actor.account_id, EditState.DONE)
        journal._SETTERS[edit.kind](work, edit, edit.after, edit.before)
    wait_for_death()


def wait_for_death() -> None:
    """Say that the fault lies open, and stay so."""
    say("now")
    while True:
        signal.pause()


def edit_without_end(variant: str, seed: int, seconds: float, folder: Path) -> None:
    """Sign in and edit."""
    dice = random.Random(seed)
    clock = [seconds]
    session = at_work(Workstation(folder, cost=KdfCost.TESTING), clock)
    how = {one.__name__: one for one in (sound, early, torn, half_undone)}[variant]
    while True:
        clock.append(clock[-1] + dice.choice([2.0, 9.0, 50.0]))
        act = next_act(session, dice, clock[-1])
        if variant != "sound" and act["do"] != "edit":
            continue  # the planted faults are about edits
        say("will " + json.dumps(act))
        how(session, act)


def main() -> None:
    """Serve until the standard input ends."""
    for line in sys.stdin:
        variant, seed, seconds, folder = line.rstrip("\n").split(" ", 3)
        child = os.fork()
        if child == 0:
            edit_without_end(variant, int(seed), float(seconds), Path(folder))
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
