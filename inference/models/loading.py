"""Weights to networks ready to run."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from inference.errors import WeightsError
from inference.models.cards import Member, Package, verified_weights
from inference.models.lite_net import STEM_WEIGHT, LiteNet
from inference.models.unet import OutlineNet


def load_networks(package: Package, device: torch.device) -> tuple[OutlineNet, ...]:
    """Return the members of ``package`` in evaluation mode on ``device``, in float32.

    Raises WeightsError if weights are absent, altered or of another network.
    """
    return tuple(load_member(member, device) for member in package.members)


def load_member(member: Member, device: torch.device) -> OutlineNet:
    """Return one member's network; see load_networks."""
    content = verified_weights(member)
    try:
        weights = load(content)
        network = network_for(weights)
        network.load_state_dict(weights)
    except (SafetensorError, RuntimeError) as error:
        raise WeightsError(f"The weights {member.file.name} do not fit the network.") from error
    network.eval().to(device)
    return network.to(memory_format=torch.channels_last)


def network_for(weights: Mapping[str, Tensor]) -> OutlineNet:
    """Return a network, not yet filled, of the kind these weights are of."""
    return LiteNet() if STEM_WEIGHT in weights else OutlineNet()
