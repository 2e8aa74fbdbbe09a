"""A small made-up label map, so that no real one is needed."""

from __future__ import annotations

import numpy as np

from inference.training.anatomy.maps import HeadMap, all_values


def small_head(number: int = 1) -> HeadMap:
    """Return nested boxes: skin, bone, fluid, both cortices and white matters, a left thalamus."""
    labels = np.zeros((40, 44, 40), dtype=np.int32)
    labels[4:36, 4:40, 4:36] = 511
    labels[6:34, 6:38, 6:34] = 515
    labels[8:32, 8:36, 8:32] = 24
    labels[10:30, 10:34, 10:20] = 42
    labels[10:30, 10:34, 20:30] = 3
    labels[13:27, 13:31, 13:20] = 41
    labels[13:27, 13:31, 20:27] = 2
    labels[17:23, 18:26, 21:26] = 10
    values = all_values()
    table = np.zeros(max(values) + 1, dtype=np.uint8)
    table[list(values)] = np.arange(len(values))
    return HeadMap(number, table[labels], values, (19.5, 21.5, 19.5))
