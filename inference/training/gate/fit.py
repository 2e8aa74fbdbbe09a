"""One training run: seeded, resumable, on one processor thread."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from inference.models.gate_net import GateNet
from inference.training.checkpoint import NUMBERS, Averaged, restore, save
from inference.training.gate.draw import Batch, Drawer
from inference.training.gate.pools import Pools
from inference.training.gate.real import UNKNOWN

_log = logging.getLogger(__name__)
WEIGHTS = "weights.safetensors"
_EVERY = 50
_IMPORTANCE = {
    "head": 1.0,
    "kind": 1.0,
    "plane": 0.3,
    "mirrored": 0.2,
    "artefact": 0.4,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a run is: in steps; ``minutes`` or step ``stop`` ends this call, to be resumed.

    ``turned`` is the share of pictures laid in any way (see Drawer), ``turn_weight`` what telling
    the turn counts.
    """

    steps: int = 1700
    minutes: float = 20.0
    seed: int = 4
    rate: float = 2.5e-3
    stop: int = 0
    turned: float = 0.5
    turn_weight: float = 0.5


def fit(pools: Pools, folder: Path, plan: Plan) -> bool:
    """Train from the checkpoint in ``folder`` on; True when all steps are done."""
    torch.manual_seed(plan.seed)
    network = GateNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), plan.rate, weight_decay=0.02)
    average = Averaged(network, decay=0.995)
    first = restore(folder, network, average, optimiser)
    drawer = Drawer(pools, plan.seed, plan.steps // 2, plan.turned)
    end = time.monotonic() + 60 * plan.minutes
    for step in range(first, plan.steps):
        optimiser.param_groups[0]["lr"] = _rate(step, plan)
        loss = _learn(network, optimiser, drawer.batch(step), (step, plan.turn_weight))
        average.follow(network, step)
        late = time.monotonic() > end or step + 1 == plan.stop
        if (step + 1) % _EVERY == 0 or late or step + 1 == plan.steps:
            _log.info("step %d of %d, loss %.3f", step + 1, plan.steps, loss)
            save(folder, network, average, optimiser, step + 1)
        if late and step + 1 < plan.steps:
            return False
    save_file({key: _half(value) for key, value in average.values.items()}, folder / WEIGHTS)
    return True


def _rate(step: int, plan: Plan) -> float:
    """Rise over the first twentieth, then fall to nothing along a cosine."""
    rise = max(1, plan.steps // 20)
    if step < rise:
        return plan.rate * (step + 1) / rise
    done = torch.tensor((step - rise) / max(1, plan.steps - rise))
    return float(plan.rate * (0.5 + 0.5 * torch.cos(torch.pi * done)) + 1e-5)


def _learn(
    network: GateNet, optimiser: torch.optim.Optimizer, batch: Batch, now: tuple[int, float]
) -> float:
    step, turn_weight = now
    torch.manual_seed(step)
    network.train()
    images = batch.images.to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        answers = network(images)
    total = _loss(answers, batch, turn_weight)
    optimiser.zero_grad()
    total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), 5.0)
    optimiser.step()
    return float(total.detach())


def _loss(answers: dict[str, Tensor], batch: Batch, turn_weight: float) -> Tensor:
    """Return the weighted sum over the questions; unknown answers do not count."""
    parts = {
        "head": functional.binary_cross_entropy_with_logits(answers["head"][:, 0], batch.head),
        "kind": functional.cross_entropy(
            answers["kind"], batch.kind, ignore_index=UNKNOWN, label_smoothing=0.02
        ),
        "plane": functional.cross_entropy(answers["plane"], batch.plane, ignore_index=UNKNOWN),
        "turn": functional.cross_entropy(answers["turn"], batch.turn, ignore_index=UNKNOWN),
        "artefact": functional.binary_cross_entropy_with_logits(
            answers["artefact"], batch.artefact
        ),
    }
    known = batch.mirrored != UNKNOWN
    if known.any():
        parts["mirrored"] = functional.binary_cross_entropy_with_logits(
            answers["mirrored"][known, 0], batch.mirrored[known].float()
        )
    total = torch.zeros(())
    for name, part in parts.items():
        total = total + (_IMPORTANCE | {"turn": turn_weight})[name] * part
    return total


def _half(value: Tensor) -> Tensor:
    return value.half().contiguous() if value.is_floating_point() else value.clone()


def finished(folder: Path) -> bool:
    """Return whether ``folder`` holds a finished run."""
    return (folder / WEIGHTS).is_file() and (folder / NUMBERS).is_file()
