"""A date that no rule of ours knows, read by dateparser and believed only if it is plausible.

Measured before it was taken in, dateparser once answered with the year 2120: so the day must lie
within a year and a month from now, and the words it was read from must look like a date.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

HORIZON = timedelta(days=400)
_LOOKS_LIKE_A_DATE = re.compile(r"(?=.*\d)(?=.*[^\W\d_]{3})|\d+\D+\d+")
_HAS_A_NUMBER = re.compile(r"\d")


def plausible_day(text: str, now: datetime, language: str) -> date | None:
    """The first plausible day to come that dateparser finds in a text, or None."""
    if not _HAS_A_NUMBER.search(text):
        return None
    from dateparser.search import search_dates  # noqa: PLC0415 - slow to import, rarely needed

    found = search_dates(
        text,
        languages=[language if language in {"en", "de"} else "en"],
        settings={
            "PREFER_DATES_FROM": "future",
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "RETURN_AS_TIMEZONE_AWARE": False,
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month"],
        },
    )
    for words, moment in found or ():
        day = moment.date()
        if _LOOKS_LIKE_A_DATE.search(words) and now.date() < day <= now.date() + HORIZON:
            return day
    return None
