"""Where the gate draws its lines: chosen on sources the measuring run never saw.

The run ``left-out`` has seen no real picture of Cheng, of the healthy heads and of one NEMA person.
Those, in groups of slices as a series would have, decide how sure of contrast the network must be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import special

from inference.models.gate_card import Limits
from inference.models.gate_net import KINDS, SIDE_PX, GateNet
from inference.pipeline.looking import answers
from inference.pipeline.seen import ENHANCED
from inference.training.gate.pools import Pools
from inference.training.gate.real import Pictures
from inference.training.gate.spoil import CANVAS_PX, normalise

GROUP = 13
_MOST_FALSE = 0.01
_SOURCES = ("cheng", "normal", "nema multi")
_HEAD, _RECOGNISED, _AGAINST, _TURNED, _ARTEFACT = 0.8, 0.6, 0.97, 0.7, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Pooled kind logits (n, kinds) of groups of slices, and each group's true kind."""

    logits: NDArray[np.float32]
    kinds: NDArray[np.int64]


def groups_of(network: GateNet, pools: Pools) -> Groups:
    """Return the pooled answers on every group of the left-out sources."""
    found = [
        (answers(network, images)["kind"].mean(axis=0), kind)
        for source in _SOURCES
        for images, kind in grouped(pools.real[source])
    ]
    return Groups(np.stack([logits for logits, _ in found]), np.array([kind for _, kind in found]))


def grouped(pictures: Pictures) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yield groups of slices of one kind and plane, with their kind, ready for the network."""
    for kind in np.unique(pictures.kinds):
        for plane in np.unique(pictures.planes):
            chosen = np.flatnonzero((pictures.kinds == kind) & (pictures.planes == plane))
            count = max(1, len(chosen) // GROUP)
            spread = [chosen[start::count] for start in range(count)]
            together = np.array_split(chosen, count)
            for part in together if plane < 0 else spread:
                if len(part):
                    yield cut(pictures.images[part]), int(kind)


def cut(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the middle 128 pixels, normalised as slices to be judged are."""
    edge = (CANVAS_PX - SIDE_PX) // 2
    middle = images[:, edge:-edge, edge:-edge].astype(np.float32) / 255 * 1.2
    return np.asarray(normalise(torch.from_numpy(middle)).numpy())


def choose_limits(groups: Groups) -> Limits:
    """Return the temperature of least log loss and the least sureness of contrast.

    Contrast is believed where at most one in a hundred groups without it would be.
    """
    heats = np.exp(np.linspace(np.log(0.5), np.log(4.0), 43))
    temperature = float(min(heats, key=lambda heat: _loss(groups, float(heat))))
    enhanced = KINDS.index(ENHANCED)
    chances = special.softmax(groups.logits / temperature, axis=-1)[:, enhanced]
    false = np.sort(chances[groups.kinds != enhanced])[::-1]
    allowed = int(_MOST_FALSE * len(false))
    least = float(false[allowed]) if len(false) else 0.5
    return Limits(
        temperature=round(temperature, 3),
        head=_HEAD,
        enhanced=round(min(0.95, max(0.6, least + 0.02)), 3),
        recognised=_RECOGNISED,
        against=_AGAINST,
        turned=_TURNED,
        artefact=_ARTEFACT,
    )


def left_out_figures(groups: Groups, limits: Limits) -> dict[str, float]:
    """Return how the run that never saw these sources fared on them, beside the chosen line."""
    chances = special.softmax(groups.logits / limits.temperature, axis=-1)
    enhanced = KINDS.index(ENHANCED)
    is_enhanced = groups.kinds == enhanced
    believed = chances[:, enhanced] >= limits.enhanced
    right = chances.argmax(axis=1) == groups.kinds
    return {
        "sources_left_out_groups": float(len(groups.kinds)),
        "sources_left_out_kind_right": round(float(right.mean()), 4),
        "sources_left_out_contrast_believed": round(float(believed[is_enhanced].mean()), 4),
        "sources_left_out_contrast_wrongly_believed": round(
            float(believed[~is_enhanced].mean()), 4
        ),
    }


def _loss(groups: Groups, heat: float) -> float:
    chances = special.softmax(groups.logits / heat, axis=-1)
    return float(-np.log(chances[np.arange(len(chances)), groups.kinds] + 1e-9).mean())
