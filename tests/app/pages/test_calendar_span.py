"""Which days a view spans, and where a step leads."""

from __future__ import annotations

from datetime import date

import pytest

from app.pages.calendar_span import View, days_of, stepped, title


def test_a_month_is_whole_weeks_around_its_days() -> None:
    days = days_of(View.MONTH, date(2026, 3, 14))
    assert (days[0], days[-1]) == (date(2026, 2, 23), date(2026, 4, 5))
    assert len(days) % 7 == 0


@pytest.mark.parametrize(
    ("view", "there"),
    [
        (View.DAY, date(2026, 2, 1)),
        (View.WEEK, date(2026, 2, 7)),
        (View.MONTH, date(2026, 2, 28)),
        (View.AGENDA, date(2026, 2, 28)),
    ],
)
def test_a_step_leads_to_the_next_days_and_a_month_never_past_its_end(
    view: View, there: date
) -> None:
    assert stepped(view, date(2026, 1, 31), 1) == there


@pytest.mark.parametrize("view", View)
def test_a_step_back_from_the_middle_of_a_month_undoes_a_step(view: View) -> None:
    assert stepped(view, stepped(view, date(2026, 5, 14), 1), -1) == date(2026, 5, 14)


def test_the_days_are_said_in_words() -> None:
    assert title(View.DAY, date(2026, 3, 3)) == "Tuesday 3 Mar 2026"
    assert title(View.WEEK, date(2026, 3, 3)) == "2 Mar 2026 – 8 Mar 2026"
    assert title(View.MONTH, date(2026, 3, 3)) == "March 2026"
