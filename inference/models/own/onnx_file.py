"""What an ONNX file may hold: one plain network of known operators, its weights inside it.

Field numbers are those of onnx.proto3. No library that would run or resolve anything is used.
"""

from __future__ import annotations

import math

import numpy as np

from inference.errors import OwnModelError
from inference.models.own.files import Content
from inference.models.own.limits import MOST_PARAMETERS, MOST_TENSORS
from inference.models.own.onnx_wire import Message
from inference.models.own.records import OwnCard

OPSETS = range(9, 24)
_OWN_DOMAINS = frozenset(("", "ai.onnx"))
_MOST_NODES = 20_000
_FLOAT = 1
_WIDTHS = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}
_FLOATS = {1: "<f4", 10: "<f2", 11: "<f8"}
# Computation only: no control flow (it may never end), no sequences, texts or random numbers.
_OPERATORS = """
Abs Add And ArgMax AveragePool BatchNormalization Cast CastLike Ceil Celu Clip Concat Constant
ConstantOfShape Conv ConvTranspose DepthToSpace Div Dropout Elu Equal Erf Exp Expand Flatten Floor
Gather Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GroupNormalization
HardSigmoid HardSwish Identity InstanceNormalization LayerNormalization LeakyRelu Less LessOrEqual
Log LogSoftmax MatMul Max MaxPool Mean Min Mish Mod Mul Neg Not Or PRelu Pad Pow Range Reciprocal
ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Resize Round Selu Shape Sigmoid Sign Size
Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh ThresholdedRelu Tile
Transpose Unsqueeze Upsample Where
"""
OPERATORS = frozenset(_OPERATORS.split())


def check_onnx(content: Content, card: OwnCard) -> int:
    """Return the number of parameters of an ONNX file that may be tried.

    Raises
    ------
    OwnModelError
        if it refers to other files, brings operators or functions of its own, control flow, an
        operator set not known here, weights that are not finite, or does not take what the card
        says and answer once.
    """
    model = Message(content.data)
    _check_domains(model)
    graphs = model.messages(7)
    if len(graphs) != 1:
        raise OwnModelError("The file is not an ONNX model.")
    graph = graphs[0]
    if graph.has(15) or model.has(20) or model.has(25):
        raise OwnModelError("The ONNX file holds functions, training or sparse parts; not taken.")
    inside = _check_nodes(graph)
    weights = [*graph.messages(5), *inside]
    if len(weights) > MOST_TENSORS:
        raise OwnModelError("The ONNX file holds too many tensors.")
    total = sum(_check_tensor(one) for one in weights)
    if total > MOST_PARAMETERS:
        raise OwnModelError("The ONNX file holds too many parameters.")
    _check_ends(graph, card)
    return total


def _check_domains(model: Message) -> None:
    for one in model.messages(8):
        if one.text(1) not in _OWN_DOMAINS:
            raise OwnModelError(
                f"The ONNX file needs operators of its own (“{one.text(1)[:60]}”); only the "
                "standard's are taken."
            )
        if one.number(2) not in OPSETS:
            raise OwnModelError(
                f"The ONNX file is of operator set {one.number(2)}; {OPSETS[0]} to {OPSETS[-1]} "
                "are taken."
            )
    if not model.has(8):
        raise OwnModelError("The file is not an ONNX model.")


def _check_nodes(graph: Message) -> list[Message]:
    """Return the tensors inside nodes, after proving that every node is a known operator."""
    nodes = graph.parts(1)
    if not 1 <= len(nodes) <= _MOST_NODES:
        raise OwnModelError("The ONNX file holds no operators, or too many.")
    inside: list[Message] = []
    for part in nodes:
        node = Message(part)
        if node.text(7) not in _OWN_DOMAINS or node.text(4) not in OPERATORS:
            raise OwnModelError(f"The ONNX operator “{node.text(4)[:60]}” is not on the list.")
        for attribute in node.messages(5):
            if any(attribute.has(field) for field in (6, 11, 22, 23, 14, 15)):
                raise OwnModelError("The ONNX file holds graphs inside operators; not taken.")
            inside += [*attribute.messages(5), *attribute.messages(10)]
    return inside


def _check_tensor(tensor: Message) -> int:
    """Return the number of its values; raise OwnModelError if they are not in it or not finite."""
    if tensor.has(13) or tensor.number(14):
        raise OwnModelError(
            "The ONNX file keeps weights in other files. Save it as one file: what lies outside "
            "it is never opened."
        )
    dims, kind = tensor.numbers(1), tensor.number(2)
    if kind not in _WIDTHS or len(dims) > 8 or any(one >= 1 << 40 for one in dims):
        raise OwnModelError("The ONNX file holds numbers of a type that is not taken.")
    size = math.prod(dims)
    raw = tensor.parts(9)
    if raw and len(raw[-1]) != size * _WIDTHS[kind]:
        raise OwnModelError("The ONNX file's weights do not have the size they are said to have.")
    if size > MOST_PARAMETERS:
        raise OwnModelError("The ONNX file holds too many parameters.")
    packed = (np.frombuffer(part, "<f4") for part in tensor.parts(4) if len(part) % 4 == 0)
    held = [np.frombuffer(raw[-1], _FLOATS[kind])] if raw and kind in _FLOATS else [*packed]
    if not all(np.isfinite(one).all() for one in held):
        raise OwnModelError("The weights in the ONNX file are not all finite numbers.")
    return size


def _check_ends(graph: Message, card: OwnCard) -> None:
    """Raise OwnModelError unless it takes one picture of the card's size and answers once."""
    weights = {one.text(8) for one in graph.messages(5)}
    taken = [one for one in graph.messages(11) if one.text(1) not in weights]
    if len(taken) != 1 or len(graph.parts(12)) != 1:
        raise OwnModelError("The ONNX model must take one picture and give one answer.")
    kind, shape = _shape(taken[0])
    grid = card.input
    sides = (grid.side_px, grid.side_px)
    wanted = (1, *(sides if grid.dimensions == 2 else (grid.depth_px, *sides)))
    fits = len(shape) == len(wanted) + 1 and all(
        have in {None, want} for have, want in zip(shape[1:], wanted, strict=True)
    )
    if kind != _FLOAT or not fits or shape[0] not in {None, 1}:
        told = " x ".join("any" if one is None else str(one) for one in shape)
        raise OwnModelError(
            f"The ONNX model takes {told or 'nothing'}; the card says one channel of "
            f"{' x '.join(str(one) for one in wanted[1:])} pixels as float32, one at a time or "
            "any number."
        )


def _shape(value: Message) -> tuple[int, list[int | None]]:
    """Return element type and sizes of an input, None where any is taken."""
    kinds = [one for part in value.messages(2) for one in part.messages(1)]
    if not kinds:
        return 0, []
    dims = [one for part in kinds[0].messages(2) for one in part.messages(1)]
    return kinds[0].number(1), [one.number(1) if one.has(1) else None for one in dims]
