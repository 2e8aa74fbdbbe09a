"""Pieces of one lesion become one finding by their distance in the patient, not on the grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.measure.extent import volume_ml
from inference.measure.place import HeadBox
from inference.measure.placing import Placing
from inference.models.cards import read_package, shipped_folder
from inference.pipeline.components import believed, find_components
from inference.pipeline.findings import draw_labels, settle
from inference.pipeline.joining import GAP_MM, JOIN_MM, joined_pieces
from inference.pipeline.prepare import prepare, slice_gap_mm
from tests.inference.builders import AXIAL, head_volume
from tests.inference.test_components import SIDE, _logits

SETTINGS = replace(read_package(shipped_folder()).settings, lesion_threshold=0.0)


def _marked(*squares: tuple[int, int, int]) -> np.ndarray:
    """Squares of 8 pixels: (slice, row, column)."""
    marked = np.zeros((12, 64, 64), dtype=bool)
    for k, row, column in squares:
        marked[k, row : row + 8, column : column + 8] = True
    return marked


def test_a_lesion_cut_in_two_by_one_empty_slice_is_one() -> None:
    marked = _marked((3, 20, 20), (5, 22, 22))
    assert joined_pieces(marked, 1.1, 6.5)[1] == 1


def test_two_empty_slices_part_them() -> None:
    assert joined_pieces(_marked((3, 20, 20), (6, 20, 20)), 1.1, 6.5)[1] == 2


def test_an_empty_slice_between_far_slices_parts_them() -> None:
    marked = _marked((3, 20, 20), (5, 20, 20))
    assert joined_pieces(marked, 1.1, GAP_MM / 2 + 0.1)[1] == 2


def test_pieces_on_two_sides_of_an_empty_slice_but_not_over_one_another_stay_two() -> None:
    assert joined_pieces(_marked((3, 20, 20), (5, 45, 45)), 1.1, 6.5)[1] == 2


@pytest.mark.parametrize("pixel_mm", [0.5, 1.0, 2.0])
def test_a_gap_within_a_slice_is_judged_in_millimetres(pixel_mm: float) -> None:
    near, far = (round(mm / pixel_mm) for mm in (JOIN_MM - 2, JOIN_MM + 2))
    for gap, count in ((near, 1), (far, 2)):
        marked = _marked((4, 10, 4), (4, 10, 4 + 7 + gap))
        assert joined_pieces(marked, pixel_mm, 5.0)[1] == count


def test_three_pieces_in_a_row_are_one_and_a_far_one_stays_apart() -> None:
    marked = _marked((4, 4, 4), (4, 4, 17), (4, 4, 30), (9, 50, 50))
    labels, count = joined_pieces(marked, 1.1, 6.5)
    assert count == 2
    assert len(np.unique(labels[4])) == 2
    assert set(np.unique(labels)) == {0, 1, 2}
    assert ((labels > 0) == marked).all()


def test_a_sheared_stack_is_joined_where_its_slices_truly_lie() -> None:
    """A straight rod in the patient is drawn 20 pixels further back on each slice."""
    slip = (-20.0, 0.0)
    marked = np.zeros((4, 96, 32), dtype=bool)
    for k in range(4):
        marked[k, 80 - 20 * k + 0 : 88 - 20 * k, 10:18] = False
        marked[k, 4 + 20 * k : 12 + 20 * k, 10:18] = True
    labels, count = joined_pieces(marked, 1.0, 12.0, slip)
    assert count == 1
    assert ((labels > 0) == marked).all()
    assert joined_pieces(marked, 1.0, 12.0)[1] == 4


def test_the_gap_of_a_sheared_grid_is_along_the_normal() -> None:
    sheared = AXIAL.copy()
    sheared[1, 2] = 5.0
    assert slice_gap_mm(sheared) == pytest.approx(5.0)
    assert np.linalg.norm(sheared[:3, 2]) > 7
    prepared = prepare(head_volume(sheared), 128, 1.96)
    assert prepared.gap_mm == pytest.approx(5.0)
    assert prepared.slip_px == pytest.approx((5.0 / 1.96, 0.0))


def test_a_joined_lesion_has_the_volume_of_its_pieces() -> None:
    outline, whole = _logits([(2, 2, 10, 12, 2), (5, 2, 10, 12, 2)])
    found, values = find_components(outline, whole, 2.0, 5.0)
    (lesion,) = believed(found, SETTINGS)
    assert lesion.slices == (2, 3, 5, 6)
    assert lesion.volume_ml == pytest.approx(4 * 144 * 4 * 5 / 1000)
    assert set(np.unique(values)) == {0, lesion.value}


def test_no_sheared_or_uneven_volume_is_measured_by_its_nominal_spacing() -> None:
    mask = np.ones((4, 10, 10), dtype=bool)
    sheared = AXIAL.copy()
    sheared[0, 2], sheared[1, 2] = 3.0, -4.0
    assert volume_ml(mask, sheared) == pytest.approx(400 * 1.8 * 1.8 * 5.0 / 1000)


def test_what_lies_outside_by_a_believed_template_is_dropped_and_the_rest_counted_anew() -> None:
    volume = head_volume()
    prepared = prepare(volume, SIDE, 3.0)
    outline, whole = _logits([(1, 3, 4, 10, 1), (6, 3, 40, 12, 3)])
    padded = np.zeros((len(volume.voxels), *outline.shape[1:]), dtype=np.float32)
    padded[:, 0] = 8
    padded[: len(outline)] = outline
    many = np.tile(whole[:1] * 0 + (4, 0, 0, 0), (len(padded), 1)).astype(np.float32)
    many[: len(whole)] = whole
    found, values = find_components(padded, many, 3.0, 5.0)
    shape = volume.voxels.shape
    lesion = (values > 0).astype(np.float32)
    labels = draw_labels(found, values, lesion, prepared, (shape[0], shape[1], shape[2]))
    assert set(np.unique(labels)) == {0, 1, 2}

    class OutsideOne(Placing):
        def outside_share(self, mask: np.ndarray) -> float:
            return 1.0 if mask[:5].any() else 0.0

    box = HeadBox((-75.0, -95.0, -65.0), (75.0, 95.0, 65.0), 0.0)
    kept, anew = settle(found, labels, OutsideOne(AXIAL, box))
    assert [c.slices for c in kept] == [found[1].slices]
    assert set(np.unique(anew)) == {0, 1}
    assert ((anew == 1) == (labels == 2)).all()
    everything, same = settle(found, labels, Placing(AXIAL, box, reason="not believed"))
    assert len(everything) == 2
    assert (same == labels).all()
