"""A reader's question about one slice: which map, of which finding. It loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.explain.methods import Method


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Asks for a finding's map on one slice.

    ``marked`` is the finding's outline there, (rows, columns) of the series. ``category`` is the
    type that is explained: 1 meningioma, 2 glioma, 3 pituitary.
    """

    slice_index: int
    marked: NDArray[np.bool_]
    category: int
    method: Method
