"""What is said once a report was released: that the patient reads it, or that nobody can yet."""

from __future__ import annotations

from app.pages.page import Page

READ = "The patient can read this report now."
UNREAD = (
    "Released, but nobody can read it yet: no account is matched with this patient. "
    "Match one on the Patients page, or hand over a print."
)


def say_released(page: Page, *, is_read: bool) -> None:
    """Say in a banner what a release came to; ``is_read``: an account is matched."""
    page.context.navigator.banner(READ if is_read else UNREAD, "good" if is_read else "warning")
