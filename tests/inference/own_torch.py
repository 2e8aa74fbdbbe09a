"""What tests need torch for: run as ``python -m tests.inference.own_torch``."""

from __future__ import annotations

import base64
import json
import sys

import numpy as np

from inference.pipeline.child import ready_for_torch

ready_for_torch(1)

import torch  # noqa: E402
from safetensors.torch import save  # noqa: E402

from inference.models.own.card import read_own_card  # noqa: E402
from inference.models.own.networks import (  # noqa: E402  # noqa: E402
    OwnNetwork,
    TorchNetwork,
    _arguments,
    _maker,
    build,
    expected,
)
from tests.inference.own_models import OUTLINE_ARGUMENTS, card  # noqa: E402

FLAT = {"spatial_dims": 2, "out_channels": 2}
DEEP = {"spatial_dims": 3, "out_channels": 2}
ALLOWED = {
    "OutlineNet": OUTLINE_ARGUMENTS,
    "UNet": FLAT | {"channels": [4, 8], "strides": [2], "num_res_units": 1, "norm": "batch"},
    "BasicUNet": DEEP | {"features": [4, 4, 8, 8, 8, 4]},
    "SegResNet": FLAT | {"init_filters": 8, "blocks_down": [1, 1], "blocks_up": [1]},
    "DynUNet": DEEP
    | {
        "kernel_size": [[3, 3, 3], 3, 3],
        "strides": [1, 2, 2],
        "upsample_kernel_size": [2, 2],
        "filters": [4, 8, 8],
    },
    "DenseNet121": FLAT,
}


def outline() -> bytes:
    """The weights of a tiny outlining network."""
    torch.manual_seed(1)
    own = read_own_card(card(), onnx=False)
    network = _maker(own.architecture)(**_arguments(own.arguments))
    return bytes(save(network.state_dict()))


def allowed() -> dict[str, list[int]]:
    """By name, the shape of each allowed network's answer to a blank picture."""
    told = {}
    for name, arguments in ALLOWED.items():
        values = card(architecture={"name": name, "arguments": arguments})
        if arguments.get("spatial_dims") == 3:
            values["input"] |= {"depth_px": 16, "slice_mm": 4.0}
        if name == "DenseNet121":
            values["task"], values["output"] = "classify", {"classes": ["background", "region"]}
        own = read_own_card(values, onnx=False)
        made = _maker(name)(**_arguments(own.arguments))
        names = {id(one): key for key, one in made.state_dict(keep_vars=True).items()}
        kept = {key: made.state_dict()[key] for key in names.values()}
        content = np.frombuffer(save(kept), np.uint8)
        network: OwnNetwork = TorchNetwork(own, content)
        assert not build(own, content).training
        sides = (64, 64) if own.input.dimensions == 2 else (16, 64, 64)
        answer = network.answer(np.zeros((1, 1, *sides), np.float32))
        assert answer.shape == expected(own, 1), name
        told[name] = list(answer.shape)
    return told


if __name__ == "__main__":
    weights = base64.b64encode(outline()).decode()
    sys.stdout.write(json.dumps({"outline": weights, "allowed": allowed()}))
