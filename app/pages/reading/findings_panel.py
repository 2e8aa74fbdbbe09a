"""The findings: the list, the reader's decision on each, and the way back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pages.odds import Grounds
from app.pages.page import Page
from app.pages.reading.finding_form import FindingForm, Words
from app.pages.reading.finding_rows import FindingsList
from app.widgets.buttons import button
from app.widgets.text import label
from app.workflow import reviewing
from app.workflow.session import Session
from inference.measure.change import Change
from inference.records import Finding, FindingStatus
from viewer.records import Vector3


class FindingsPanel(QWidget):
    """Lists findings and stores decisions; each is done at once and can be taken back.

    ``selected`` carries the Finding of the current row or None, ``jump_wanted`` the Finding to go
    to, ``decided`` the Finding as it now stands, ``editing`` whether the form is open, ``added`` a
    Finding of the reader's own.
    """

    selected = Signal(object)
    jump_wanted = Signal(object)
    decided = Signal(object)
    editing = Signal(bool)
    added = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setObjectName("findingsPanel")
        self._page = page
        self._findings: tuple[Finding, ...] = ()
        self._changes: dict[str, Change] = {}
        self._undo: list[Finding] = []
        self._locked = False
        self._known = Grounds()
        self._where = ("", (0.0, 0.0, 0.0), 0)
        self.list = FindingsList()
        self._form = FindingForm(self._save_words, self._end_edit)
        self._buttons = {
            "accept": button(
                "Accept",
                lambda: self._act("accept"),
                name="findingAccept",
                tip="Accept this finding (A)",
            ),
            "edit": button(
                "Edit",
                lambda: self._act("edit"),
                name="findingEdit",
                tip="Say in your own words what it is (E)",
            ),
            "reject": button(
                "Reject",
                lambda: self._act("reject"),
                name="findingReject",
                tip="Say that it is not there (R)",
            ),
            "undo": button(
                "Undo",
                self.undo,
                name="findingUndo",
                kind="quiet",
                tip="Take the last decision back (U or Z)",
            ),
        }
        self._left = label("", "caption")
        self._left.setObjectName("findingsLeft")
        self._buttons_row = QWidget()
        row = QHBoxLayout(self._buttons_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for made in self._buttons.values():
            row.addWidget(made)
        row.addStretch(1)
        row.addWidget(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.list)
        column.addWidget(self._form)
        column.addWidget(self._buttons_row)
        self.list.decision_wanted.connect(self._decide)
        self.list.undo_wanted.connect(self.undo)
        self.list.jump_wanted.connect(self._jump)
        self.list.currentRowChanged.connect(self._tell_selected)
        self._refresh()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings as they now stand."""
        return self._findings

    def show_findings(self, findings: tuple[Finding, ...], *, locked: bool) -> None:
        """List the findings of a study; locked once its report is signed."""
        self._findings, self._locked = findings, locked
        self._changes = {}
        self._undo.clear()
        self._show_form(shown=False)
        self._refresh()

    def know(self, known: Grounds) -> None:
        """Take note of what there is to go by; the rows say how far to trust each finding."""
        self._known = known
        self._refresh()

    def begin_own(self, series_uid: str, centre_mm: Vector3, slice_index: int) -> None:
        """Ask what the reader has found there."""
        if not self._locked:
            self._where = (series_uid, centre_mm, slice_index)
            self._show_form(shown=True)
            self._form.begin(None)

    def show_changes(self, changes: Mapping[str, Change]) -> None:
        """Say what became of the findings since the prior study, by their ids."""
        self._changes = dict(changes)
        self.list.show_changes(self._changes)

    def lock(self) -> None:
        """Take no more decisions: the report is signed."""
        self._locked = True
        self._show_form(shown=False)
        self._enable()

    def undo(self) -> None:
        """Take the last decision back, words included."""
        if self._undo and not self._locked:
            before = self._undo.pop()
            session = self._page.context.session
            self._page.ask(lambda _: restore(session, before), self._replace)

    def _act(self, what: str) -> None:
        if self.list.selected is not None:
            self._decide(what, self.list.selected_id)

    def _decide(self, what: str, finding_id: str) -> None:
        before = next((one for one in self._findings if one.id == finding_id), None)
        if before is None or self._locked:
            return
        session = self._page.context.session
        if what == "edit":
            self._show_form(shown=True)
            self._form.begin(before)
        elif what == "accept":
            self._store(before, lambda: reviewing.accept(session, finding_id))
        else:
            self._store(before, lambda: reviewing.reject(session, finding_id))

    def _save_words(self, before: Finding | None, words: Words) -> None:
        session = self._page.context.session
        what, place, note = words
        if before is None:
            at = self._where
            self._page.ask(
                lambda _: reviewing.add(session, *at, label=what, place=place, note=note),
                self._added,
            )
            self._end_edit()
            return
        self._store(
            before,
            lambda: reviewing.edit(session, before.id, label=what, place=place, note=note),
        )
        self._end_edit()

    def _added(self, made: Finding) -> None:
        """Show a finding of the reader's own; Ctrl+Z takes it back, R rejects it."""
        self.added.emit(made)

    def _end_edit(self) -> None:
        self._show_form(shown=False)
        self.list.setFocus()

    def _show_form(self, *, shown: bool) -> None:
        """Put the form in the list's place, or the list back."""
        self._form.setVisible(shown)
        self.list.setVisible(not shown)
        self.setVisible(shown or bool(self._findings))
        self._buttons_row.setVisible(not shown and not self._locked)
        self.editing.emit(shown)

    def _store(self, before: Finding, job: Callable[[], Finding]) -> None:
        def stored(after: Finding) -> None:
            self._undo.append(before)
            self._replace(after)
            self._go_on(after)

        self._page.ask(lambda _: job(), stored)

    def _replace(self, after: Finding) -> None:
        """Show the finding as it is stored; one of another study is dropped."""
        if all(one.id != after.id for one in self._findings):
            return
        self._findings = tuple(after if one.id == after.id else one for one in self._findings)
        self._refresh()
        self.decided.emit(after)

    def _go_on(self, after: Finding) -> None:
        """Move to the next finding that still waits, as the hand expects."""
        ids = [one.id for one in self._findings]
        if after.id not in ids:
            return
        start = ids.index(after.id)
        later = self._findings[start + 1 :] + self._findings[:start]
        waiting = next((one for one in later if one.status is FindingStatus.SUGGESTED), None)
        if waiting is not None:
            self.list.select_finding(waiting.id)

    def _jump(self, finding_id: str) -> None:
        finding = next((one for one in self._findings if one.id == finding_id), None)
        if finding is not None:
            self.jump_wanted.emit(finding)

    def _tell_selected(self, row: int) -> None:  # noqa: ARG002 - Qt's signal
        self.selected.emit(self.list.selected)
        self._enable()

    def _refresh(self) -> None:
        self.list.show_findings(self._findings, self._known)
        self.list.show_changes(self._changes)
        self.setVisible(bool(self._findings) or not self._form.isHidden())
        left = sum(one.status is FindingStatus.SUGGESTED for one in self._findings)
        self._left.setText(f"{left} to decide" if left else "all decided")
        self._enable()

    def _enable(self) -> None:
        chosen = self.list.selected is not None and not self._locked
        for what in ("accept", "edit", "reject"):
            self._buttons[what].setEnabled(chosen)
        self._buttons["undo"].setVisible(bool(self._undo) and not self._locked)


def restore(session: Session, before: Finding) -> Finding:
    """Give a finding back the words and the decision it had."""
    words = {"label": before.label, "place": before.place, "note": before.note}
    after = reviewing.edit(session, before.id, **words)
    if before.status is FindingStatus.SUGGESTED:
        return reviewing.reset(session, before.id)
    if before.status is FindingStatus.ACCEPTED:
        return reviewing.accept(session, before.id)
    if before.status is FindingStatus.REJECTED:
        return reviewing.reject(session, before.id, before.note)
    return after
