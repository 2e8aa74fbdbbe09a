"""The card of a clinic's own model (docs/own-models.md): read strictly, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from inference.errors import OwnModelError
from inference.models.own.architectures import ARCHITECTURES, checked
from inference.models.own.limits import MOST_CLASSES, MOST_DEPTH_PX, MOST_GRID, MOST_SIDE_PX
from inference.models.own.literal import only, part, plain, real, text, texts, whole
from inference.models.own.records import OwnCard, OwnInput, OwnOutput, Task

FORMAT = "sagittal.own-model/1"
SEQUENCES = ("T1", "T1 after contrast", "T2", "FLAIR", "proton-density", "DWI", "ADC")
PLANES = ("axial", "coronal", "sagittal")
NORMALISERS = ("quantiles", "zscore", "range")
ACTIVATIONS = ("softmax", "sigmoid", "probabilities")
_MOST_FIGURES = 40
_KEYS = frozenset(
    (
        "format", "name", "version", "intended_use", "trained_on", "limits", "performance",
        "weights", "task", "input", "output", "architecture",
    )
)  # fmt: skip


def read_own_card(values: Mapping[str, Any], *, onnx: bool) -> OwnCard:
    """Return the card in these JSON values.

    Raises
    ------
    OwnModelError
        if anything is missing, unknown, of another type or out of range.
    """
    only(values, _KEYS, "the card")
    if values.get("format") != FORMAT:
        raise OwnModelError(f"The card's “format” must be “{FORMAT}”.")
    task = Task(_one_of(values.get("task"), "task", tuple(Task)))
    given = _input(part(values, "input"))
    answer = _output(part(values, "output"), task)
    name, arguments = ("", {}) if onnx else _architecture(values, task, given, answer)
    if onnx and "architecture" in values:
        raise OwnModelError("An ONNX model brings its own network; leave “architecture” out.")
    if onnx and task is Task.CLASSIFY and given.dimensions == 3:
        raise OwnModelError("A classifier reads slices one by one: leave “depth_px” out.")
    return OwnCard(
        name=text(values, "name", 60),
        version=text(values, "version", 20),
        intended_use=text(values, "intended_use"),
        trained_on=text(values, "trained_on"),
        limits=texts(values, "limits", 20),
        performance=_figures(values.get("performance", {})),
        weights_sha256=_digest(part(values, "weights")),
        task=task,
        input=given,
        output=answer,
        architecture=name,
        arguments=arguments,
    )


def _architecture(
    values: Mapping[str, Any], task: Task, given: OwnInput, answer: OwnOutput
) -> tuple[str, dict[str, Any]]:
    entry = plain(part(values, "architecture"), "the architecture")
    only(entry, frozenset(("name", "arguments")), "the architecture")
    name = text(entry, "name", 60)
    arguments = checked(name, part(entry, "arguments"))
    known = ARCHITECTURES[name]
    if task not in known.tasks:
        raise OwnModelError(f"{name} is not a network for the task “{task.value}”.")
    dimensions = int(arguments.get("spatial_dims", 2))
    if dimensions not in known.dimensions or dimensions != given.dimensions:
        raise OwnModelError(
            f"{name} in {dimensions} dimensions does not fit an input of {given.dimensions}."
        )
    classes = int(arguments.get("out_channels", arguments.get("classes", 4)))
    if classes != len(answer.classes):
        raise OwnModelError(f"{name} answers {classes} classes; the card names others.")
    return name, arguments


def _input(values: Mapping[str, Any]) -> OwnInput:
    keys = ("sequences", "planes", "side_px", "pixel_mm", "normalise", "depth_px", "slice_mm")
    only(values, frozenset(keys), "the card's input")
    sequences = texts(values, "sequences", len(SEQUENCES))
    planes = texts(values, "planes", len(PLANES))
    for one, known in (*((s, SEQUENCES) for s in sequences), *((p, PLANES) for p in planes)):
        _one_of(one, "input", known)
    side = whole(values.get("side_px"), "side_px", 32, MOST_SIDE_PX)
    depth = whole(values.get("depth_px", 1), "depth_px", 1, MOST_DEPTH_PX)
    if side % 16 or (depth > 1 and depth % 8):
        raise OwnModelError("“side_px” must be a multiple of 16, “depth_px” 1 or a multiple of 8.")
    if side**2 * depth > MOST_GRID:
        raise OwnModelError("The grid of “side_px” and “depth_px” is too large to be computed.")
    return OwnInput(
        sequences=sequences,
        planes=planes,
        side_px=side,
        pixel_mm=real(values.get("pixel_mm"), "pixel_mm", 0.3, 4.0),
        normalise=_one_of(values.get("normalise"), "normalise", NORMALISERS),
        depth_px=depth,
        slice_mm=real(values.get("slice_mm"), "slice_mm", 0.3, 10.0) if depth > 1 else 0.0,
    )


def _output(values: Mapping[str, Any], task: Task) -> OwnOutput:
    only(values, frozenset(("classes", "activation", "smallest_ml")), "the card's output")
    classes = texts(values, "classes", MOST_CLASSES, 60)
    activation = _one_of(values.get("activation", "softmax"), "activation", ACTIVATIONS)
    if activation != "sigmoid" and (len(classes) < 2 or classes[0].lower() != "background"):
        raise OwnModelError("The first of “classes” must be “background”, and there must be two.")
    if task is Task.CLASSIFY and "smallest_ml" in values:
        raise OwnModelError("A classifier outlines nothing; leave “smallest_ml” out.")
    smallest = real(values.get("smallest_ml", 0.1), "smallest_ml", 0.0, 1_000.0)
    return OwnOutput(classes, activation, smallest)


def _figures(values: object) -> dict[str, float]:
    if not isinstance(values, dict) or len(values) > _MOST_FIGURES:
        raise OwnModelError("The card's “performance” must be a short list of figures by name.")
    return {
        text({"performance": key}, "performance", 60): real(value, str(key)[:60], -1e6, 1e6)
        for key, value in values.items()
    }


def _digest(values: Mapping[str, Any]) -> str:
    only(values, frozenset(("sha256",)), "the card's weights")
    digest = text(values, "sha256", 64).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise OwnModelError("The card's “sha256” must be the 64 hex digits of the weights' file.")
    return digest


def _one_of(value: object, what: str, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise OwnModelError(f"The card's “{what}” must be of: {', '.join(known)}.")
    return value
