"""The mean of two members' weights."""

from __future__ import annotations

import torch

from inference.models.unet import OutlineNet
from inference.training.publish import blended


def test_a_blend_lies_half_way_between_two_networks_and_is_a_network() -> None:
    torch.manual_seed(1)
    first, second = OutlineNet().state_dict(), OutlineNet().state_dict()
    halved = {
        key: value.half() if value.is_floating_point() else value for key, value in first.items()
    }
    mean = blended(halved, second)
    network = OutlineNet()
    network.load_state_dict(mean)
    key = "encoder.0.0.first.weight"
    assert torch.allclose(mean[key], (first[key] + second[key]) / 2, atol=1e-3)
    assert mean["encoder.0.0.first_norm.num_batches_tracked"].dtype == torch.int64


def test_the_blend_of_a_network_with_itself_is_that_network() -> None:
    weights = OutlineNet().state_dict()
    mean = blended(weights, weights)
    assert all(torch.equal(mean[key], value) for key, value in weights.items())
