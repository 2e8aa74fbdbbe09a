"""Saving a report as a PDF document, from wherever a page shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.pages.page import Page
from app.tasks import Lane
from app.workflow import outputs
from app.workflow.outputs import Eyes


def save_pdf(page: Page, report_id: str, path: Path, eyes: Eyes = Eyes.RECORD) -> None:
    """Write the checked report off the GUI thread and say when it is there."""
    session, navigator = page.context.session, page.context.navigator
    page.ask(
        lambda _: path.write_bytes(outputs.report_pdf(session, report_id, eyes)),
        lambda _: navigator.banner(f"Saved {path.name}.", "good"),
        lane=Lane.IO,
    )


def ask_for_pdf(
    parent: QWidget,
    chosen: Callable[[Path], None],
    title: str = "Save the report",
    name: str = "report.pdf",
) -> None:
    """Ask where to save the document; nothing happens if the person goes back."""
    dialog = QFileDialog(parent.window(), title, name, "PDF (*.pdf)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.open()
