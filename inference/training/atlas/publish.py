"""The template head as it ships: the left half, its card, and the notice its source asks for."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.measure.atlas import ATLAS_FILE, CARD_FILE
from inference.measure.regions import WORDS
from inference.training.atlas.build import VOXEL_MM, Template

_LEVELS = 64
_LICENCE = "LICENSE_SynthSeg_Apache-2.0.txt"
_NOTICE = """\
The template head in this folder (atlas.npz) is derived from the label maps of SynthSeg
(https://github.com/BBillot/SynthSeg, data/training_label_maps), Copyright the SynthSeg authors,
Apache License 2.0 (LICENSE.txt). Billot et al. 2023, Medical Image Analysis 86:102789.

Changed here: the maps were laid over their mean by affine maps, averaged, mirrored and averaged
again, and thinned to 2 mm; the pictures are computed from the shares of tissues; lobes, sella,
coverings and what lies outside are drawn by rules (docs/adr/0017). Made by
python -m inference.training.atlas.
"""


def publish(template: Template, source: Path, out: Path) -> None:
    """Write the atlas, its card, notice and licence into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / ATLAS_FILE).open("wb") as handle:
        np.savez_compressed(
            handle,
            plain=_half(_levels(template.plain)),
            enhanced=_half(_levels(template.enhanced)),
            regions=_half(template.regions),
            affine=template.frame.affine,
        )
    content = (out / ATLAS_FILE).read_bytes()
    card = {
        "name": "template-head",
        "sha256": hashlib.sha256(content).hexdigest(),
        "made_by": "python -m inference.training.atlas",
        "voxel_mm": VOXEL_MM,
        "heads": {name: _digest(source / f"{name}.nii.gz") for name in template.heads},
        "regions": {int(region): words for region, words in WORDS.items()},
    }
    (out / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (out / "NOTICE.txt").write_text(_NOTICE, encoding="utf-8")
    shutil.copyfile(source / _LICENCE, out / "LICENSE.txt")
    (out / "LICENSE.txt").chmod(0o644)


def _levels(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the picture 0..252 in 64 levels, which is all that a mean of 16 heads can carry."""
    return (np.clip(picture * (_LEVELS - 1), 0, _LEVELS - 1).round() * 4).astype(np.uint8)


def _half(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(values[..., values.shape[-1] // 2 :])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
