"""When a place keeps a public holiday, and when somebody or something is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import holidays

from scheduling.places import Absence, Place
from scheduling.rules.spans import Instants, closed_spans, united


def public_holidays(place: Place, first: date, last: date) -> frozenset[date]:
    """The public holidays of a place's country and region from the first to the last day.

    None where the place names no country, or one the library does not know.
    """
    years = range(first.year, last.year + 1)
    known = frozenset(day for year in years for day in _of_year(place.country, place.region, year))
    return frozenset(day for day in known if first <= day <= last)


def knows_holidays(country: str, region: str) -> bool:
    """Whether the holidays of that country and region are known."""
    subdivisions = holidays.list_supported_countries(include_aliases=False).get(country)
    return subdivisions is not None and (not region or region in subdivisions)


def away(
    absences: Iterable[Absence], zone: str, first: date, last: date
) -> Mapping[str, tuple[Instants, Instants]]:
    """By subject the united spans it is away, read on the clock of one zone."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for absence in absences:
        begin, end = max(first, absence.first_day), min(last, absence.last_day)
        if begin <= end:
            found[absence.subject_id] += closed_spans(
                begin, end, absence.starts, absence.ends, zone
            )
    return {subject_id: united(spans) for subject_id, spans in found.items()}


@lru_cache(maxsize=512)
def _of_year(country: str, region: str, year: int) -> frozenset[date]:
    if not country or not knows_holidays(country, region):
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
