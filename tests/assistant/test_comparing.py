"""The comparison says what was measured in both studies, each number as it was measured."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.drafting.comparing import comparison_lines
from assistant.drafting.report import draft_sections
from inference.records import Change, ChangeKind, FindingChange, PriorComparison
from tests.assistant.conftest import RUN, SERIES, STUDY, finding

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def compared(kind: ChangeKind, *, now: float = 12.4, then: float = 10.0) -> PriorComparison:
    change = Change(kind, (1,), (1,) if then else (), now, then, 0.0, 0.0, 0.5)
    one = FindingChange(finding().id, change)
    return PriorComparison("s", "study", "prior", date(2026, 3, 1), NOW, (one,))


def said(comparison: PriorComparison) -> str:
    return " ".join(line.text for line in comparison_lines([comparison], [finding()]))


@pytest.mark.parametrize(
    ("kind", "then", "words"),
    [
        (ChangeKind.LARGER, 10.0, "larger, 12.4 ml and 10.0 ml on the study of 2026-03-01 (+24 %)"),
        (ChangeKind.SMALLER, 24.8, "smaller, 12.4 ml and 24.8 ml on the study of 2026-03-01 (-50"),
        (ChangeKind.UNCHANGED, 12.0, "unchanged within the error of measurement, 12.4 ml and 12.0"),
        (ChangeKind.NEW, 0.0, "new, 12.4 ml; nothing was marked here on the study of 2026-03-01"),
        (ChangeKind.UNSEEN, 0.0, "the study of 2026-03-01 does not show this place"),
    ],
)
def test_each_kind_of_change_has_its_words(kind: ChangeKind, then: float, words: str) -> None:
    told = said(compared(kind, then=then))
    assert words in told
    assert told.startswith("Enhancing lesion, right frontal lobe: ")


def test_a_lesion_that_is_gone_is_told_and_never_called_cured() -> None:
    gone = Change(ChangeKind.GONE, (), (1,), 0.0, 3.0, 0.0, 0.0, 0.5)
    comparison = PriorComparison("s", "study", "prior", None, NOW, (), (gone,))
    assert (
        said(comparison)
        == "A lesion of 3.0 ml that was marked on the earlier study is not marked now."
    )


def test_the_volume_now_is_the_findings_own_number_by_reference() -> None:
    sections = draft_sections(
        STUDY, (SERIES,), (finding(),), (RUN,), comparisons=(compared(ChangeKind.LARGER),)
    )
    part = next(one for one in sections if one.title == "Comparison")
    assert [(one.text, one.id) for one in part.references or ()] == [("12.4 ml", finding().id)]


def test_pieces_that_ran_together_are_not_told_as_one_findings_change() -> None:
    change = Change(ChangeKind.LARGER, (1, 2), (1,), 12.4, 10.0, 0.0, 0.0, 0.5)
    one = FindingChange(finding().id, change)
    assert not said(PriorComparison("s", "study", "prior", None, NOW, (one,)))
