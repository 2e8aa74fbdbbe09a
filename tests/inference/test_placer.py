"""Claims about placing a reader's outline: as the analysis places its own, and never in the way."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from inference.measure.placing import Laid, placing
from inference.measure.regions import Region
from inference.measure.thinning import Thinned
from inference.pipeline import placer
from inference.pipeline.placer import SeriesPlacer
from inference.pipeline.prepare import head_mask
from tests.inference.heads import ball, grid_of, head_of, pose, spot
from viewer.records import Geometry, GeometryKind, Volume


@pytest.fixture(scope="module")
def head() -> Volume:
    affine, shape = grid_of("axial")
    return head_of(pose(), affine, shape)


def _mask(head: Volume) -> np.ndarray:
    centre, radius = spot(Region.TEMPORAL, "right")
    return ball(centre, radius, head.affine, head.voxels.shape)


def test_a_process_of_its_own_says_what_the_analysing_one_says(head: Volume) -> None:
    apart = SeriesPlacer().place("1.2.3", head)
    within = placing(head, head_mask(head.voxels))
    assert apart is not None
    assert apart.believed
    np.testing.assert_array_equal(apart.to_template, within.to_template)
    assert apart.place_of(_mask(head)) == within.place_of(_mask(head)) == "right temporal lobe"


def test_a_series_is_registered_once(head: Volume, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Thinned] = []

    def lay(thin: Thinned) -> Laid:
        asked.append(thin)
        return Laid(np.eye(4), 0.0, 0.0, "not asked here")

    monkeypatch.setattr(placer, "lay_apart", lay)
    one = SeriesPlacer()
    assert one.place("a", head) is one.place("a", head)
    one.place("b", head)
    assert len(asked) == 2


def test_a_registration_that_ends_by_itself_leaves_the_plain_words(
    head: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placer, "_main", sys.exit)
    placed = SeriesPlacer().place("1.2.3", head)
    assert placed is not None
    assert not placed.believed
    assert "ended by itself" in placed.reason
    assert "part of the imaged head" in placed.place_of(_mask(head))


def test_without_a_head_or_a_place_in_space_nothing_is_said(head: Volume) -> None:
    black = Volume(np.zeros_like(head.voxels), head.affine, head.geometry)
    assert SeriesPlacer().place("1.2.3", black) is None
    unknown = replace(head.geometry, kind=GeometryKind.UNKNOWN)
    assert isinstance(unknown, Geometry)
    assert SeriesPlacer().place("1.2.3", Volume(head.voxels, head.affine, unknown)) is None
