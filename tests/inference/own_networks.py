"""Networks whose answer is known beforehand: what is brighter than a line is marked.

A 3-D MONAI U-Net whose weights are set by hand (its state's names stand here, so that no torch is
needed to make it), and an ONNX classifier that answers the brightest pixel of a slice.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.inference.own_models import card, safetensors
from tests.inference.own_onnx import field, picture, tensor

LINE = 6.0
"""In deviations above the mean of the head: nothing but a planted lesion is as bright."""
STEEP = 4.0
_CHANNELS = 4
UNET_PARAMETERS = (27 * 4 + 4 + 8) + (27 * 4 * 4 + 4 + 8) + (27 * 8 * 2 + 2)
UNET_3D = {
    "name": "UNet",
    "arguments": {
        "spatial_dims": 3,
        "out_channels": 2,
        "channels": [_CHANNELS, _CHANNELS],
        "strides": [2],
        "kernel_size": 3,
        "up_kernel_size": 3,
        "num_res_units": 0,
        "norm": "batch",
        "act": "relu",
    },
}


def unet_card() -> dict[str, Any]:
    """The card of the 3-D network."""
    values = card(architecture=UNET_3D)
    values["name"] = "Our bright regions"
    values["input"] |= {"depth_px": 16, "slice_mm": 4.0, "normalise": "zscore"}
    return values


def unet_weights() -> bytes:
    """Weights that carry the picture down, lift it less the line, and bring it back up."""
    names: dict[str, np.ndarray] = {}
    _normed(names, "model.0", _carry(first=True))
    _normed(names, "model.1.submodule", _carry(first=False))
    up = np.zeros((2 * _CHANNELS, 2, 3, 3, 3), np.float32)
    line = np.array([0.5, 1.0, 0.5])
    up[0, 1] = STEEP * np.einsum("i,j,k->ijk", line, line, line)
    names["model.2.conv.weight"] = up
    names["model.2.conv.bias"] = np.array([0.0, -STEEP * LINE], np.float32)
    return safetensors(
        {
            key: ("I64" if value.dtype == np.int64 else "F32", list(value.shape), value.tobytes())
            for key, value in names.items()
        }
    )


def _carry(*, first: bool) -> np.ndarray:
    """A convolution that hands its first channel on, or nothing at all."""
    weight = np.zeros((_CHANNELS, 1 if first else _CHANNELS, 3, 3, 3), np.float32)
    weight[0, 0, 1, 1, 1] = 1.0 if first else 0.0
    return weight


def _normed(names: dict[str, np.ndarray], where: str, weight: np.ndarray) -> None:
    """A unit of convolution, a normalisation that changes nothing, and a ReLU."""
    names[f"{where}.conv.weight"] = weight
    names[f"{where}.conv.bias"] = np.zeros(_CHANNELS, np.float32)
    names[f"{where}.adn.N.weight"] = np.ones(_CHANNELS, np.float32)
    names[f"{where}.adn.N.bias"] = np.zeros(_CHANNELS, np.float32)
    names[f"{where}.adn.N.running_mean"] = np.zeros(_CHANNELS, np.float32)
    names[f"{where}.adn.N.running_var"] = np.full(_CHANNELS, 1 - 1e-5, np.float32)
    names[f"{where}.adn.N.num_batches_tracked"] = np.zeros((), np.int64)


def classifier_card() -> dict[str, Any]:
    """The card of the classifier; an ONNX file brings its own architecture."""
    values = card(task="classify")
    del values["architecture"]
    values["name"] = "Our slices"
    values["input"] |= {"normalise": "zscore"}
    values["output"] = {"classes": ["background", "bright lesion"]}
    return values


def classifier(side: int = 64) -> bytes:
    """An ONNX file: the brightest pixel of a slice against the line."""
    brightest = field(1, "x") + field(2, "m") + field(4, "GlobalMaxPool")
    told = field(1, "m") + field(1, "w") + field(1, "b") + field(2, "y") + field(4, "Conv")
    graph = field(1, brightest) + field(1, told) + field(2, "g")
    graph += field(5, tensor("w", (2, 1, 1, 1), np.array([0.0, 1.0])))
    graph += field(5, tensor("b", (2,), np.array([0.0, -LINE])))
    graph += field(11, picture("x", ("n", 1, side, side)))
    graph += field(12, picture("y", ("n", 2, 1, 1)))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 17))
