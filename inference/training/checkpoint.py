"""Saving and taking up a training run again; tensors as safetensors, numbers as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

TENSORS = "checkpoint.safetensors"
NUMBERS = "checkpoint.json"
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class Averaged:
    """Exponential moving average of a network's weights and running statistics."""

    def __init__(self, network: nn.Module, decay: float = 0.998) -> None:
        self.decay = decay
        self.values = {key: value.detach().clone() for key, value in network.state_dict().items()}

    @torch.no_grad()
    def follow(self, network: nn.Module, step: int) -> None:
        """Move towards the network's present weights; quicker in the first steps."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for key, value in network.state_dict().items():
            if value.is_floating_point():
                self.values[key].lerp_(value, 1 - decay)
            else:
                self.values[key].copy_(value)


def save(
    folder: Path,
    network: nn.Module,
    average: Averaged,
    optimiser: torch.optim.Optimizer,
    epoch: int,
) -> None:
    """Write the state after ``epoch`` finished epochs; the old checkpoint stays until the end."""
    tensors: dict[str, Tensor] = {}
    tensors |= {f"network.{key}": value for key, value in network.state_dict().items()}
    tensors |= {f"average.{key}": value for key, value in average.values.items()}
    for index, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"moment.{index}.{name}": moments[name] for name in _MOMENTS}
    tensors = {key: value.contiguous().clone() for key, value in tensors.items()}
    save_file(tensors, folder / f"new-{TENSORS}")
    (folder / f"new-{TENSORS}").replace(folder / TENSORS)
    (folder / NUMBERS).write_text(json.dumps({"epoch": epoch}))


def restore(
    folder: Path, network: nn.Module, average: Averaged, optimiser: torch.optim.Optimizer
) -> int:
    """Take up the checkpoint in ``folder`` and return the epochs already finished (0 if none)."""
    if not (folder / TENSORS).is_file():
        return 0
    tensors = load_file(folder / TENSORS)
    network.load_state_dict(_below(tensors, "network."))
    average.values = _below(tensors, "average.")
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in _below(tensors, "moment.").items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict(
        {"state": state, "param_groups": optimiser.state_dict()["param_groups"]}
    )
    return int(json.loads((folder / NUMBERS).read_text())["epoch"])


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
