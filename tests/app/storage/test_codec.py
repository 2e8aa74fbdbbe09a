"""Records to JSON and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.storage.codec import canonical, decode, encode, instant, parse
from assistant.records import Report
from scheduling.records import Appointment
from tests.app.storage import generated as g
from tests.app.storage import generated_booking as b
from tests.app.storage import records as r


@settings(max_examples=25, deadline=None)
@given(g.drafts)
def test_report_comes_back_from_its_canonical_json(report: Report) -> None:
    assert parse(Report, canonical(report)) == report
    assert canonical(parse(Report, canonical(report))) == canonical(report)


@settings(max_examples=25, deadline=None)
@given(b.appointments)
def test_the_same_moment_in_another_zone_has_the_same_bytes(appointment: Appointment) -> None:
    zone = timezone(timedelta(hours=-3))
    elsewhere = Appointment(
        **{
            name: value.astimezone(zone) if isinstance(value, datetime) else value
            for name in appointment.__slots__
            for value in (getattr(appointment, name),)
        }
    )
    assert canonical(elsewhere) == canonical(appointment)


@settings(max_examples=25, deadline=None)
@given(st.lists(g.moments, min_size=2, max_size=8))
def test_text_order_of_moments_is_time_order(moments: list[datetime]) -> None:
    assert sorted(moments) == sorted(moments, key=instant)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        instant(datetime(2026, 1, 1))  # noqa: DTZ001 -- what is refused


def test_fields_missing_in_old_json_take_their_defaults() -> None:
    values = encode(r.DRAFT)
    del values["patient_line"], values["signature"]
    assert decode(Report, values) == r.DRAFT


def test_what_is_no_record_has_no_json() -> None:
    with pytest.raises(TypeError, match="no JSON for object"):
        encode({"x": object()})
    with pytest.raises(ValueError):  # noqa: PT011 -- the library's own words
        canonical({"x": float("nan")})
    assert encode(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000000+00:00"
