"""Batches to learn from: heads and strangers, real and synthetic, in every kind of sequence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.models.gate_net import KINDS, PLANES
from inference.training.gate.labels import Tissues
from inference.training.gate.pools import Pools
from inference.training.gate.real import UNKNOWN, Pictures
from inference.training.gate.spoil import CANVAS_PX, Chance, spoil
from inference.training.gate.tissues import signals

# As many real pictures before contrast as after it, or "real" would come to mean "after".
SYNTHETIC_HEADS, BODIES, SCRAMBLED = 34, 11, 2
_REAL = (("cheng", 5), ("pgbm", 2), ("normal", 6), ("nema multi", 3), ("hostile", 1))
BATCH = SYNTHETIC_HEADS + BODIES + SCRAMBLED + sum(count for _, count in _REAL)
_SHARES = {
    "T1": 0.19,
    "T1 after contrast": 0.21,
    "T2": 0.14,
    "FLAIR": 0.14,
    "proton-density": 0.08,
    "DWI": 0.08,
    "ADC": 0.06,
    "CT": 0.06,
    "other": 0.04,
}
_COARSE = ("DWI", "ADC")
_SAGITTAL = PLANES.index("sagittal")


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures (n, 1, 128, 128) and what is true of each; -1 where it is unknown."""

    images: Tensor
    head: Tensor
    kind: Tensor
    plane: Tensor
    turn: Tensor
    mirrored: Tensor
    artefact: Tensor


class Drawer:
    """Draws the batch of any step again exactly, from the step's number alone.

    Over the first ``ramp`` steps ever more pictures are spoilt. ``turned`` is the share of
    pictures that are laid in any of the four ways; the others stay upright.
    """

    def __init__(self, pools: Pools, seed: int, ramp: int = 1, turned: float = 1.0) -> None:
        self._pools = pools
        self._seed = seed
        self._ramp = ramp
        self._turned = turned
        self._real: list[tuple[Pictures, int]] = []
        for source, count in _REAL:
            if source in pools.real:
                self._real.append((pools.real[source], count))

    def batch(self, step: int) -> Batch:
        """Return the batch of one step."""
        generator = np.random.default_rng((self._seed, step))
        drawn = [self._synthetic(generator), self._bodies(generator), self._scrambled(generator)]
        drawn += [_some(pictures, count, generator) for pictures, count in self._real]
        pictures = np.concatenate([one.pictures for one in drawn])
        kind = np.concatenate([one.kind for one in drawn])
        plane = np.concatenate([one.plane for one in drawn])
        head = np.concatenate([one.head for one in drawn])
        chance = Chance(int(generator.integers(2**62)), len(pictures))
        coarse = np.isin(kind, [KINDS.index(name) for name in _COARSE])
        harm = min(1.0, 0.3 + 0.7 * step / self._ramp)
        echo_planar = torch.from_numpy(coarse.astype(np.float32))
        images, artefact = spoil(torch.from_numpy(pictures), echo_planar, chance, harm)
        images, turn, mirrored = _turned(images, plane, self._turned, generator)
        known_plane = torch.from_numpy(np.where(head > 0, plane, UNKNOWN))
        return Batch(
            images=images[:, None].contiguous(),
            head=torch.from_numpy(head),
            kind=torch.from_numpy(np.where(head > 0, kind, UNKNOWN)),
            plane=known_plane,
            turn=torch.where(torch.from_numpy(head) > 0, turn, UNKNOWN),
            mirrored=torch.where(known_plane == _SAGITTAL, mirrored, UNKNOWN),
            artefact=artefact,
        )

    def _synthetic(self, generator: np.random.Generator) -> _Drawn:
        heads = self._pools.heads
        chosen = generator.integers(0, len(heads), SYNTHETIC_HEADS)
        names = generator.choice(list(_SHARES), SYNTHETIC_HEADS, p=list(_SHARES.values()))
        pictures = np.stack(
            [
                contrasted(heads.tissues[index], str(name), generator)
                for index, name in zip(chosen, names, strict=True)
            ]
        )
        kind = np.array([KINDS.index(str(name)) for name in names])
        return _Drawn(pictures, kind, heads.planes[chosen], np.ones(len(kind), dtype=np.float32))

    def _bodies(self, generator: np.random.Generator) -> _Drawn:
        bodies = self._pools.bodies
        chosen = generator.integers(0, len(bodies), BODIES)
        names = generator.choice(KINDS, BODIES)
        pictures = np.stack(
            [
                contrasted(bodies[index], str(name), generator)
                for index, name in zip(chosen, names, strict=True)
            ]
        )
        return _nobody(pictures)

    def _scrambled(self, generator: np.random.Generator) -> _Drawn:
        """Heads cut into tiles and laid anew: the same greys and edges, but no head."""
        chosen = generator.integers(0, len(self._pools.heads), SCRAMBLED)
        tissues = [self._pools.heads.tissues[index] for index in chosen]
        kinds = generator.choice(KINDS, SCRAMBLED)
        whole = np.stack(
            [contrasted(t, str(k), generator) for t, k in zip(tissues, kinds, strict=True)]
        )
        for picture in whole:
            tiles = int(generator.choice([4, 5, 8]))
            edge = CANVAS_PX // tiles
            cut = picture.reshape(tiles, edge, tiles, edge).transpose(0, 2, 1, 3)
            cut = cut.reshape(tiles * tiles, edge, edge)[generator.permutation(tiles * tiles)]
            cut = cut.reshape(tiles, tiles, edge, edge).transpose(0, 2, 1, 3)
            picture[:] = cut.reshape(CANVAS_PX, CANVAS_PX)
        return _nobody(whole)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    pictures: NDArray[np.float32]
    kind: NDArray[np.int64]
    plane: NDArray[np.int64]
    head: NDArray[np.float32]


def contrasted(pair: Tissues, kind: str, generator: np.random.Generator) -> NDArray[np.float32]:
    """Return a pair of tissue slices as one 160 x 160 picture of 2 mm pixels."""
    values = signals(kind, generator)
    values = values - min(0.0, float(values.min()))
    picture = values[pair[0]] + values[pair[1]]
    rows = picture[::2] + picture[1::2]
    halves = (rows[:, ::2] + rows[:, 1::2]) / 8
    margin = (CANVAS_PX - 128) // 2
    return np.pad(halves, margin, constant_values=float(values[0]))


def _nobody(pictures: NDArray[np.float32]) -> _Drawn:
    count = len(pictures)
    unknown = np.full(count, UNKNOWN)
    return _Drawn(pictures, unknown, unknown, np.zeros(count, dtype=np.float32))


def _some(pool: Pictures, count: int, generator: np.random.Generator) -> _Drawn:
    """Draw from a pool so that each kind in it comes up about as often as any other."""
    kinds = np.unique(pool.kinds)
    wanted = generator.choice(kinds, count)
    chosen = np.array([generator.choice(np.flatnonzero(pool.kinds == kind)) for kind in wanted])
    pictures = pool.images[chosen].astype(np.float32) / 255 * 1.2
    return _Drawn(pictures, pool.kinds[chosen], pool.planes[chosen], pool.heads[chosen])


def _turned(
    images: Tensor, plane: NDArray[np.int64], share: float, generator: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Turn a share by quarters, and mirror; only a sagittal picture shows that it was mirrored."""
    still = generator.random(len(images)) < 1 - share
    turns = np.where(still, 0, generator.integers(0, 4, len(images)))
    mirrors = generator.random(len(images)) < np.where(plane == _SAGITTAL, 0.3, 0.5)
    mirrors &= plane != UNKNOWN
    result = images.clone()
    for index, (turn, mirror) in enumerate(zip(turns, mirrors, strict=True)):
        picture = images[index].flip(1) if mirror else images[index]
        result[index] = torch.rot90(picture, int(turn))
    return result, torch.from_numpy(turns), torch.from_numpy(mirrors.astype(np.int64))
