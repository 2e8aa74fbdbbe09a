"""Seconds from voxels to components, our way and plainly, turn about in one process.

Plainly is the reference inference code: each slice by itself, each member by itself, float32,
eager, nothing folded, slices without head too. Both ways read the same prepared slices and end
in the same rules. Prints what each took, and how far apart the answers are.
"""

# ruff: noqa: E402 - triton must be barred before torch is loaded

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

sys.modules["triton"] = None  # type: ignore[assignment]

import numpy as np
import torch

from inference.models.cards import read_package, shipped_folder
from inference.models.loading import load_networks
from inference.models.zoom import look_again
from inference.pipeline.components import Component, believed
from inference.pipeline.engine import Engine
from inference.pipeline.findings import Origin
from inference.pipeline.options import EngineOptions
from inference.pipeline.prepare import prepare
from tests.bench.clock import load_average, tell
from tests.inference.builders import AXIAL, head_volume, read_pgbm
from viewer.records import Volume

NO_LESION = np.array([20.0, 0, 0, 0], dtype=np.float32)[:, None, None]
Answer = tuple[list[Component], np.ndarray]


class Plain:
    """The same members without any of what makes the engine quick; stands in for QuickNetworks."""

    def __init__(self) -> None:
        self.networks = load_networks(read_package(shipped_folder()), torch.device("cpu"))
        for network in self.networks:
            network.to(memory_format=torch.contiguous_format)

    def logits(
        self,
        images: np.ndarray,
        wanted: np.ndarray,
        batch: int,
        progress: object,
        scales: tuple[float, ...],
    ) -> tuple[np.ndarray, np.ndarray]:
        outline, whole = self._look(images)
        outline[~wanted] = NO_LESION
        look_again(self._look, images, (outline, whole), scales)
        return outline, whole

    @torch.inference_mode()
    def _look(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        outlines, wholes = [], []
        for image in images:
            given = torch.from_numpy(image)[None, None]
            answers = [network(given) for network in self.networks]
            turned = [network(given.flip(3)) for network in self.networks]
            answers += [(outline.flip(3), whole) for outline, whole in turned]
            outlines.append(torch.stack([outline for outline, _ in answers]).mean(0))
            wholes.append(torch.stack([whole for _, whole in answers]).mean(0))
        return torch.cat(outlines).numpy(), torch.cat(wholes).numpy()


def study(name: str, data: str) -> Volume:
    """A real series of 22 slices, or a made head of 160 slices of 256 x 256."""
    if name == "pgbm":
        return read_pgbm(Path(data))[1]
    slices, rows, columns = 160, 256, 256
    affine = AXIAL.copy()
    affine[:3, 0] *= 102 / columns
    affine[:3, 1] *= 124 / rows
    affine[:3, 2] *= 26 / slices
    return head_volume(affine, (slices, rows, columns), lesion_mm=(35.0, -20.0, 10.0))


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    value = act()
    return time.perf_counter() - began, value


def agreement(ours: Answer, plain: Answer, engine: Engine) -> dict[str, float]:
    """How far apart two answers are: probabilities, outlines, and the findings that are kept."""
    masks = [lesion > 0.5 for _, lesion in (ours, plain)]
    kept = [believed(found, engine.package.settings) for found, _ in (ours, plain)]
    size = sum(int(mask.sum()) for mask in masks)
    pairs = list(zip(*kept, strict=False))
    settings = engine.package.settings
    apart = [abs(a.probability(settings) - b.probability(settings)) for a, b in pairs]
    volumes = [abs(a.volume_ml - b.volume_ml) / b.volume_ml for a, b in pairs]
    return {
        "probability": float(np.abs(ours[1] - plain[1]).max()),
        "dice": 2 * float((masks[0] & masks[1]).sum()) / size if size else 1.0,
        "findings": len(kept[0]),
        "findings_plain": len(kept[1]),
        "finding_probability": max(apart, default=0.0),
        "finding_volume": max(volumes, default=0.0),
    }


def main() -> None:
    """Arguments: study, folder of real images, repeats after one that does not count, threads."""
    name, data, repeats, threads = sys.argv[1:]
    volume = study(name, data)
    usual = EngineOptions(threads=int(threads))
    engine, plain = Engine(shipped_folder(), usual), Engine(shipped_folder(), usual)
    plain.quick = cast("Any", Plain())
    steady = Engine(shipped_folder(), EngineOptions(threads=int(threads), deterministic=True))
    torch.use_deterministic_algorithms(mode=False)
    ways = {"plain": plain, "ours": engine, "deterministic": steady}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    answers: dict[str, Answer] = {}
    for number in range(1 + int(repeats)):
        for way, one in ways.items():
            taken, answers[way] = timed(partial(_answer, one, volume))
            if number:
                seconds[way].append(taken)
    whole, _ = timed(lambda: engine.run(volume, Origin("a", "b", "c"), _quiet, 4 << 30))
    tell(
        seconds=seconds,
        whole_s=whole,
        slices=len(volume.voxels),
        members=len(engine.networks),
        device=engine.device_name(),
        threads=int(threads),
        load=load_average(),
        apart={way: agreement(answers[way], answers["plain"], engine) for way in ways},
    )


def _answer(engine: Engine, volume: Volume) -> Answer:
    settings = engine.package.settings
    prepared = prepare(volume, settings.side_px, settings.pixel_mm)
    found, _, lesion = engine.components(prepared, prepared.gap_mm, budget=4 << 30)
    return found, lesion


def _quiet(fraction: float, text: str, /) -> None:
    return None
