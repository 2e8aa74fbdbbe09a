"""Pictures of single cases, right and wrong, for a person to look at.

Only brain is shown: axial slices without a face, or the surroundings of the lesion.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import special

from inference.models.cards import read_package, shipped_folder
from inference.models.gate_card import GATE_MODEL
from inference.models.predict import scaled_logits
from inference.models.unet import CLASSES, OutlineNet
from inference.pipeline.components import lesion_probability
from inference.pipeline.gate import judge
from inference.pipeline.looking import Looker
from inference.pipeline.prepare import plane_of, prepare
from inference.training.augment import Lens
from inference.training.crossval import HeldOut, judge_fold, slice_type_logits
from inference.training.fit import LENS
from inference.training.gate.cases import normal_cases, pathology_cases
from inference.training.publish import SCALES, member_files, network_of
from inference.training.scores import seen_through
from inference.training.slices import FOLDS, held_out_slices, sliced_by_id

_SIDE, _WORDS, _LINES, _CHARACTERS = 300, 62, 4, 50
_AROUND_PX = 48
_NATIVE_PX, _NATIVE_MM = 192, 1.1
_TRUTH, _FOUND = (90, 200, 255), (255, 170, 0)


@dataclass(frozen=True, slots=True)
class Case:
    """One picture: what it shows in one line, and its pixels (300, 300, 3)."""

    words: str
    pixels: NDArray[np.uint8]


def draw_cases(data: Path) -> Image.Image:
    """Return a page of sixteen held-out slices of two folds and series that must be refused."""
    folder = shipped_folder()
    heat = read_package(folder).settings.type_temperature
    shown: list[Case] = []
    for fold, file in list(zip(FOLDS, member_files(folder), strict=True))[:2]:
        network = network_of(file)
        held_out = held_out_slices(data / "cheng_t1ce", fold)
        part = held_out.part(slice(0, len(held_out), 4))
        judged = judge_fold(network, fold, part, data / "cheng_t1ce", LENS, SCALES)
        ids = chosen_ids(judged, 4, 4, fold)
        shown += cases(network, data / "cheng_t1ce", ids, LENS, heat)
    return sheet(shown + refused_cases(data))


def chosen_ids(fold: HeldOut, right: int, wrong: int, seed: int) -> tuple[str, ...]:
    """Return ids drawn from the slices typed right and outlined well, and from the others.

    Wrong means another type, or Dice under 0.5.
    """
    numbers = np.random.default_rng(seed)
    good = (fold.type_logits.argmax(1) + 1 == fold.types) & (fold.dice >= 0.5)
    drawn = [
        numbers.choice(np.flatnonzero(group), min(count, int(group.sum())), replace=False)
        for group, count in ((good, right), (~good, wrong))
    ]
    return tuple(fold.ids[k] for k in np.concatenate(drawn))


def cases(
    network: OutlineNet, folder: Path, ids: tuple[str, ...], lens: Lens, temperature: float
) -> list[Case]:
    """Return pictures of Cheng slices: the reference in blue, the member's outline in orange."""
    slices = sliced_by_id(folder, ids)
    images, truth = seen_through(slices, lens)
    outline, whole = scaled_logits((network,), images, SCALES)
    lesion = lesion_probability(outline) >= 0.5
    chances = special.softmax(slice_type_logits(outline, whole) / temperature, axis=-1)
    found = []
    for k, one in enumerate(ids):
        best = int(chances[k].argmax()) + 1
        said = f"{CLASSES[best]} {chances[k].max():.2f}" if lesion[k].any() else "nothing drawn"
        shared = 2 * (lesion[k] & truth[k]).sum() / max(1, lesion[k].sum() + truth[k].sum())
        verdict = "right" if best == slices.types[k] and shared >= 0.5 else "WRONG"
        words = (
            f"{verdict}: {CLASSES[slices.types[k]]}, slice {one}. Said {said}, Dice {shared:.2f}."
        )
        found.append(Case(words, picture(images[k], truth[k], lesion[k])))
    return found


def refused_cases(data: Path) -> list[Case]:
    """Return series the gate must refuse, with its reason: the middle slice as the network sees it.

    Skull and brain only: the data's stroke, sclerosis and defaced normal head.
    """
    looker = Looker(shipped_folder(GATE_MODEL))
    found = []
    for one in chain(pathology_cases(data), normal_cases(data)):
        if not one.head or plane_of(one.volume.affine)[0] != "axial":
            continue  # a face would be seen from the side
        verdict = judge(one.series, one.volume, looker.look(one.volume), looker.package.limits)
        words = f"{'WRONG: let through' if verdict.accepted else verdict.reason} [{one.kind}]"
        prepared = prepare(one.volume, _NATIVE_PX, _NATIVE_MM)
        middle = prepared.images[len(prepared.images) * 3 // 5]
        nothing = np.zeros(middle.shape, dtype=bool)
        found.append(Case(words, picture(middle, nothing, nothing)))
    return found


def picture(
    image: NDArray[np.float32], truth: NDArray[np.bool_], found: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """Return the surroundings of what is outlined, enlarged, with both edges drawn."""
    box = _surroundings(truth | found, image.shape[0])
    grey = np.clip(image[box], 0, 1) * 255
    enlarged = Image.fromarray(grey.astype(np.uint8)).resize((_SIDE, _SIDE)).convert("RGB")
    pixels = np.asarray(enlarged).copy()
    for mask, colour in ((truth, _TRUTH), (found, _FOUND)):
        large = Image.fromarray(mask[box]).resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
        pixels[_edge(np.asarray(large))] = colour
    return pixels


def sheet(shown: list[Case], columns: int = 4) -> Image.Image:
    """Return all cases on one page, each with its words beneath."""
    rows = -(-len(shown) // columns)
    page = Image.new("RGB", (columns * (_SIDE + 10), rows * (_SIDE + _WORDS)), (18, 22, 28))
    draw = ImageDraw.Draw(page)
    for index, case in enumerate(shown):
        x, y = index % columns * (_SIDE + 10) + 5, index // columns * (_SIDE + _WORDS) + 5
        page.paste(Image.fromarray(case.pixels), (x, y))
        for number, line in enumerate(wrap(case.words, _CHARACTERS)[:_LINES]):
            draw.text((x, y + _SIDE + 4 + 13 * number), line, fill=(235, 235, 235))
    return page


def _surroundings(mask: NDArray[np.bool_], side: int) -> tuple[slice, slice]:
    """Return a square of at least 96 pixels about the marked pixels, inside the image."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return slice(0, side), slice(0, side)
    reach = max(_AROUND_PX, int(max(np.ptp(rows), np.ptp(columns)) * 0.8))
    reach = min(reach, side // 2)
    middle = [int(np.clip(axis.mean(), reach, side - reach)) for axis in (rows, columns)]
    return tuple(slice(m - reach, m + reach) for m in middle)  # type: ignore[return-value]


def _edge(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    inner = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            inner &= np.roll(mask, step, axis)
    return mask & ~inner
