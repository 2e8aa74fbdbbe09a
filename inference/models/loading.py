"""Weights to a network ready to run."""

from __future__ import annotations

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from inference.errors import WeightsError
from inference.models.cards import Package, verified_weights
from inference.models.unet import OutlineNet


def load_network(package: Package, device: torch.device) -> OutlineNet:
    """Return the network of ``package`` in evaluation mode on ``device``.

    Raises WeightsError if the weights are absent, altered or of another network.
    """
    content = verified_weights(package)
    network = OutlineNet()
    try:
        network.load_state_dict(load(content))
    except (SafetensorError, RuntimeError) as error:
        raise WeightsError(f"The weights of {package.card.name} do not fit the network.") from error
    return network.eval().to(device)
