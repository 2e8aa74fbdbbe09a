"""Which series hang where: by sequence, beside the prior, in any size; never a prior unasked."""

from __future__ import annotations

import pytest

from viewer.canvas.hanging import (
    BRAIN,
    EMPTY,
    PLANES,
    Facts,
    Hanging,
    hangings,
    in_layout,
    proposed,
)

STUDY = [Facts(name, name, 20 + place) for place, name in enumerate(reversed(BRAIN))]
PRIOR = [Facts(f"old {name}", name, 18, prior="1 May 2024") for name in ("T2", "T1", "FLAIR")]


def named(series: list[Facts], name: str) -> Hanging:
    return next(one for one in hangings(series) if one.name == name)


def uids(hanging: Hanging) -> list[str]:
    return [cell.series_uid for cell in hanging.cells if cell.series_uid]


def test_a_brain_hangs_in_the_order_it_is_read_whatever_order_it_came_in() -> None:
    brain = named([*STUDY, Facts("x", "localiser", 3)], "Brain MRI by sequence")
    assert uids(brain) == list(BRAIN)
    assert (brain.rows, brain.columns) == (3, 3)
    assert [cell.notice for cell in brain.cells[len(BRAIN) :]] == [EMPTY] * 2


def test_of_two_series_of_one_sequence_the_one_with_more_slices_hangs() -> None:
    found = [Facts("thick", "T2", 20), Facts("thin", "T2", 160), Facts("t1", "T1", 20)]
    assert uids(named(found, "Brain MRI by sequence")) == ["t1", "thin"]


def test_current_and_prior_stand_side_by_side_by_sequence() -> None:
    beside = named([*STUDY, *PRIOR], "Compare with 1 May 2024")
    assert beside.pairs == (("T1", "old T1"), ("T2", "old T2"), ("FLAIR", "old FLAIR"))
    for place, pair in enumerate(beside.pairs):
        left, right = beside.cells[2 * place : 2 * place + 2]
        assert (left.series_uid, right.series_uid) == pair
    assert beside.columns % 2 == 0


def test_one_pair_takes_the_whole_screen() -> None:
    beside = named([Facts("a", "T1", 9), Facts("b", "T1", 9, prior="2020")], "Compare with 2020")
    assert (beside.rows, beside.columns) == (1, 2)


@pytest.mark.parametrize("count", range(1, 8))
def test_pairs_never_break_across_rows(count: int) -> None:
    then = [Facts(f"old {name}", name, 9, prior="2020") for name in BRAIN[:count]]
    beside = named([*STUDY, *then], "Compare with 2020")
    assert len(beside.cells) == beside.rows * beside.columns
    assert beside.rows <= 4
    assert beside.columns in {2, 4}


def test_each_earlier_study_has_its_own_comparison() -> None:
    older = [Facts("older T1", "T1", 9, prior="2 June 2019")]
    names = [one.name for one in hangings([*STUDY, *PRIOR, *older])]
    assert names.index("Compare with 1 May 2024") < names.index("Compare with 2 June 2019")


def test_a_prior_without_a_common_sequence_is_not_offered() -> None:
    found = hangings([Facts("a", "T1", 9), Facts("b", "T2", 9, prior="2020")])
    assert [one.name for one in found] == [PLANES.name]


def test_nothing_of_a_prior_hangs_unless_it_was_asked_for() -> None:
    everything = [*STUDY, *PRIOR]
    unasked = [one for one in hangings(everything) if not one.name.startswith("Compare")]
    unasked += [in_layout(everything, side, side, "old T1") for side in range(1, 6)]
    unasked.append(proposed(everything))
    assert not [uid for one in unasked for uid in uids(one) if uid.startswith("old")]


def test_three_recognised_sequences_are_proposed_side_by_side_fewer_as_planes() -> None:
    assert proposed(STUDY[:3]).name == "Brain MRI by sequence"
    assert proposed(STUDY[:2]) == PLANES
    assert proposed([]) == PLANES


@pytest.mark.parametrize("rows", range(1, 6))
@pytest.mark.parametrize("columns", range(1, 6))
def test_any_size_is_filled_beginning_with_what_was_on_the_screen(rows: int, columns: int) -> None:
    made = in_layout(STUDY, rows, columns, "FLAIR")
    assert len(made.cells) == rows * columns
    assert made.cells[0].series_uid == "FLAIR"
    assert len(uids(made)) == min(rows * columns, len(STUDY))
    assert len(set(uids(made))) == len(uids(made))
