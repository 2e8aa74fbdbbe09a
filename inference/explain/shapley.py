"""Shares of the answer by Shapley values (Lundberg 2017, arXiv:1705.07874), with captum.

Both methods share the answer out among square cells of the image, against the same references
that erase a slice in the faithfulness test: its head in one gray, and the slice without detail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from captum.attr import GradientShap, KernelShap
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.explain.asking import answers
from inference.explain.methods import Family, Method
from inference.explain.references import blurred, erased, heads
from inference.models.unet import OutlineNet

Grid = NDArray[np.float32]
Answer = Callable[[Tensor, Tensor, Tensor], Tensor]
Rest = tuple[Tensor, Tensor]
GRADIENT_SAMPLES = 16
KERNEL_SAMPLES = 160
_NOISE = 0.02
_AT_ONCE = 16
_ENOUGH_HEAD = 0.25


def shares(
    networks: Sequence[OutlineNet],
    batch: Tensor,
    regions: Tensor,
    categories: Tensor,
    method: Method,
    seed: int,
) -> Grid:
    """Return each cell's share of the answer, signed, (n, rows, columns)."""

    def answer(images: Tensor, masks: Tensor, chosen: Tensor) -> Tensor:
        each = [answers(one, images, masks, chosen, method.target) for one in networks]
        return torch.stack(each).mean(0)

    one_by_one = _gradient if method.family is Family.GRADIENT_SHAP else _kernel
    made = []
    state = torch.random.get_rng_state(), np.random.get_state()
    try:
        for row in range(len(batch)):
            torch.manual_seed(seed)
            np.random.seed(seed)
            here = slice(row, row + 1)
            made.append(
                one_by_one(answer, batch[here], (regions[here], categories[here]), method.cell_px)
            )
    finally:
        torch.random.set_rng_state(state[0])
        np.random.set_state(state[1])
    return np.concatenate(made)


def _gradient(answer: Answer, image: Tensor, rest: Rest, cell_px: int) -> Grid:
    """Expected gradients along the way from the references, added up over cells."""
    gray, soft, _ = _references(image, rest[0])
    pixels = GradientShap(answer).attribute(
        image,
        torch.cat([gray, soft]),
        n_samples=GRADIENT_SAMPLES,
        stdevs=_NOISE,
        additional_forward_args=rest,
    )
    cells = functional.avg_pool2d(pixels.detach(), cell_px) * cell_px**2
    return np.asarray(cells[:, 0].cpu().numpy(), dtype=np.float32)


def _kernel(answer: Answer, image: Tensor, rest: Rest, cell_px: int) -> Grid:
    """Shapley values of the cells that hold some head, by regression over random coalitions."""
    gray, _, head = _references(image, rest[0])
    share = functional.avg_pool2d(head, cell_px)[0, 0]
    inside = share >= _ENOUGH_HEAD
    numbers = torch.zeros_like(share, dtype=torch.long)
    numbers[inside] = torch.arange(1, int(inside.sum()) + 1, device=image.device)
    mask = numbers.repeat_interleave(cell_px, 0).repeat_interleave(cell_px, 1)[None, None]
    values = KernelShap(answer).attribute(
        image,
        gray,
        additional_forward_args=rest,
        feature_mask=mask,
        n_samples=KERNEL_SAMPLES,
        perturbations_per_eval=_AT_ONCE,
    )
    cells = functional.max_pool2d(values.detach(), cell_px) * inside
    return np.asarray(cells[:, 0].cpu().numpy(), dtype=np.float32)


def _references(image: Tensor, region: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return gray head, blurred slice and where the head is, each (1, 1, side, side)."""
    picture = image[0, 0].detach().cpu().numpy()
    head = heads(picture[None], region.cpu().numpy() > 0)[0]
    made = (erased(picture, head), blurred(picture), head.astype(np.float32))
    gray, soft, where = (torch.from_numpy(one)[None, None].to(image) for one in made)
    return gray, soft, where
