"""A clinic's network built and answering; torch, MONAI and ONNX Runtime, in the child only.

A network is first made without memory (torch's ``meta`` device), compared with the weights name
by name and shape by shape, and only then given them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load
from scipy import special
from torch import Tensor, nn

from inference.errors import OwnModelError
from inference.models.own.files import Content
from inference.models.own.records import Container, OwnCard
from inference.models.unet import OutlineNet

Grid = NDArray[np.float32]


class OwnNetwork(Protocol):
    """A network that answers; ``parameters`` is how many it has."""

    parameters: int

    def answer(self, images: Grid) -> Grid:
        """Return raw answers (n, classes, ...) to pictures (n, 1, ...)."""


class TorchNetwork:
    """A network of the allow-list with a clinic's weights, in float32 on the processor."""

    def __init__(self, card: OwnCard, content: Content) -> None:
        self.module = build(card, content)
        self.parameters = sum(one.numel() for one in self.module.parameters())

    @torch.inference_mode()
    def answer(self, images: Grid) -> Grid:
        """Return raw answers; of a network with an answer for whole slices only the outline."""
        given = self.module(torch.from_numpy(np.ascontiguousarray(images)))
        answer: Tensor = given[0] if isinstance(given, tuple | list) else given
        return np.asarray(answer.float().numpy(), dtype=np.float32)


class OnnxNetwork:
    """An ONNX model on the processor; it is given bytes, so that it can open no other file."""

    def __init__(self, content: Content) -> None:
        import onnxruntime  # noqa: PLC0415 - only where such a model is used

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.use_deterministic_compute = True
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                content.tobytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise OwnModelError(f"ONNX Runtime does not take the model: {_short(error)}") from error
        self._name = self._session.get_inputs()[0].name
        self._one_by_one = self._session.get_inputs()[0].shape[0] == 1
        self.parameters = 0

    def answer(self, images: Grid) -> Grid:
        """Return raw answers, one picture at a time where the model takes no more."""
        parts = np.split(images, len(images)) if self._one_by_one else [images]
        try:
            found = [self._session.run(None, {self._name: part})[0] for part in parts]
        except Exception as error:
            raise OwnModelError(f"The model fails on a picture: {_short(error)}") from error
        return np.concatenate(found).astype(np.float32)


def load_own(container: Container, card: OwnCard, content: Content) -> OwnNetwork:
    """Return the network ready to answer.

    Raises
    ------
    OwnModelError
        if the weights are not exactly those of the network the card names.
    """
    if container is Container.ONNX:
        return OnnxNetwork(content)
    return TorchNetwork(card, content)


def build(card: OwnCard, content: Content) -> nn.Module:
    """Return the card's network in evaluation mode, with the weights in it; see load_own."""
    try:
        with torch.device("meta"):
            network = _maker(card.architecture)(**_arguments(card.arguments))
    except (ValueError, TypeError, AssertionError, RuntimeError, IndexError) as error:
        raise OwnModelError(
            f"{card.architecture} cannot be made with these arguments: {_short(error)}"
        ) from error
    try:
        given = load(content.tobytes())
    except SafetensorError as error:
        raise OwnModelError("The weights are not in safetensors format.") from error
    wanted = network.state_dict(keep_vars=True)
    given = _with_twins(wanted, given)
    _compare(wanted, given)
    floats = {name: one.float() if one.is_floating_point() else one for name, one in given.items()}
    network.load_state_dict(floats, strict=True, assign=True)
    if any(one.is_meta for one in (*network.parameters(), *network.buffers())):
        raise OwnModelError(f"{card.architecture} has parts that its weights do not hold.")
    return network.eval()


def probabilities(answer: Grid, activation: str) -> Grid:
    """Return (n, classes worth a finding, ...) probabilities of a raw answer (n, classes, ...).

    Raises
    ------
    OwnModelError
        if it holds what is no number, or no probability where the card says so.
    """
    if not np.isfinite(answer).all():
        raise OwnModelError("The model answers with values that are not finite numbers.")
    if activation == "sigmoid":
        return np.asarray(special.expit(answer), dtype=np.float32)
    if activation == "softmax":
        return np.asarray(special.softmax(answer, axis=1)[:, 1:], dtype=np.float32)
    if answer.min() < -1e-4 or answer.max() > 1 + 1e-4:
        raise OwnModelError("The model's answer is not a probability, as its card says.")
    return np.clip(answer[:, 1:], 0, 1)


def _maker(name: str) -> Callable[..., nn.Module]:
    if name == "OutlineNet":
        return OutlineNet
    from monai.networks.nets.basic_unet import BasicUNet  # noqa: PLC0415 - it takes seconds
    from monai.networks.nets.densenet import DenseNet121  # noqa: PLC0415
    from monai.networks.nets.dynunet import DynUNet  # noqa: PLC0415
    from monai.networks.nets.segresnet import SegResNet  # noqa: PLC0415
    from monai.networks.nets.unet import UNet  # noqa: PLC0415

    makers: dict[str, Callable[..., nn.Module]] = {
        "UNet": UNet,
        "BasicUNet": BasicUNet,
        "SegResNet": SegResNet,
        "DynUNet": DynUNet,
        "DenseNet121": DenseNet121,
    }
    return makers[name]


def _arguments(checked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card's arguments, with the one channel that every picture here has."""
    return {"in_channels": 1, **checked} if "out_channels" in checked else dict(checked)


def _with_twins(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights under every name they go by in the network.

    One tensor may be named twice in it (DynUNet); safetensors then keeps one of the names. Where a
    file keeps several they must be the same.
    """
    whole = dict(given)
    named: dict[int, str] = {}
    for name, one in wanted.items():
        if name in given:
            first = named.setdefault(id(one), name)
            if first != name and not torch.equal(given[first], given[name]):
                raise OwnModelError(f"The weights “{first}” and “{name}” must be the same.")
    for name, one in wanted.items():
        if name not in whole and id(one) in named:
            whole[name] = given[named[id(one)]]
    return whole


def _compare(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> None:
    missing, strange = sorted(set(wanted) - set(given)), sorted(set(given) - set(wanted))
    if missing or strange:
        what = f"lack “{missing[0]}”" if missing else f"hold “{strange[0][:80]}”"
        raise OwnModelError(
            f"The weights {what}, unlike the network: {len(missing)} missing, {len(strange)} over."
        )
    for name, one in wanted.items():
        if one.shape != given[name].shape or one.is_floating_point() != (
            given[name].is_floating_point()
        ):
            raise OwnModelError(
                f"The weights of “{name}” are of shape {tuple(given[name].shape)}; the network "
                f"has {tuple(one.shape)}."
            )


def _short(error: Exception) -> str:
    told = " ".join(str(error).split())
    return told[:200] if told else type(error).__name__


def expected(card: OwnCard, count: int) -> tuple[int, ...]:
    """Return the shape an answer to ``count`` pictures must have."""
    classes = len(card.output.classes)
    if card.task.value == "classify":
        return (count, classes)
    sides = (card.input.side_px, card.input.side_px)
    depth = (card.input.depth_px,) if card.input.dimensions == 3 else ()
    return (count, classes, *depth, *sides)
