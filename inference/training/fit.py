"""The training loop: seeded, resumable after every epoch, bounded in minutes."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from inference.models.loading import network_for
from inference.models.unet import OutlineNet
from inference.pipeline.prepare import normalise
from inference.training.augment import Lens, augment
from inference.training.beginning import rates
from inference.training.checkpoint import Averaged, restore, save
from inference.training.losses import total_loss
from inference.training.scores import validation_scores
from inference.training.slices import SliceSet

_log = logging.getLogger(__name__)
WEIGHTS_FILE = "weights.safetensors"
LENS = Lens(side_px=192, pixel_mm=1.1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    The same plan on the same data gives the same weights as long as ``minutes`` do not bind: the
    rate falls by whichever of steps and minutes is further spent, so that a slow machine still
    ends with a small one.
    """

    epochs: int
    minutes: float
    batch: int = 16
    negative_share: float = 0.12
    seed: int = 20
    lens: Lens = LENS
    scored_every: int = 5


def learning_rate(done: float, peak: float) -> float:
    """Return the rate after a share ``done`` of all steps: linear rise to 10 %, then cosine."""
    if done < 0.1:
        return peak * (0.05 + 0.95 * done / 0.1)
    return peak * max(0.01, 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9)))


def _batches(positives: int, negatives: int, plan: Plan) -> list[Tensor]:
    """Return an epoch's batches of indices; negatives follow the positives in numbering."""
    drawn = torch.randint(negatives, (round(positives * plan.negative_share),)) + positives
    order = torch.cat([torch.arange(positives), drawn])
    order = order[torch.randperm(len(order))]
    return [part for part in torch.split(order, plan.batch) if len(part) == plan.batch]


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Training slices and negatives as tensors, negatives last."""

    images: Tensor
    labels: Tensor
    types: Tensor
    centres: Tensor

    def drawn(self, chosen: Tensor, lens: Lens) -> tuple[Tensor, Tensor, Tensor]:
        """Return the chosen slices, augmented (see inference.training.augment.augment)."""
        return augment(
            self.images[chosen].float(),
            self.labels[chosen],
            self.types[chosen],
            self.centres[chosen],
            lens,
        )


def _pool(sets: tuple[SliceSet, SliceSet]) -> _Pool:
    images = normalise(np.concatenate([s.images for s in sets]))
    return _Pool(
        torch.from_numpy(images).half(),
        torch.cat([torch.from_numpy(s.labels) for s in sets]),
        torch.cat([torch.from_numpy(s.types) for s in sets]),
        torch.cat([torch.from_numpy(s.centres) for s in sets]),
    )


def fit(
    network: OutlineNet,
    training: SliceSet,
    negatives: SliceSet,
    held_out: SliceSet,
    folder: Path,
    plan: Plan,
) -> OutlineNet:
    """Train until the epochs or the minutes are spent; return the averaged network.

    ``network`` is what is begun with (inference.training.beginning). Every epoch writes a
    checkpoint and the averaged weights into ``folder``. Convolutions run in bfloat16, weights and
    losses stay float32.
    """
    network = network.to(memory_format=torch.channels_last)
    average = Averaged(network)
    peak, encoder_share = rates(network)
    optimiser = _optimiser(network, peak, encoder_share)
    first = restore(folder, network, average, optimiser)
    pool = _pool((training, negatives))
    begun = time.monotonic()
    for epoch in range(first, plan.epochs):
        torch.manual_seed(plan.seed + 1000 * (epoch + 1))
        batches = _batches(len(training), len(negatives), plan)
        summed = 0.0
        network.train()
        for index, chosen in enumerate(batches):
            step = epoch * len(batches) + index
            spent = (time.monotonic() - begun) / 60 / plan.minutes
            done = max(step / (plan.epochs * len(batches)), spent)
            rate = learning_rate(min(done, 1.0), peak)
            for group, share in zip(optimiser.param_groups, (encoder_share, 1.0), strict=True):
                group["lr"] = rate * share
            summed += _step(network, optimiser, pool.drawn(chosen, plan.lens))
            average.follow(network, step)
        save(folder, network, average, optimiser, epoch + 1)
        finished = averaged_network(average)
        save_file(finished.state_dict(), folder / WEIGHTS_FILE)
        minutes = (time.monotonic() - begun) / 60
        last = minutes * (1 + 1 / (epoch + 1 - first)) > plan.minutes or epoch + 1 == plan.epochs
        scored = last or epoch % plan.scored_every == plan.scored_every - 1
        scores = validation_scores(finished, held_out, plan.lens) if scored else ""
        loss = summed / len(batches)
        _log.info("epoch %d loss %.3f %.1f min %s", epoch + 1, loss, minutes, scores)
        if last:
            break
    return averaged_network(average)


def _optimiser(network: OutlineNet, peak: float, encoder_share: float) -> torch.optim.Optimizer:
    """Return an optimiser of two groups: the encoder's weights, and the others."""
    encoder = set(network.encoder.parameters())
    others = [weight for weight in network.parameters() if weight not in encoder]
    groups = [
        {"params": list(network.encoder.parameters()), "lr": peak * encoder_share},
        {"params": others, "lr": peak},
    ]
    return torch.optim.AdamW(groups, weight_decay=1e-2)


def _step(
    network: OutlineNet, optimiser: torch.optim.Optimizer, batch: tuple[Tensor, Tensor, Tensor]
) -> float:
    image, label, types = batch
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outline, whole = network(image.contiguous(memory_format=torch.channels_last))
    loss = total_loss(outline.float(), whole.float(), label, types)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def averaged_network(average: Averaged) -> OutlineNet:
    """Return a network in evaluation mode that holds the averaged weights."""
    network = network_for(average.values)
    network.load_state_dict(average.values)
    return network.eval()
