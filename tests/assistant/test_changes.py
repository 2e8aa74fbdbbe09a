"""Word-wise differences: nothing invented, nothing lost, numbers whole."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.changes import Change, Piece, machine_changes, report_changes, word_changes
from assistant.records import Section
from tests.assistant.conftest import MakeReport

K, G, N = Change.KEPT, Change.GONE, Change.NEW
texts = st.lists(st.sampled_from(["left", "right", " ", "\n", "3.5", "mm", ".", "a", "  "])).map(
    "".join
)


def shown(before: str, after: str) -> list[tuple[Change, str]]:
    return [(one.change, one.text) for one in word_changes(before, after)]


@given(texts | st.text(), texts | st.text())
def test_kept_and_new_are_the_later_text_and_kept_and_gone_the_earlier(
    before: str, after: str
) -> None:
    pieces = word_changes(before, after)
    assert "".join(one.text for one in pieces if one.change is not G) == after
    assert "".join(one.text for one in pieces if one.change is not N) == before
    assert all(one.text for one in pieces)


@given(texts | st.text())
def test_the_same_text_has_no_changes(text: str) -> None:
    assert all(one.change is K for one in word_changes(text, text))


def test_one_word_is_marked_and_its_sentence_stays() -> None:
    assert shown("Lesion on the left.", "Lesion on the right.") == [
        (K, "Lesion on the "),
        (G, "left"),
        (N, "right"),
        (K, "."),
    ]


def test_a_number_is_never_half_new() -> None:
    assert shown("Size 3.5 mm", "Size 3.8 mm") == [
        (K, "Size "),
        (G, "3.5"),
        (N, "3.8"),
        (K, " mm"),
    ]


def test_several_words_in_a_row_are_one_change() -> None:
    assert shown("a small round lesion", "a large oval lesion") == [
        (K, "a "),
        (G, "small round"),
        (N, "large oval"),
        (K, " lesion"),
    ]


def test_a_line_put_in_leaves_the_others_alone() -> None:
    assert shown("One.\nThree.", "One.\nTwo.\nThree.") == [
        (K, "One.\n"),
        (N, "Two.\n"),
        (K, "Three."),
    ]


def test_versions_are_compared_by_section(make_report: MakeReport) -> None:
    before = make_report(Findings="Same.", Impression="Lesion on the left.")
    after = make_report(Findings="Same.", Impression="Lesion on the right.")
    changes = report_changes(before, after)
    assert [one.title for one in changes if one.changed] == ["Impression"]


def test_what_the_writer_made_of_the_machines_words_is_shown() -> None:
    (change,) = machine_changes([Section("Impression", "Glioma.", "Meningioma.")])
    assert change.pieces[:2] == (Piece(G, "Meningioma"), Piece(N, "Glioma"))
    (own,) = machine_changes([Section("Clinical question", "Headache.")])
    assert own.pieces == (Piece(N, "Headache."),)


def test_a_long_report_is_compared_in_a_tenth_of_a_second() -> None:
    before = "\n".join(f"Line {number} with a lesion of {number}.5 mm." for number in range(400))
    after = before.replace("lesion", "mass").replace("7.5", "8.5")
    begun = time.process_time()
    pieces = word_changes(before, after)
    seconds = time.process_time() - begun
    print(f"400 changed lines in {seconds * 1e3:.0f} ms, {len(pieces)} pieces")  # noqa: T201
    assert seconds < 1.0
