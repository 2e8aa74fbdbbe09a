"""The training loop: every step has its own seed, so a run taken up again goes on unbroken."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

from inference.models.anatomy_net import CHANNELS, AnatomyNet
from inference.training.anatomy.losses import scales_loss
from inference.training.anatomy.maps import HeadMap
from inference.training.anatomy.scores import HeadScore, deep_dice, mean_scores, synthetic_scores
from inference.training.anatomy.synthesis import Sample, Synthesis
from inference.training.checkpoint import Averaged, restore, save

_log = logging.getLogger(__name__)
WEIGHTS_FILE = "weights.safetensors"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; only ``minutes`` bounds it, since every further step may still teach.

    In the first ``balanced_steps`` rare classes count more, so that small structures are found;
    after them the volumes come right.
    """

    minutes: float
    steps: int = 100_000
    peak_rate: float = 2e-3
    warm_steps: int = 60
    slow_steps: int = 1500
    save_minutes: float = 4.0
    score_every: int = 250
    balanced_steps: int = 3000
    seed: int = 41
    channels: tuple[int, ...] = CHANNELS


def learning_rate(step: int, plan: Plan) -> float:
    """Return the rate of a step: a linear rise, then a fall with the root of the steps done."""
    rise = min(1.0, (step + 1) / plan.warm_steps)
    return plan.peak_rate * rise / math.sqrt(1 + step / plan.slow_steps)


def fit(
    heads: Sequence[HeadMap],
    held_out: Sequence[HeadMap],
    folder: Path,
    plan: Plan,
    synthesis: Synthesis,
) -> AnatomyNet:
    """Train until the minutes are spent; return the averaged network.

    The state and the averaged weights are written into ``folder`` every few minutes.
    """
    torch.manual_seed(plan.seed)
    network = AnatomyNet(plan.channels)
    average = Averaged(network)
    optimiser = torch.optim.AdamW(network.parameters(), plan.peak_rate, weight_decay=1e-3)
    first = restore(folder, network, average, optimiser)
    begun = saved = time.monotonic()
    summed, counted = 0.0, 0
    step = first
    for step in range(first, plan.steps):
        if time.monotonic() - begun > plan.minutes * 60:
            break
        seed = plan.seed * 1_000_000 + step
        head = heads[_chosen(seed, len(heads))]
        optimiser.param_groups[0]["lr"] = learning_rate(step, plan)
        balanced = step < plan.balanced_steps
        sample = synthesis.draw(head, seed)
        summed += train_on(network, optimiser, sample, step, balanced=balanced)
        counted += 1
        average.follow(network, step)
        if (step + 1) % 25 == 0:
            spent = (time.monotonic() - begun) / 60
            _log.info("step %d loss %.3f %.1f min", step + 1, summed / counted, spent)
            summed, counted = 0.0, 0
        if (step + 1) % plan.score_every == 0:
            scores = synthetic_scores(averaged_network(average, plan), held_out, Synthesis())
            _log.info("step %d deep %.3f %s", step + 1, deep_dice(scores), _short(scores))
        if time.monotonic() - saved > plan.save_minutes * 60:
            _write(folder, network, average, optimiser, step + 1)
            saved = time.monotonic()
    else:
        step = plan.steps
    _write(folder, network, average, optimiser, step)
    return averaged_network(average, plan)


def train_on(
    network: AnatomyNet,
    optimiser: torch.optim.Optimizer,
    sample: Sample,
    step: int,
    *,
    balanced: bool = False,
) -> float:
    """Take one step on one sample and return its loss over every second slice, taking turns."""
    image = sample.image
    with torch.autocast("cpu", torch.bfloat16):
        answers = network.forward_all(image, sample.place)
    loss = scales_loss(answers, sample.classes, sample.sides, step % 2, balanced=balanced)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def averaged_network(average: Averaged, plan: Plan) -> AnatomyNet:
    """Return a network in evaluation mode that holds the averaged weights."""
    network = AnatomyNet(plan.channels)
    network.load_state_dict(average.values)
    return network.eval()


def _chosen(seed: int, count: int) -> int:
    return int(torch.randint(count, (1,), generator=torch.Generator().manual_seed(seed)))


def _short(scores: Sequence[HeadScore]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in mean_scores(scores).items())


def _write(
    folder: Path,
    network: AnatomyNet,
    average: Averaged,
    optimiser: torch.optim.Optimizer,
    step: int,
) -> None:
    save(folder, network, average, optimiser, step)
    tensors = {key: value.half().contiguous() for key, value in average.values.items()}
    save_file(tensors, folder / WEIGHTS_FILE)
    _log.info("step %d saved", step)
