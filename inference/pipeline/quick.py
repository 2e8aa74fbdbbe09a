"""The networks' answer to slices as quickly as the place allows, the same within a tolerance.

What makes it quick, each measured (docs/adr/0016): batch norm folded into the convolutions,
channels last, slices in batches with their mirror images in the same batch, slices without head
left out, and half the bits where the processor or the card multiplies those by itself.
"""

from __future__ import annotations

import copy
import gc
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.fx.experimental.optimization import fuse
from torch.fx.proxy import TraceError

from inference.models.zoom import look_again
from inference.pipeline.devices import Place, out_of_memory, processor
from viewer.ports import Progress

Grid = NDArray[np.float32]
NO_LESION = np.array([20.0, 0, 0, 0], dtype=np.float32)
"""Logits of a place where nothing is looked for: background for certain."""


def folded(network: nn.Module) -> nn.Module:
    """Return a copy whose batch norms are folded into the convolutions before them.

    A network that cannot be traced is copied as it is: slower, and right all the same.
    """
    try:
        quick: nn.Module = fuse(network)
    except (TraceError, TypeError, RuntimeError):
        return copy.deepcopy(network)
    return quick


class QuickNetworks:
    """An ensemble's members made ready for one place; their logits are averaged.

    Parameters
    ----------
    networks
        In evaluation mode. They are not changed.
    place
        Where they run.
    steady
        Never change the batch or the place, so that the same input gives the same bits.
    """

    def __init__(
        self, networks: Sequence[nn.Module], place: Place, *, steady: bool = False
    ) -> None:
        self._folded = [folded(network) for network in networks]
        self._steady = steady
        self._move(place)

    def _move(self, place: Place) -> None:
        self.place = place
        self._ready = [
            network.to(place.device).to(memory_format=torch.channels_last)
            for network in self._folded
        ]

    @torch.inference_mode()
    def logits(
        self,
        images: Grid,
        wanted: NDArray[np.bool_],
        batch: int,
        progress: Progress | None = None,
        scales: Sequence[float] = (1.0,),
    ) -> tuple[Grid, Grid]:
        """Return pixel logits (n, 4, side, side) and slice logits (n, 4) of ``images`` (n, ...).

        Averaged over the members, over each slice and its mirror image, and over ``scales`` where
        a lesion is seen. Slices that are not ``wanted`` are not looked at. Where memory runs out
        the batch is halved, down to one slice, and then the card is left for the processor.

        Raises
        ------
        MemoryError
            One slice at a time does not fit the processor's memory, or ``steady`` forbids less.
        """
        side = images.shape[-1]
        outline = np.zeros((len(images), len(NO_LESION), side, side), dtype=np.float32)
        outline[~wanted, 0] = NO_LESION[0]
        whole = np.tile(NO_LESION, (len(images), 1))
        self._look(images, np.flatnonzero(wanted), (outline, whole), batch, progress)

        def closer(shown: Grid) -> tuple[Grid, Grid]:
            count = len(shown)
            seen = np.zeros((count, *outline.shape[1:]), np.float32), np.zeros_like(whole[:count])
            self._look(shown, np.arange(count), seen, batch)
            return seen

        look_again(closer, images, (outline, whole), scales)
        return outline, whole

    def _look(
        self,
        images: Grid,
        indices: NDArray[np.intp],
        seen: tuple[Grid, Grid],
        batch: int,
        progress: Progress | None = None,
    ) -> None:
        """Fill ``seen`` at ``indices``, in batches that are made smaller until they fit."""
        outline, whole = seen
        done = 0
        while done < len(indices):
            chosen = indices[done : done + batch]
            answer = self._answer(images[chosen])
            if answer is None:
                batch = self._less(len(chosen))
                continue
            outline[chosen], whole[chosen] = answer
            done += len(chosen)
            if progress:
                progress(done / len(indices), f"looking at slice {done} of {len(indices)}")

    def _answer(self, images: Grid) -> tuple[Grid, Grid] | None:
        """Return the averaged logits of one batch, or None if it does not fit the memory."""
        try:
            given = torch.from_numpy(np.ascontiguousarray(images))[:, None].to(self.place.device)
            both = torch.cat([given, given.flip(3)]).contiguous(memory_format=torch.channels_last)
            with self.place.precisely():
                answers = [network(both) for network in self._ready]
            outlines = _mean([outline for outline, _ in answers])
            wholes = _mean([whole for _, whole in answers])
            count = len(images)
            outline = (outlines[:count] + outlines[count:].flip(3)) / 2
            whole = (wholes[:count] + wholes[count:]) / 2
            return outline.cpu().numpy(), whole.cpu().numpy()
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
        return None

    def _less(self, batch: int) -> int:
        """Return a smaller batch, or move to the processor; raise if neither is left."""
        gc.collect()
        if self.place.device.type == "cuda":
            torch.cuda.empty_cache()
        if self._steady or (batch == 1 and self.place.on_processor):
            raise MemoryError("one batch does not fit")
        if batch == 1:
            self._move(processor())
            return 2
        return batch // 2


def _mean(parts: list[Tensor]) -> Tensor:
    total = parts[0].float()
    for part in parts[1:]:
        total = total + part.float()
    return total / len(parts)
