"""What a network looked at: one map per method, on the grid the method really resolves.

Grad-CAM (Selvaraju 2017, doi:10.1109/ICCV.2017.74) and its relatives weigh a stage's channels by
the gradient of the answer. The answer is the slice head's logit of a type, or, as Vinogradova
2020 (doi:10.1609/aaai.v34i10.7244) proposes for outlines, the sum of that type's pixel logits over
the region that was outlined. Several members are explained together: their signed maps are added
before what speaks against the answer is dropped, because their logits are averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytorch_grad_cam
import torch
from numpy.typing import NDArray
from pytorch_grad_cam.activations_and_gradients import ActivationsAndGradients
from torch import Tensor
from torch.nn import functional

from inference.explain.asking import answers
from inference.explain.methods import SHAPLEY, Method, Target
from inference.models.unet import OutlineNet

Grid = NDArray[np.float32]
Mask = NDArray[np.bool_]


def attend(
    networks: Sequence[OutlineNet],
    images: Grid,
    regions: Mask,
    categories: Sequence[int],
    methods: Sequence[Method],
    *,
    seed: int = 0,
) -> dict[Method, Grid]:
    """Return for each method its map (n, rows, columns) on its own grid, not below 0, not scaled.

    Parameters
    ----------
    networks
        Members in evaluation mode on one device; their answers are averaged. Their weights are
        fixed from here on, so that only the image's gradients are made.
    images, regions
        Network slices (n, side, side) and the region outlined on each.
    categories
        For each slice the class that is explained: 1 meningioma, 2 glioma, 3 pituitary.
    seed
        Of the SHAP family's samples.
    """
    for network in networks:
        network.requires_grad_(requires_grad=False)
    device = next(networks[0].parameters()).device
    batch = torch.from_numpy(np.ascontiguousarray(images))[:, None].to(device)
    masks = torch.from_numpy(regions.astype(np.float32)).to(device)
    chosen = torch.tensor(list(categories), device=device)
    maps: dict[Method, Grid] = {}
    for target in Target:
        cams = [m for m in methods if m.target is target and m.family not in SHAPLEY]
        if cams:
            maps |= _cams(networks, batch, masks, chosen, cams)
    for method in methods:
        if method.family in SHAPLEY:
            from inference.explain.shapley import shares  # noqa: PLC0415  captum when it is asked

            maps[method] = shares(networks, batch, masks, chosen, method, seed)
    return {m: np.maximum(np.nan_to_num(maps[m]), np.float32(0)) for m in methods}


def spread(native: Grid, side: int) -> Grid:
    """Return maps (n, rows, columns) interpolated linearly to (n, side, side)."""
    return _resized(native, side, "bilinear")


def blocks(native: Grid, side: int) -> Grid:
    """Return maps (n, rows, columns) as blocks of equal value, (n, side, side)."""
    return _resized(native, side, "nearest")


def _resized(native: Grid, side: int, mode: str) -> Grid:
    given = torch.from_numpy(np.ascontiguousarray(native))[:, None]
    smooth = {"align_corners": False} if mode == "bilinear" else {}
    resized = functional.interpolate(given, size=(side, side), mode=mode, **smooth)
    return np.asarray(resized[:, 0].numpy(), dtype=np.float32)


def _cams(
    networks: Sequence[OutlineNet],
    batch: Tensor,
    regions: Tensor,
    categories: Tensor,
    methods: Sequence[Method],
) -> dict[Method, Grid]:
    """Return the signed maps of methods of one target, added over members: one pass each."""
    layers = sorted({method.layer for method in methods})
    added: dict[Method, Grid] = {}
    for network in networks:
        with _recorded(network, layers) as record:
            given = batch.clone().requires_grad_()
            record.activations, record.gradients = [], []
            answer = answers(network, given, regions, categories, methods[0].target)
            torch.autograd.backward(answer.sum())
            found = _by_layer(network, layers, record)
        for method in methods:
            activations, gradients = found[method.layer]
            grid = _weighed(network, method, given, activations, gradients)
            added[method] = added[method] + grid if method in added else grid
    return added


def _weighed(
    network: OutlineNet, method: Method, batch: Tensor, activations: Grid, gradients: Grid
) -> Grid:
    """Return grad-cam's map of one stage, signed, on the stage's own grid."""
    made = getattr(pytorch_grad_cam, method.family.value)(model=network, target_layers=[])
    grid = made.get_cam_image(batch, None, None, activations, gradients, False)  # noqa: FBT003
    return np.asarray(grid, dtype=np.float32)


@contextmanager
def _recorded(network: OutlineNet, layers: Sequence[str]) -> Iterator[ActivationsAndGradients]:
    record = ActivationsAndGradients(network, [network.get_submodule(n) for n in layers], None)
    try:
        yield record
    finally:
        record.release()


def _by_layer(
    network: OutlineNet, layers: Sequence[str], record: ActivationsAndGradients
) -> dict[str, tuple[Grid, Grid]]:
    """Activations were kept in the order the network runs, gradients were put back into it."""
    order = [name for name, _ in network.named_modules() if name in layers]
    kept = [tensor.numpy() for tensor in record.activations]
    pulled = [tensor.numpy() for tensor in record.gradients]
    return {name: (kept[place], pulled[place]) for place, name in enumerate(order)}
