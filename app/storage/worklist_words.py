"""Under which words the index finds a line of the worklist, and how a search asks it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from app.records import WorklistFilter, WorklistStatus
from app.storage.folding import fold, index_words, wanted_words

_DONE = {WorklistStatus.SIGNED, WorklistStatus.RELEASED}


def line_words(line: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words a line is found under: those people type, and those filters ask for."""
    yield from index_words(f"{line['patient_name']} {line['mrn']} {line['description']}")
    yield _facet("s", line["status"])
    yield _facet("u", str(line["urgency"]))
    yield _facet("r", line["reader_id"])
    yield _facet("m", line["modality"])
    if line["study_date"]:
        for word, _, _ in _spans_of(date.fromisoformat(line["study_date"])):
            yield word


def match(
    search: str, wanted: WorklistFilter, today: date | None = None, reader_id: str = ""
) -> str | None:
    """Return what to ask the index, empty for all studies, None where nothing can be found."""
    words = wanted_words(search)
    first, last = _days(wanted, today)
    if (search.strip() and not words) or (first and last and first > last):
        return None
    parts = [f'"{word}" *' for word in words]
    parts += [_any(values) for values in _chosen(wanted, reader_id) if values]
    if first or last:
        parts.append(_any(_spans(first or date(1900, 1, 1), last or date(2199, 12, 31))))
    return " AND ".join(parts)


def _facet(kind: str, value: str) -> str:
    """Return one word, begun with a character that no typed word holds."""
    return f"\ue000{kind}{''.join(filter(str.isalnum, fold(value)))}"


def _chosen(wanted: WorklistFilter, reader_id: str) -> Iterator[list[str]]:
    statuses = set(wanted.statuses or (WorklistStatus if wanted.unread else ()))
    if wanted.unread:
        statuses -= _DONE
    nothing = ["none"] if wanted.unread and not statuses else []
    yield [_facet("s", status) for status in sorted(statuses) or nothing]
    yield [_facet("u", str(int(urgency))) for urgency in sorted(wanted.urgencies)]
    yield [_facet("m", modality) for modality in sorted(wanted.modalities)]
    yield [_facet("r", reader_id)] if wanted.mine else []


def _days(wanted: WorklistFilter, today: date | None) -> tuple[date | None, date | None]:
    first, last = wanted.since, wanted.until
    if wanted.last_days and today is not None:
        back = today - timedelta(days=min(wanted.last_days - 1, 36_500))
        first = max(first, back) if first else back
        last = min(last, today) if last else today
    return first, last


def _spans(first: date, last: date) -> Iterator[str]:
    """Yield the fewest words of whole years, quarters, months... that make up the days."""
    at = first
    while at <= last:
        word, _, end = next(span for span in _spans_of(at) if span[1] == at and span[2] <= last)
        yield word
        at = end + timedelta(days=1)


def _spans_of(day: date) -> tuple[tuple[str, date, date], ...]:
    """Return the spans a day lies in, the longest first: their word, first and last day."""
    year, month = day.year, day.month
    quarter, third = (month - 1) // 3, min((day.day - 1) // 10, 2)
    days = monthrange(year, month)[1]
    name = f"{year:04d}"
    return (
        (_facet("y", name), date(year, 1, 1), date(year, 12, 31)),
        (
            _facet("q", f"{name}{quarter}"),
            date(year, quarter * 3 + 1, 1),
            date(year, quarter * 3 + 3, monthrange(year, quarter * 3 + 3)[1]),
        ),
        (_facet("n", f"{name}{month:02d}"), date(year, month, 1), date(year, month, days)),
        (
            _facet("t", f"{name}{month:02d}{third}"),
            date(year, month, third * 10 + 1),
            date(year, month, days if third == 2 else third * 10 + 10),
        ),
        (_facet("d", f"{name}{month:02d}{day.day:02d}"), day, day),
    )


def _any(words: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{word}"' for word in words) + ")"
