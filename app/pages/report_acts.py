"""What can be done with a signed report, beside its document: only what is allowed is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from PySide6.QtWidgets import QDialog, QPushButton

from app.accounts.permissions import Permission
from app.pages.page import Page
from app.pages.reading.signing_dialog import Asked, SecondDoctor, SigningDialog
from app.pages.report_asking import (
    CorrectionDialog,
    ask_eyes,
    ask_hand_over,
    ask_reason,
)
from app.pages.report_released import say_released
from app.tasks import Lane
from app.widgets.buttons import button
from app.widgets.surfaces import Card
from app.workflow import amending, printing, releasing, signing
from app.workflow.outputs import Eyes
from app.workflow.reading import OpenedStudy
from assistant.drafting.changes import SectionChange, report_changes
from assistant.records import Report, ReportStatus, Section

T = TypeVar("T")


class ReportActs(Card):
    """Co-sign, release, withdraw, hand over, print, correct, mark as entered in error."""

    def __init__(self, page: Page, again: Callable[[], None]) -> None:
        super().__init__("What to do", name="reportActs")
        self._page = page
        self._again = again
        self._report: Report | None = None
        self._opened: OpenedStudy | None = None
        self._dialog: QDialog | None = None
        self._buttons = {
            "cosign": self._made("Co-sign…", self.cosign, "lock", "Make it final as second doctor"),
            "release": self._made(
                "Release to patient", self.release, "send", "The patient may read"
            ),
            "withdraw": self._made("Withdraw the release…", self.withdraw, "close", "Take it back"),
            "hand": self._made("Hand over a print…", self.hand_over, "report", "Record to whom"),
            "print": self._made("Print…", self.print_it, "download", "Print the report"),
            "correct": self._made("Correct…", self.correct, "edit", "Sign a changed version"),
            "error": self._made(
                "Entered in error…", self.mark_in_error, "warning", "Mark it so everywhere"
            ),
        }
        for made in self._buttons.values():
            self.column.addWidget(made)
        self.hide()

    def show_report(
        self, report: Report, opened: OpenedStudy, *, newest: bool, holds: bool
    ) -> None:
        """Offer what this person may do with this version; nothing leaves if it does not hold."""
        self._report, self._opened = report, opened
        can = self._page.context.session.can
        final, status = report.status.is_final, report.status
        released = opened.released_at is not None
        offered = {
            "cosign": status is ReportStatus.PRELIMINARY and can(Permission.SIGN_REPORT) and holds,
            "release": final and not released and can(Permission.RELEASE_REPORT) and holds,
            "withdraw": released and can(Permission.RELEASE_REPORT),
            "hand": final and can(Permission.HAND_OVER_REPORT) and holds,
            "print": can(Permission.EXPORT_REPORT) and holds,
            "correct": final and can(Permission.SIGN_REPORT) and holds,
            "error": (final or status is ReportStatus.PRELIMINARY) and can(Permission.SIGN_REPORT),
        }
        for key, made in self._buttons.items():
            made.setVisible(newest and offered[key])
        self.setVisible(newest and not status.is_draft and any(offered.values()))

    def cosign(self) -> None:
        """Ask for the second doctor's own password."""
        session, report_id = self._page.context.session, self._id()
        self._sign(
            "Co-sign the report",
            signing.MEANING_SECOND,
            "Co-sign",
            lambda password: signing.cosign(session, report_id, password),
        )

    def release(self) -> None:
        """Let the patient read it."""
        session, report_id = self._page.context.session, self._id()

        def done(is_read: bool) -> None:  # noqa: FBT001 - what the act returns
            say_released(self._page, is_read=is_read)
            self._again()

        self._page.ask(lambda _: releasing.release(session, report_id), done, lane=Lane.IO)

    def withdraw(self) -> None:
        """Ask what the patient is told, and take the release back."""
        session, report_id = self._page.context.session, self._id()
        self._dialog = ask_reason(
            self.window(),
            "Withdraw the release",
            "The patient reads your reason in place of the report.",
            "Withdraw",
            lambda reason: self._do(
                lambda: releasing.withdraw(session, report_id, reason), "The release is withdrawn."
            ),
        )

    def hand_over(self) -> None:
        """Ask to whom a print is given, and record it."""
        session, report_id = self._page.context.session, self._id()
        self._dialog = ask_hand_over(
            self.window(),
            lambda name, relation: self._do(
                lambda: releasing.hand_over(session, report_id, name, relation),
                "The hand-over is recorded.",
            ),
        )

    def print_it(self) -> None:
        """Ask for whose eyes, and print."""
        session, report_id = self._page.context.session, self._id()

        def go(eyes: Eyes) -> None:
            self._do(
                lambda: printing.print_report(session, report_id, eyes),
                "The report was handed to the printer.",
            )

        self._dialog = ask_eyes(self.window(), "Print", go)

    def correct(self) -> None:
        """Ask for the changed words and the reason; then sign them."""
        if self._report is None:
            return
        report, session = self._report, self._page.context.session

        def go(sections: tuple[Section, ...], reason: str, was_wrong: bool) -> None:  # noqa: FBT001 - the answer of a dialog
            self._sign(
                "Sign the changed report",
                f"{amending.MEANING_CHANGED} Reason: {reason}",
                "Sign",
                lambda password: amending.correct(
                    session, report.id, sections, reason, password, was_wrong=was_wrong
                ),
                report_changes(report, replace(report, sections=sections)),
            )

        self._dialog = CorrectionDialog(self.window(), report, go)
        self._dialog.open()

    def mark_in_error(self) -> None:
        """Ask why; who has not signed the report needs a second doctor beside."""
        if self._report is None:
            return
        report_id, session = self._report.id, self._page.context.session
        signature = self._report.signature
        alone = signature is not None and signature.signer_id == session.actor.signer_id

        def sign(reason: str) -> None:
            def go(password: str) -> Report:
                second = None
                if isinstance(self._dialog, SigningDialog) and not alone:
                    second = amending.Second(*self._dialog.second)
                return amending.mark_in_error(session, report_id, reason, password, second)

            self._sign(
                "Mark as entered in error",
                f"{amending.MEANING_ERROR} Reason: {reason}",
                "Mark as entered in error",
                go,
                second=SecondDoctor.NONE if alone else SecondDoctor.NEEDED,
            )

        self._dialog = ask_reason(
            self.window(),
            "Entered in error",
            "The text is kept and marked everywhere; a patient who could read it no longer can.",
            "Go on to sign…",
            sign,
        )

    def _sign(
        self,
        title: str,
        meaning: str,
        action: str,
        act: Callable[[str], Report],
        differences: tuple[SectionChange, ...] = (),
        second: SecondDoctor = SecondDoctor.NONE,
    ) -> None:
        if self._opened is None:
            return
        dialog = SigningDialog(
            self.window(),
            patient=self._opened.patient,
            study=self._opened.study,
            asked=Asked(title, meaning, action, (), differences, second=second),
            sign=lambda password: self._page.ask(
                lambda _: act(password),
                lambda _: self._signed(dialog),
                failed=dialog.refuse,
            ),
        )
        self._dialog = dialog
        dialog.open()

    def _signed(self, dialog: SigningDialog) -> None:
        dialog.accept()
        self._again()

    def _do(self, act: Callable[[], T], said: str) -> None:
        navigator = self._page.context.navigator

        def done(_: T) -> None:
            navigator.banner(said, "good")
            self._again()

        self._page.ask(lambda _: act(), done, lane=Lane.IO)

    def _id(self) -> str:
        return self._report.id if self._report is not None else ""

    def _made(self, text: str, act: Callable[[], None], icon: str, tip: str) -> QPushButton:
        name = "".join(letter for letter in text.title() if letter.isalnum())
        return button(text, act, name=f"report{name}", icon=icon, tip=tip)
