"""Everything the training runs draw their pictures from, made once and kept beside the run."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.models.gate_net import PIXEL_MM
from inference.pipeline.prepare import prepare
from inference.training.gate.bodies import draw_bodies
from inference.training.gate.cases import (
    ENHANCED,
    Case,
    hostile_cases,
    nema_cases,
    normal_cases,
    pgbm_cases,
)
from inference.training.gate.labels import Tissues, TissueSlices, read_labels
from inference.training.gate.lesions import embellish
from inference.training.gate.real import Pictures, joined, pictures_of, regular, views
from inference.training.gate.spoil import CANVAS_PX

SOURCES = ("cheng", "pgbm", "normal", "nema multi", "hostile")
CHENG_MM = 0.49
_BATCH = 64
_PER_PLANE = 26
_BODIES = 1400
_SMALLEST_PX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """Synthetic heads and bodies as tissues, and the real pictures of each source."""

    heads: TissueSlices
    bodies: Tissues
    real: dict[str, Pictures]

    def without(self, sources: frozenset[str]) -> Pools:
        """Return the pools with some real sources left out."""
        kept = {name: found for name, found in self.real.items() if name not in sources}
        return Pools(self.heads, self.bodies, kept)


def read_pools(data: Path, folder: Path) -> Pools:
    """Return the pools of ``data``; they are kept in ``folder``, for reading takes minutes."""
    file = folder / "pools.npz"
    if not file.is_file():
        _keep(_make(data), file)
    with np.load(file) as found:
        arrays = {name: found[name] for name in found.files}
    heads = TissueSlices(arrays["heads.tissues"], arrays["heads.planes"])
    names = [field.name for field in fields(Pictures)]
    real = {source: Pictures(*(arrays[f"{source}.{name}"] for name in names)) for source in SOURCES}
    return Pools(heads, arrays["bodies"], real)


def _make(data: Path) -> Pools:
    plain = read_labels(data / "synthseg_labels", _PER_PLANE)
    generator = np.random.default_rng(5)
    tissues = np.stack([embellish(pair, generator) for pair in plain.tissues])
    real = {"cheng": read_cheng(data / "cheng_t1ce")}
    seen = _trained(data)
    for source in SOURCES[1:]:
        real[source] = joined(
            [views(c.volume, c.kind, head=c.head) for c in seen if c.source == source]
        )
    return Pools(TissueSlices(tissues, plain.planes), draw_bodies(_BODIES, seed=11), real)


def _keep(pools: Pools, file: Path) -> None:
    arrays: dict[str, NDArray[np.generic]] = {
        "heads.tissues": pools.heads.tissues,
        "heads.planes": pools.heads.planes,
        "bodies": pools.bodies,
    }
    for source, pictures in pools.real.items():
        for field in fields(Pictures):
            arrays[f"{source}.{field.name}"] = getattr(pictures, field.name)
    np.savez(file.with_name("new-pools"), **arrays)  # type: ignore[arg-type]
    file.with_name("new-pools.npz").replace(file)


def read_cheng(folder: Path) -> Pictures:
    """Return every slice of Cheng: T1 after contrast, plane not stated, shown upright."""
    paths = sorted((folder / "images").glob("*.jpg"), key=lambda path: int(path.stem))
    pieces = []
    for start in range(0, len(paths), _BATCH):
        stack = np.stack([_grey(path) for path in paths[start : start + _BATCH]])
        volume = regular(stack, np.diag([2 * CHENG_MM, 2 * CHENG_MM, 7.0, 1.0]))
        prepared = prepare(volume, CANVAS_PX, PIXEL_MM)
        pieces.append(pictures_of(prepared.images, ENHANCED))
    return joined(pieces)


def _grey(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L").resize((256, 256), Image.Resampling.BOX))


def _trained(data: Path) -> list[Case]:
    readers = (pgbm_cases, nema_cases, normal_cases, hostile_cases)
    return [
        case
        for read in readers
        for case in read(data)
        if case.trained and min(case.volume.voxels.shape[1:]) >= _SMALLEST_PX
    ]
