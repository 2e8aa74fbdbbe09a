from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.dicom.text import clean_text, derived_uid, is_uid, parse_date, person_name


@given(st.text())
def test_clean_text_shows_nothing_hidden_and_is_stable(text):
    clean = clean_text(text)
    assert clean == clean_text(clean)
    assert len(clean) <= 1024
    assert all(ch == " " or (ch.isprintable()) for ch in clean)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Doe^Jane", "Doe, Jane"),
        ("Doe^Jane^Mary^Dr^Jr", "Doe, Jane Mary"),
        ("Doe", "Doe"),
        ("^Jane", "Jane"),
        ("=山田^太郎=やまだ^たろう", "山田, 太郎"),
        (None, ""),
    ],
)
def test_names_are_readable(stored, shown):
    assert person_name(stored) == shown


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("19620301", date(1962, 3, 1)),
        ("1962.03.01", date(1962, 3, 1)),
        ("19620230", None),
        ("", None),
        ("soon", None),
    ],
)
def test_dates_are_dates_or_nothing(stored, meant):
    assert parse_date(stored) == meant


def test_derived_identifiers_are_identifiers():
    assert is_uid(derived_uid("f" * 64))
    assert not is_uid("../x")
    assert not is_uid("1." * 40)
