"""Checks that need torch, each in a process of its own: ``python -m tests.inference.torch_checks``.

The tests' own process may hold an OpenGL context, where torch must not be loaded. Prints JSON.
"""

# ruff: noqa: E402 - triton must be barred before torch is loaded

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

sys.modules["triton"] = None  # type: ignore[assignment]

import numpy as np
import torch
from torch import Tensor, nn

from inference.errors import InferenceError
from inference.models.cards import read_package, shipped_folder
from inference.models.loading import load_networks
from inference.models.predict import mirrored_logits, scaled_logits
from inference.models.zoom import LOOK_AGAIN, lesion_anywhere
from inference.pipeline import memory
from inference.pipeline.components import lesion_probability
from inference.pipeline.devices import Place, choose, out_of_memory
from inference.pipeline.engine import Engine
from inference.pipeline.findings import Origin
from inference.pipeline.options import EngineOptions
from inference.pipeline.prepare import prepare
from inference.pipeline.quick import QuickNetworks
from tests.inference.builders import head_volume

FLOAT, HALF = (Place(torch.device("cpu"), t) for t in (torch.float32, torch.bfloat16))
HEAD = head_volume(lesion_mm=(35.0, -20.0, 10.0))


class Fussy(nn.Module):
    """A network that fits only so many images into memory at once."""

    def __init__(self, inner: nn.Module, most: int) -> None:
        super().__init__()
        self.inner, self.most = inner, most
        self.seen: list[int] = []

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        if images.shape[0] > self.most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried ...")
        outline, whole = self.inner(images)
        return outline, whole


def _networks() -> tuple[Any, ...]:
    return load_networks(read_package(shipped_folder()), FLOAT.device)


def _images() -> tuple[np.ndarray, np.ndarray]:
    settings = read_package(shipped_folder()).settings
    prepared = prepare(HEAD, settings.side_px, settings.pixel_mm)
    return prepared.images, prepared.head


def _by_slice(networks: tuple[Any, ...], images: np.ndarray) -> np.ndarray:
    """The plain way: every slice by itself, nothing folded, float32."""
    return np.concatenate([mirrored_logits(networks, image[None])[0] for image in images])


def same() -> dict[str, float]:
    """How far the quick ways are from the plain one, in lesion probability, on slices with head."""
    networks = _networks()
    images, head = _images()
    plain = lesion_probability(_by_slice(networks, images[head]))
    told = {}
    for name, place in (("float32", FLOAT), ("bfloat16", HALF)):
        quick, _ = QuickNetworks(networks, place).logits(images, head, 8)
        told[name] = float(np.abs(lesion_probability(quick[head]) - plain).max())
    with torch.no_grad():
        networks[0].encoder[0][0].first_norm.running_mean *= 1.02
    broken, _ = QuickNetworks(networks, FLOAT).logits(images, head, 8)
    told["broken"] = float(np.abs(lesion_probability(broken[head]) - plain).max())
    return told


def closer() -> dict[str, float]:
    """How far the quick way is from the plain one where lesions are looked at again."""
    networks, scales = _networks(), (1.0, 0.9, 1.1)
    images, head = _images()
    given = images[head]
    plain, _ = scaled_logits(networks, given, scales)
    quick, _ = QuickNetworks(networks, FLOAT).logits(images, head, 8, scales=scales)
    once, _ = QuickNetworks(networks, FLOAT).logits(images, head, 8)
    seen = lesion_anywhere(once[head]) >= LOOK_AGAIN
    moved = np.abs(lesion_probability(quick[head]) - lesion_probability(once[head]))
    off = np.abs(lesion_probability(quick[head]) - lesion_probability(plain))
    return {
        "difference": float(off.max()),
        "again": int(seen.sum()),
        "moved_seen": float(moved[seen].max()) if seen.any() else 0.0,
        "moved_others": float(moved[~seen].max()) if not seen.all() else 0.0,
    }


def untouched() -> dict[str, bool]:
    """Whether making networks quick leaves the networks themselves as they were."""
    networks = _networks()
    before = [value.clone() for value in networks[0].state_dict().values()]
    QuickNetworks([*networks, Fussy(networks[0], 4)], HALF)
    after = networks[0].state_dict().values()
    same_values = all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    return {"same": same_values and next(networks[0].parameters()).dtype is torch.float32}


def skipped() -> dict[str, Any]:
    """What is said of a slice nobody wants looked at."""
    images, head = _images()
    outline, whole = QuickNetworks(_networks(), FLOAT).logits(images, np.zeros_like(head), 8)
    return {"lesion": float(lesion_probability(outline).max()), "whole": whole[0].tolist()}


def short() -> dict[str, Any]:
    """What happens where only so many images fit: a smaller batch, the same answer."""
    networks = _networks()[:1]
    images, head = _images()
    full, _ = QuickNetworks(networks, FLOAT).logits(images, head, 16)
    fitting, _ = QuickNetworks([Fussy(networks[0], 4)], FLOAT).logits(images, head, 16)
    told: dict[str, Any] = {"difference": float(np.abs(full - fitting).max())}
    for name, most, steady in (("nothing fits", 1, False), ("steady", 4, True)):
        try:
            QuickNetworks([Fussy(networks[0], most)], FLOAT, steady=steady).logits(images, head, 16)
            told[name] = "answered"
        except MemoryError:
            told[name] = "refused"
    return told


def limited() -> dict[str, Any]:
    """What the engine says under a real limit on its memory, and whether it works afterwards."""
    engine = Engine(shipped_folder(), EngineOptions(threads=1))
    floor = memory.data_bytes()
    most = memory.MIB * 256
    large = head_volume(shape=(520, 248, 204))
    memory.confine(floor, most)
    refused = engine.run(large, Origin("a", "b", "c"), _quiet, most)
    small = engine.run(HEAD, Origin("a", "b", "d"), _quiet, most)
    return {"reason": refused.reason, "after": small.outcome.value, "then": small.reason}


def places() -> dict[str, str]:
    """Which place the options lead to, and how many graphics cards there are."""
    wanted = {
        "auto": EngineOptions(),
        "cuda": EngineOptions(device="cuda"),
        "deterministic": EngineOptions(deterministic=True),
    }
    told = {name: choose(options).name for name, options in wanted.items()}
    return {**told, "cards": str(torch.cuda.device_count() + torch.backends.mps.is_available())}


def signs() -> dict[str, bool]:
    """Which errors count as memory that ran out."""
    errors = {
        "numpy": MemoryError(),
        "card": torch.OutOfMemoryError("CUDA out of memory."),
        "shape": RuntimeError("shape mismatch"),
        "own": InferenceError("out of memory"),
    }
    try:
        torch.empty(1 << 60)
    except RuntimeError as error:
        errors["torch"] = error
    return {name: out_of_memory(error) for name, error in errors.items()}


def _quiet(fraction: float, text: str, /) -> None:
    return None


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    check.__name__: check
    for check in (same, closer, untouched, skipped, short, limited, places, signs)
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps({name: CHECKS[name]() for name in sys.argv[1:]}) + "\n")
