"""Tiny models of a clinic with random weights, made as somebody outside would bring them."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

OUTLINE_ARGUMENTS = {"channels": [8, 8], "depths": [1, 1], "decoder": [8], "classes": 2}


def card(sha256: str = "0" * 64, **changes: Any) -> dict[str, Any]:
    """The values of a card for a tiny outlining network."""
    values: dict[str, Any] = {
        "format": "sagittal.own-model/1",
        "name": "Our outline",
        "version": "1.0",
        "intended_use": "Tests.",
        "trained_on": "Nothing: its weights are random.",
        "limits": ["It has learnt nothing."],
        "weights": {"sha256": sha256},
        "task": "outline",
        "architecture": {"name": "OutlineNet", "arguments": dict(OUTLINE_ARGUMENTS)},
        "input": {
            "sequences": ["T1 after contrast"],
            "planes": ["axial"],
            "side_px": 64,
            "pixel_mm": 4.0,
            "normalise": "quantiles",
        },
        "output": {"classes": ["background", "region"], "smallest_ml": 1.0},
    }
    return {**values, **changes}


def safetensors(tensors: dict[str, tuple[str, list[int], bytes]]) -> bytes:
    """A file in safetensors format, written by hand."""
    header, body = {}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {
            "dtype": dtype,
            "shape": shape,
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    told = json.dumps(header).encode()
    return len(told).to_bytes(8, "little") + told + body


def some_weights(value: float = 0.5) -> bytes:
    return safetensors({"w": ("F32", [2, 2], np.full(4, value, "<f4").tobytes())})


def put(
    folder: Path,
    weights: bytes,
    values: dict[str, Any] | None = None,
    file: str = "weights.safetensors",
) -> Path:
    """Write weights and a card that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    values = dict(values if values is not None else card())
    if values.get("weights") == {"sha256": "0" * 64}:
        values["weights"] = {"sha256": hashlib.sha256(weights).hexdigest()}
    (folder / file).write_bytes(weights)
    (folder / "card.json").write_text(json.dumps(values), "utf-8")
    return folder


def outline_weights() -> bytes:
    """Random weights that fit OUTLINE_ARGUMENTS, made where torch may be loaded."""
    return base64.b64decode(made_with_torch()["outline"])


@cache
def made_with_torch() -> dict[str, Any]:
    """What tests/inference/own_torch.py makes; torch never comes into the tests' own process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.inference.own_torch"],
        capture_output=True,
        timeout=230,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told
