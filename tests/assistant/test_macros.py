"""Short texts: what is shipped, and when a typed abbreviation is one."""

from __future__ import annotations

import pytest

from assistant.drafting.macros import in_one_line, shipped, typed, written_out
from assistant.drafting.placeholders import fields


def test_each_shipped_text_asks_for_what_it_cannot_know() -> None:
    assert len(shipped()) >= 15
    for text in shipped().values():
        assert fields(text)


@pytest.mark.parametrize(
    ("before", "abbreviation"),
    [
        (".mls", "mls"),
        ("Mass effect. .mls", "mls"),
        ("(.told", "told"),
        ("3.5", ""),
        ("e.g", ""),
        ("end.", ""),
        ("end. ", ""),
        (".mls ", ""),
        ("see fig.mls", ""),
        (".mein-text", "mein-text"),
    ],
)
def test_an_abbreviation_is_a_dot_and_a_word_of_its_own(before: str, abbreviation: str) -> None:
    assert typed(before) == abbreviation


def test_only_a_known_abbreviation_is_written_out() -> None:
    texts = {"mls": "Midline shift of {value} mm."}
    assert written_out("So .MLS", texts) == (4, "Midline shift of {value} mm.")
    assert written_out("So .other", texts) == (0, "")


def test_a_long_text_is_cut_for_a_list() -> None:
    assert in_one_line("one\n two") == "one two"
    assert in_one_line("word " * 30, 20) == "word word word word…"
