"""Times in full words, so that a person sees what was understood before anything is done."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from assistant.phrases import Phrases
from assistant.wishes import When


def day_words(day: date, words: Phrases) -> str:
    """``Friday 20 March 2026``."""
    return words.say(
        "time.day",
        weekday=words.row("time.days")[day.weekday()],
        day=day.day,
        month=words.row("time.months")[day.month - 1],
        year=day.year,
    )


def meeting_words(starts: datetime, ends: datetime, zone: tzinfo | None, words: Phrases) -> str:
    """``Friday 20 March 2026, 10:00 to 10:30`` in wall time of a zone."""
    local, until = starts.astimezone(zone), ends.astimezone(zone)
    return words.say(
        "time.meeting",
        date=day_words(local.date(), words),
        **{"from": f"{local:%H:%M}", "to": f"{until:%H:%M}"},
    )


def when_words(when: When, words: Phrases) -> str:
    """``Friday 20 March 2026, 12:00 to 18:00``: what was read from a message."""
    parts = [_days(when, words)]
    if when.weekdays:
        named = [words.row("time.days")[day] for day in sorted(when.weekdays)]
        parts.append(words.say("time.only_days", days=words.say("time.or").join(named)))
    if when.names_hours:
        parts.append(_hours(when, words))
    return ", ".join(parts)


def _days(when: When, words: Phrases) -> str:
    if when.last is None:
        return words.say("time.from_day", first=day_words(when.first, words))
    if when.last == when.first:
        return day_words(when.first, words)
    return words.say(
        "time.days_between",
        first=day_words(when.first, words),
        last=day_words(when.last, words),
    )


def _hours(when: When, words: Phrases) -> str:
    bounds = {"from": f"{when.earliest:%H:%M}", "to": f"{when.latest:%H:%M}"}
    if when.latest == time.max:
        return words.say("time.hours_from", **bounds)
    key = "time.hours_until" if when.earliest == time.min else "time.hours"
    return words.say(key, **bounds)
