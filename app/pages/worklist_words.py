"""A filter of the worklist in words, as the page shows it."""

from __future__ import annotations

from app.pages.wording import STATUS_WORDS, day
from app.records import Urgency, WorklistFilter, WorklistPage

URGENCY_WORDS = {
    Urgency.SUSPECTED: "Lesion suspected",
    Urgency.UNJUDGED: "Not judged by a model",
    Urgency.QUIET: "Nothing suspected or rejected",
    Urgency.DONE: "Signed or simulated",
}
DAYS_WORDS = {1: "Today", 7: "Last 7 days", 30: "Last 30 days", 365: "Last 365 days"}


def filter_words(wanted: WorklistFilter) -> str:
    """Return what the filter lets through, empty where it lets all through."""
    parts = [
        " or ".join(STATUS_WORDS[status][0].lower() for status in wanted.statuses),
        " or ".join(URGENCY_WORDS[urgency].lower() for urgency in wanted.urgencies),
        " or ".join(wanted.modalities),
        days_words(wanted)[:1].lower() + days_words(wanted)[1:],
        "assigned to me" if wanted.mine else "",
        "not read" if wanted.unread else "",
    ]
    return ", ".join(part for part in parts if part)


def days_words(wanted: WorklistFilter) -> str:
    """Return the days in words, empty where any day will do."""
    if wanted.last_days:
        return DAYS_WORDS.get(wanted.last_days, f"Last {wanted.last_days} days")
    if wanted.since and wanted.until:
        return f"{day(wanted.since)} to {day(wanted.until)}"
    if wanted.since:
        return f"From {day(wanted.since)}"
    return f"Until {day(wanted.until)}" if wanted.until else ""


def count_words(page: WorklistPage) -> str:
    """Return how many studies there are."""
    if not page.total:
        return ""
    return "1 study" if page.total == 1 else f"{page.total:,} studies"


def showing_words(page: WorklistPage, wanted: WorklistFilter, search: str) -> str:
    """Return what is shown of how many, and why not all; empty where all is shown."""
    limits = [f"filter: {filter_words(wanted)}"] if filter_words(wanted) else []
    limits += [f"search: “{search.strip()}”"] if search.strip() else []
    if not limits and not page.more:
        return ""
    first = "the first " if page.more else ""
    shown = f"Showing {first}{len(page.entries):,} of {page.total:,}"
    words = ", ".join((shown, *limits))
    return f"{words}. Scroll down for more." if page.more else words
