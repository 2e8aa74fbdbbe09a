"""The network a training run begins with: random, of a model's member, or a learned encoder."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from inference.models.lite_net import LiteNet
from inference.models.loading import network_for
from inference.models.unet import OutlineNet

PEAK_RATE, LEARNED_PEAK_RATE = 3e-3, 2e-3
LEARNED_SHARE = 0.5
"""How much of the rate an encoder gets that was learned on other images (docs/adr/0051)."""


def network_to_train(seed: int, start: Path | None, encoder: Path | None) -> OutlineNet:
    """Return the network to train; what is not given is random, by ``seed``.

    Parameters
    ----------
    start
        A member's weights, to go on from.
    encoder
        EfficientNet-Lite0's weights as safetensors, by their published names, unless ``start``
        is given.

    Raises
    ------
    WeightsError
        The encoder's file does not fit.
    """
    torch.manual_seed(seed)
    if start is not None:
        weights = load_file(start)
        network = network_for(weights)
        network.load_state_dict(weights)
        return network
    if encoder is None:
        return OutlineNet()
    learned = LiteNet()
    learned.take_encoder(load_file(encoder))
    return learned


def rates(network: OutlineNet) -> tuple[float, float]:
    """Return the highest rate of training and the share of it the encoder gets."""
    return (LEARNED_PEAK_RATE, LEARNED_SHARE) if isinstance(network, LiteNet) else (PEAK_RATE, 1.0)
