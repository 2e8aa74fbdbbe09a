"""The list of what the calendar shows, to the printer or into a file."""

from __future__ import annotations

from pathlib import Path

from app.pages.page import Page
from app.pages.report_export import ask_for_pdf
from app.tasks import Lane
from app.workflow import day_list
from app.workflow.calendar_sheet import Scope


def print_list(page: Page, scope: Scope) -> None:
    """Print it off the GUI thread and say so."""
    session, navigator = page.context.session, page.context.navigator
    page.ask(
        lambda _: day_list.print_day_list(session, scope),
        lambda _: navigator.banner("The list is at the printer.", "good"),
        lane=Lane.IO,
    )


def save_list(page: Page, scope: Scope) -> None:
    """Ask where to, and write it there."""
    name = f"day-list-{scope.first.isoformat()}.pdf"
    ask_for_pdf(page, lambda path: write_list(page, scope, path), "Save the list", name)


def write_list(page: Page, scope: Scope, path: Path) -> None:
    """Write it off the GUI thread and say when it is there."""
    session, navigator = page.context.session, page.context.navigator
    page.ask(
        lambda _: path.write_bytes(day_list.day_list_pdf(session, scope)),
        lambda _: navigator.banner(f"Saved {path.name}.", "good"),
        lane=Lane.IO,
    )
