"""What the anatomy network is trained to make small."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_SMOOTH = 10.0


def anatomy_loss(
    logits: Tensor,
    left: Tensor,
    classes: Tensor,
    sides: Tensor,
    first: int = 0,
    every: int = 1,
    *,
    balanced: bool = False,
) -> Tensor:
    """Return cross-entropy plus soft Dice of the structures plus cross-entropy of the side.

    Parameters
    ----------
    logits, left
        The network's answer: (1, classes, d, h, w) and (1, d, h, w).
    classes, sides
        The truth (1, d, h, w); a side is 1 left, 0 right, -1 where there is none.
    first, every
        Look at every n-th slice from ``first`` on only, which costs half as much with two.
    balanced
        Let a voxel count by the root of its class's rarity, so that small structures are found
        sooner; they come out too large for it.
    """
    if every > 1:
        logits, left = logits[:, :, first::every], left[:, first::every]
        classes, sides = classes[:, first::every], sides[:, first::every]
    chances = functional.log_softmax(logits.float(), 1)
    truth = classes[:, None]
    true_chance = chances.gather(1, truth)[:, 0]
    weights = rarity(classes, logits.shape[1])[classes] if balanced else torch.ones(())
    entropy = -(true_chance * weights).mean() / weights.mean()
    overlap = 1 - soft_dice(chances.exp(), true_chance.exp(), classes).mean()
    paired = sides >= 0
    side = functional.binary_cross_entropy_with_logits(left.float()[paired], sides[paired].float())
    return entropy + overlap + 0.3 * side


def scales_loss(
    answers: list[tuple[Tensor, Tensor]],
    classes: Tensor,
    sides: Tensor,
    first: int,
    *,
    balanced: bool = False,
) -> Tensor:
    """Return the loss of all scales together; one twice as coarse counts half as much.

    ``answers`` are finest first. Of the finest only every second slice from ``first`` on is
    looked at.
    """
    total = torch.zeros(())
    for logits, left in answers:
        step = classes.shape[1] // left.shape[1]
        true_classes, true_sides = (one[:, ::step, ::step, ::step] for one in (classes, sides))
        start, every = (first, 2) if step == 1 else (0, 1)
        loss = anatomy_loss(logits, left, true_classes, true_sides, start, every, balanced=balanced)
        total = total + loss / step
    return total


def rarity(classes: Tensor, count: int) -> Tensor:
    """Return a weight per class, one over the root of its share; an absent class has none."""
    present = torch.bincount(classes.reshape(-1), minlength=count)
    return (present > 0) / (present.float() / classes.numel()).clamp(min=1e-5).sqrt()


def soft_dice(chances: Tensor, true_chance: Tensor, classes: Tensor) -> Tensor:
    """Return the soft Dice overlap of each class, near 1 where it is absent and not claimed."""
    count = chances.shape[1]
    flat = classes.reshape(-1)
    shared = torch.zeros(count).index_add(0, flat, true_chance.reshape(-1))
    claimed = chances.sum((0, 2, 3, 4))
    present = torch.bincount(flat, minlength=count)
    return (2 * shared + _SMOOTH) / (claimed + present + _SMOOTH)
