"""The findings: the list, the reader's decision on each, and the way back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.pages.odds import Grounds
from app.pages.page import Page
from app.pages.reading.finding_form import FindingForm, Words
from app.pages.reading.finding_rows import FindingsList
from app.pages.reading.reject_reasons import RejectReasons
from app.widgets.buttons import button
from app.widgets.text import label
from app.workflow import reviewing
from inference.records import Change, Finding, FindingStatus, RejectReason

OwnFinding = Callable[[Words], Finding]
"""Stores a finding of the reader's own under those words."""


class FindingsPanel(QWidget):
    """Lists findings and stores decisions; each is done at once and can be taken back.

    ``selected`` carries the Finding of the current row or None, ``jump_wanted`` the Finding to go
    to, ``decided`` the Findings as they now stand, ``measured`` Findings that were measured anew,
    ``asking_changed`` says that form or reasons came or went, ``added`` carries a Finding of the
    reader's own.
    """

    selected = Signal(object)
    jump_wanted = Signal(object)
    decided = Signal(object)
    measured = Signal(object)
    asking_changed = Signal()
    added = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.setObjectName("findingsPanel")
        self._page = page
        self._findings: tuple[Finding, ...] = ()
        self._changes: dict[str, Change] = {}
        self._undo: list[tuple[Finding, ...]] = []
        self._locked = False
        self._known = Grounds()
        self._own: OwnFinding | None = None
        self._editing: tuple[str, ...] = ()
        self.reasons = RejectReasons()
        self.list = FindingsList()
        self._form = FindingForm(self._save_words, self._end_edit)
        self._buttons = self._make_buttons()
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
        column.addWidget(self.reasons)
        self._connect()
        self._refresh()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings as they now stand."""
        return self._findings

    @property
    def asking(self) -> bool:
        """Whether the form or the reasons for a rejection are open."""
        return not (self._form.isHidden() and self.reasons.isHidden())

    def show_findings(self, findings: tuple[Finding, ...], *, locked: bool) -> None:
        """List the findings of a study; locked once its report is signed."""
        self._findings, self._locked = findings, locked
        self._changes = {}
        self._undo.clear()
        self.reasons.end()
        self._show_form(shown=False)
        self._refresh()

    def know(self, known: Grounds) -> None:
        """Take note of what there is to go by; the rows say how far to trust each finding."""
        self._known = known
        self._refresh()

    def begin_own(self, store: OwnFinding, place: str = "") -> None:
        """Ask what the reader has found; ``place`` says what an empty place stands for."""
        if not self._locked:
            self._own = store
            self._show_form(shown=True)
            self._form.begin(None, place=place)

    def take_over(self, measured: tuple[Finding, ...]) -> None:
        """Show findings that were measured anew; those of another study are dropped."""
        if self._replace(measured):
            self.measured.emit(measured)

    def show_changes(self, changes: Mapping[str, Change]) -> None:
        """Say what became of the findings since the prior study, by their ids."""
        self._changes = dict(changes)
        self.list.show_changes(self._changes)

    def lock(self) -> None:
        """Take no more decisions: the report is signed."""
        self._locked = True
        self.reasons.end()
        self._show_form(shown=False)
        self._enable()

    def undo(self) -> None:
        """Take the last decision back, words included."""
        if self._undo and not self._locked:
            before = self._undo.pop()
            session = self._page.context.session
            self.reasons.end()
            self._page.ask(lambda _: reviewing.restore(session, before), self._decided_now)

    def _decide(self, what: str) -> None:
        ids = self.list.chosen_ids
        before = tuple(one for one in self._findings if one.id in ids)
        if not before or self._locked:
            return
        session = self._page.context.session
        if what == "edit":
            self._editing = ids
            self._show_form(shown=True)
            self._form.begin(self.list.selected, several=len(before) > 1)
            return
        accepts = what == "accept"
        status = FindingStatus.ACCEPTED if accepts else FindingStatus.REJECTED
        self._store(
            before,
            lambda: reviewing.decide(session, ids, status),
            then=self.reasons.end if accepts else partial(self._offer_reasons, ids),
        )

    def _make_buttons(self) -> dict[str, QPushButton]:
        return {
            "accept": button(
                "Accept",
                lambda: self._decide("accept"),
                name="findingAccept",
                tip="Accept this finding (A)",
            ),
            "edit": button(
                "Edit",
                lambda: self._decide("edit"),
                name="findingEdit",
                tip="Say in your own words what it is (E)",
            ),
            "reject": button(
                "Reject",
                lambda: self._decide("reject"),
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

    def _connect(self) -> None:
        self.list.decision_wanted.connect(self._decide)
        self.list.undo_wanted.connect(self.undo)
        self.list.reason_wanted.connect(self.reasons.choose_number)
        self.list.itemSelectionChanged.connect(self._enable)
        self.reasons.chosen.connect(self._give_reason)
        self.reasons.closed.connect(self.asking_changed)
        self.list.jump_wanted.connect(self._jump)
        self.list.currentRowChanged.connect(self._tell_selected)

    def _offer_reasons(self, ids: tuple[str, ...]) -> None:
        if not self._locked:
            self.reasons.offer(ids)
            self.asking_changed.emit()

    def _give_reason(self, ids: tuple[str, ...], reason: RejectReason) -> None:
        session, status = self._page.context.session, FindingStatus.REJECTED
        self.list.setFocus()
        self._page.ask(lambda _: reviewing.decide(session, ids, status, reason), self._decided_now)

    def _save_words(self, before: Finding | None, words: Words) -> None:
        session, store, ids = self._page.context.session, self._own, self._editing
        what, place, note = words
        if before is None:
            if store is not None:
                self._page.ask(lambda _: store(words), self._added)
        elif len(ids) > 1:
            self._store(
                tuple(one for one in self._findings if one.id in ids),
                lambda: reviewing.rename(session, ids, label=what, note=note),
            )
        else:
            self._store(
                (before,),
                lambda: (reviewing.edit(session, before.id, label=what, place=place, note=note),),
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
        self.asking_changed.emit()

    def _store(
        self,
        before: tuple[Finding, ...],
        job: Callable[[], tuple[Finding, ...]],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        def stored(after: tuple[Finding, ...]) -> None:
            self._undo.append(before)
            self._decided_now(after)
            self._go_on(after[-1])
            then()

        self._page.ask(lambda _: job(), stored)

    def _decided_now(self, after: tuple[Finding, ...]) -> None:
        if self._replace(after):
            self.decided.emit(after)

    def _replace(self, after: tuple[Finding, ...]) -> bool:
        """Show the findings as they are stored; whether any of them is of this study."""
        known = {one.id: one for one in after}
        if not any(one.id in known for one in self._findings):
            return False
        self._findings = tuple(known.get(one.id, one) for one in self._findings)
        self._refresh()
        return True

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
