"""The cells a map was made of come back as they were, and lie where the network saw them."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from inference.pipeline.native import pack, unpack
from inference.pipeline.prepare import prepare
from tests.inference.builders import head_volume

PREPARED = prepare(head_volume(), 192, 1.1)
CELLS = np.random.default_rng(3).random((6, 6)).astype(np.float32)


def test_cells_come_back_within_a_step_of_255() -> None:
    native = pack({4: CELLS, 9: CELLS / 2}, PREPARED, 32)
    whole = unpack(native, 26)
    assert whole.shape == (26, 6, 6)
    assert whole[4] / 255 == pytest.approx(CELLS, abs=0.5 / 255)
    assert whole[9] / 255 == pytest.approx(CELLS / 2, abs=0.5 / 255)
    assert not whole[5].any()


def test_a_cell_lies_where_the_restored_map_is_hottest() -> None:
    hot = np.zeros((6, 6), dtype=np.float32)
    hot[2, 3] = 1
    native = pack({4: hot}, PREPARED, 32)
    column, row, _, _ = np.array(native.to_voxel).reshape(4, 4) @ [3, 2, 4, 1]
    grid = np.zeros((192, 192), dtype=np.float32)
    grid[64:96, 96:128] = 1
    rows, columns = np.nonzero(PREPARED.restore(grid) > 0.5)
    assert row == pytest.approx(rows.mean(), abs=0.6)
    assert column == pytest.approx(columns.mean(), abs=0.6)


@pytest.mark.parametrize("change", [{"rows": 7}, {"slices": (30,)}, {"values": "AAAA"}])
def test_a_damaged_record_is_not_shown(change: dict[str, object]) -> None:
    native = replace(pack({4: CELLS}, PREPARED, 32), **change)
    with pytest.raises((ValueError, zlib.error)):
        unpack(native, 26)
