"""The gate's network on a series: a few dozen slices, pooled into one answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load
from scipy import special
from torch import Tensor

from inference.errors import WeightsError
from inference.models.cards import verified_weights
from inference.models.gate_card import GatePackage, read_gate
from inference.models.gate_net import ARTEFACTS, KINDS, PIXEL_MM, PLANES, SIDE_PX, GateNet
from inference.pipeline.prepare import Image, prepare
from inference.pipeline.seen import Seen
from viewer.records import Volume

MOST_SLICES = 32
_FULL = 0.5
_LARGEST = np.float32(1e12)


class Looker:
    """The loaded network; it always runs on the processor, where it needs a fraction of a second.

    Raises WeightsError if the weights are absent, altered or of another network.
    """

    def __init__(self, folder: Path) -> None:
        self.package: GatePackage = read_gate(folder)
        self.network = load_gate(self.package)

    def look(self, volume: Volume) -> Seen:
        """Return what the network sees in ``volume``."""
        return look(self.network, volume, self.package.limits.temperature)


def load_gate(package: GatePackage) -> GateNet:
    """Return the network in evaluation mode, in float32."""
    network = GateNet()
    try:
        network.load_state_dict(load(verified_weights(package.member)))
    except (SafetensorError, RuntimeError) as error:
        raise WeightsError("The input gate's weights do not fit its network.") from error
    return network.eval()


def look(network: GateNet, volume: Volume, temperature: float = 1.0) -> Seen:
    """Return the pooled answers on the slices that show most, as the affine turns them."""
    return pool(answers(network, slices_to_look_at(volume)), temperature)


def slices_to_look_at(volume: Volume) -> Image:
    """Return at most 32 slices (n, 128, 128) from where the volume shows something."""
    count = len(volume.voxels)
    chosen = np.unique(np.linspace(0, count - 1, min(count, 2 * MOST_SLICES)).round().astype(int))
    with np.errstate(all="ignore"):
        voxels = np.nan_to_num(
            np.asarray(volume.voxels[chosen], dtype=np.float32), posinf=0, neginf=0
        )
        part = Volume(np.clip(voxels, -_LARGEST, _LARGEST), volume.affine, volume.geometry)
        prepared = prepare(part, SIDE_PX, PIXEL_MM)
    shown = (prepared.images > 0.1).mean(axis=(1, 2)) * (prepared.head | ~prepared.head.any())
    full = np.flatnonzero(shown >= _FULL * np.quantile(shown, 0.9))
    kept = full[np.unique(np.linspace(0, len(full) - 1, min(len(full), MOST_SLICES)).astype(int))]
    return np.asarray(np.nan_to_num(prepared.images[kept]), dtype=np.float32)


@torch.inference_mode()
def answers(network: GateNet, images: Image) -> dict[str, NDArray[np.float32]]:
    """Return the network's logits on (n, 128, 128) slices, by question."""
    found: dict[str, Tensor] = network(torch.from_numpy(np.ascontiguousarray(images))[:, None])
    return {name: value.float().numpy() for name, value in found.items()}


def pool(logits: dict[str, NDArray[np.float32]], temperature: float = 1.0) -> Seen:
    """Return one answer for the series from the mean of the slices' logits.

    Artefacts are asked of each slice and averaged as chances: a patient moves for a while.
    """
    mean = {name: value.mean(axis=0) for name, value in logits.items()}
    turns = special.softmax(mean["turn"] / temperature)
    artefacts = special.expit(logits["artefact"]).mean(axis=0)
    return Seen(
        slices=len(logits["head"]),
        head=float(special.expit(mean["head"])[0]),
        kinds=_named(KINDS, special.softmax(mean["kind"] / temperature)),
        planes=_named(PLANES, special.softmax(mean["plane"] / temperature)),
        turns=(float(turns[0]), float(turns[1]), float(turns[2]), float(turns[3])),
        mirrored=float(special.expit(mean["mirrored"])[0]),
        artefacts=_named(ARTEFACTS, artefacts),
    )


def _named(names: tuple[str, ...], values: NDArray[np.float32]) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}
