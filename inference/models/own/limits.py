"""How large anything about a clinic's own model may be; chosen for machines of 8 GB and up."""

from __future__ import annotations

MIB = 1 << 20
MOST_WEIGHT_BYTES = 512 * MIB
MOST_TEXT_BYTES = MIB
MOST_ENTRIES = 2_000
MOST_RATIO = 200
"""A zip entry that unpacks to more than so many times its size is taken for a bomb."""
MOST_TENSORS = 20_000
MOST_PARAMETERS = 256 * MIB
MOST_CLASSES = 16
MOST_SIDE_PX = 512
MOST_DEPTH_PX = 256
MOST_GRID = 512 * 512 * 64
"""Voxels looked at in one go."""
