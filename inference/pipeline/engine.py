"""The whole analysis of one accepted series, inside the worker process: the only user of torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from inference.explain import faithfulness
from inference.explain.gradcam import LAYER, METHOD, NATIVE_STRIDE, attend
from inference.measure.place import head_box
from inference.models.cards import Package, read_package
from inference.models.loading import load_networks
from inference.pipeline.components import (
    Component,
    believed,
    find_components,
    lesion_probability,
)
from inference.pipeline.findings import Origin, describe, draw_labels
from inference.pipeline.outcome import Outcome
from inference.pipeline.predict import mirrored_logits
from inference.pipeline.prepare import Prepared, head_mask, prepare
from inference.records import Attribution, RunOutcome
from viewer.ports import Progress
from viewer.records import Volume

Grid = NDArray[np.float32]
MOST_EXPLAINED = 12
_SCORED = 2


class Engine:
    """A loaded network and the device it runs on: CUDA where present, else the CPU."""

    def __init__(self, folder: Path) -> None:
        self.package: Package = read_package(folder)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.networks = load_networks(self.package, self.device)

    def device_name(self) -> str:
        """Return "CPU" or the graphics card's name."""
        return torch.cuda.get_device_name(0) if self.device.type == "cuda" else "CPU"

    def components(
        self, prepared: Prepared, gap_mm: float, progress: Progress | None = None
    ) -> tuple[list[Component], NDArray[np.uint16], Grid]:
        """Return all components, their values and the lesion probability on the network's grid."""
        outline, whole = mirrored_logits(self.networks, prepared.images, progress)
        outline[~prepared.head] = np.array([20.0, 0, 0, 0], dtype=np.float32)[:, None, None]
        components, values = find_components(outline, whole, prepared.pixel_mm, gap_mm)
        return components, values, lesion_probability(outline)

    def run(self, volume: Volume, origin: Origin, progress: Progress) -> Outcome:
        """Return the findings of ``volume``, which the gate has accepted."""
        settings = self.package.settings
        progress(0.05, "resampling the slices")
        prepared = prepare(volume, settings.side_px, settings.pixel_mm)
        found, values, lesion = self.components(
            prepared, volume.spacing_mm[2], _within(progress, 0.1, 0.6)
        )
        kept = believed(found, settings)
        if len(kept) > settings.most_findings:
            return Outcome(
                RunOutcome.NOT_ANALYSED,
                f"Not analysed reliably: {len(kept)} scattered regions were marked, which on "
                "this model means mistakes rather than lesions.",
            )
        shape = volume.voxels.shape
        labels = draw_labels(kept, values, lesion, prepared, (shape[0], shape[1], shape[2]))
        kept = [c for number, c in enumerate(kept, start=1) if (labels == number).any()]
        if not kept:
            return Outcome(RunOutcome.NOTHING_SUSPECTED, _nothing(self.package))
        box = head_box(head_mask(volume.voxels), volume.affine)
        findings = tuple(
            describe(component, number, labels, volume, box, settings, origin)
            for number, component in enumerate(kept, start=1)
        )
        progress(0.65, "asking what the network looked at")
        heat, attribution = self._explain(kept, values, prepared, volume, progress)
        return Outcome(RunOutcome.FINDINGS, "", findings, labels, heat, attribution)

    def _explain(
        self,
        kept: list[Component],
        values: NDArray[np.uint16],
        prepared: Prepared,
        volume: Volume,
        progress: Progress,
    ) -> tuple[NDArray[np.float16], Attribution]:
        heat = np.zeros(volume.voxels.shape, dtype=np.float16)
        scores: list[dict[str, float]] = []
        share = max(1, MOST_EXPLAINED // len(kept))
        for index, component in enumerate(kept):
            slices = _largest_slices(component, values, share)
            regions = values[slices] == component.value
            category = 1 + int(np.argmax(component.type_logits))
            small = attend(self.networks, prepared.images[slices], regions, category)
            for k, grid in zip(slices, small, strict=True):
                restored = np.clip(prepared.restore(grid), 0, 1).astype(np.float16)
                heat[k] = np.maximum(heat[k], restored)
            scores.append(self._scores(prepared.images[slices], regions, small, category))
            progress(0.65 + 0.3 * (index + 1) / len(kept), "scoring the heat map")
        side = prepared.images.shape[1] // NATIVE_STRIDE
        mean = {key: float(np.mean([s[key] for s in scores])) for key in scores[0]}
        return heat, Attribution(METHOD, LAYER, (side, side), mean)

    def _scores(
        self, images: Grid, regions: NDArray[np.bool_], heat: Grid, category: int
    ) -> dict[str, float]:
        mirrored = attend(
            self.networks, images[:, :, ::-1].copy(), regions[:, :, ::-1].copy(), category
        )
        heads = images > 0.1
        deletion = [
            faithfulness.deletion_over_random(
                images[n], heat[n], heads[n] | regions[n], self._lesion_sum(regions[n])
            )
            for n in range(min(_SCORED, len(images)))
        ]
        return {
            "inside_outline": faithfulness.energy_share(heat, regions),
            "inside_head": faithfulness.energy_share(heat, heads | regions),
            "outline_share_of_head": float(regions.sum() / (heads | regions).sum()),
            "deletion_over_random": float(np.mean(deletion)),
            "flip_agreement": faithfulness.agreement(heat, mirrored[:, :, ::-1]),
        }

    def _lesion_sum(self, region: NDArray[np.bool_]) -> Callable[[Grid], NDArray[np.float64]]:
        def score(images: Grid) -> NDArray[np.float64]:
            outline, _ = mirrored_logits(self.networks, images, mirrored=False)
            return np.asarray(lesion_probability(outline)[:, region].sum(axis=1), dtype=np.float64)

        return score


def _within(progress: Progress, low: float, high: float) -> Progress:
    def report(fraction: float, text: str, /) -> None:
        progress(low + (high - low) * fraction, text)

    return report


def _largest_slices(component: Component, values: NDArray[np.uint16], count: int) -> list[int]:
    areas = {k: int((values[k] == component.value).sum()) for k in component.slices}
    return sorted(sorted(areas, key=lambda k: -areas[k])[:count])


def _nothing(package: Package) -> str:
    hit = package.card.performance["lesion_hit_kept"]
    return (
        "Nothing suspected by this model. In its own test the same rules kept the lesion on "
        f"{100 * hit:.0f} of 100 slices that held one, so this is not the same as normal."
    )
