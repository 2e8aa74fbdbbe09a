"""The networks a clinic's weights may be for, and what each may be told; no torch in here.

What is not in these tables cannot be built: no other name, no other argument, no value out of
range. How large a network would be is known from its arguments, before it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inference.errors import OwnModelError
from inference.models.own.limits import MOST_CLASSES, MOST_PARAMETERS
from inference.models.own.literal import only, real, whole
from inference.models.own.records import OwnCard, Task

Check = Callable[[object, str], object]
_WIDEST = 2048


def _number(low: int, high: int) -> Check:
    return lambda value, what: whole(value, what, low, high)


def _numbers(fewest: int, most: int, low: int, high: int) -> Check:
    def check(value: object, what: str) -> list[int]:
        if not isinstance(value, list | tuple) or not fewest <= len(value) <= most:
            raise OwnModelError(f"“{what}” must be a list of {fewest} to {most} numbers.")
        return [whole(one, what, low, high) for one in value]

    return check


def _choice(*known: object) -> Check:
    def check(value: object, what: str) -> object:
        given = value.lower() if isinstance(value, str) else value
        for one in known:
            if one == given and type(one) is type(given):
                return one
        raise OwnModelError(f"“{what}” must be one of {', '.join(map(str, known))}.")

    return check


def _share(value: object, what: str) -> float:
    return real(value, what, 0.0, 0.9)


def _steps(value: object, what: str) -> list[object]:
    """A list of numbers, or of one number per axis."""
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= 8:
        raise OwnModelError(f"“{what}” must be a list of 1 to 8 entries.")
    axes = _numbers(2, 3, 1, 7)
    return [
        axes(one, what) if isinstance(one, list | tuple) else whole(one, what, 1, 7)
        for one in value
    ]


_WIDTHS = _numbers(2, 8, 1, _WIDEST)
_NORM = _choice("batch", "instance")


def _flag(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise OwnModelError(f"“{what}” must be true or false.")
    return value


_COMMON: Mapping[str, Check] = {
    "spatial_dims": _choice(2, 3),
    "in_channels": _choice(1),
    "out_channels": _number(1, MOST_CLASSES),
}


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a network may be told; ``needed`` must be, the others may. ``widths`` bounds its size.

    ``tasks`` and ``dimensions`` are those it can be used for.
    """

    checks: Mapping[str, Check]
    needed: frozenset[str]
    widths: Callable[[Mapping[str, Any]], Sequence[int]]
    tasks: frozenset[Task] = frozenset({Task.OUTLINE})
    dimensions: frozenset[int] = frozenset({2, 3})


_MONAI = frozenset(("spatial_dims", "out_channels"))
ARCHITECTURES: Mapping[str, Architecture] = {
    "OutlineNet": Architecture(
        {
            "channels": _WIDTHS,
            "depths": _numbers(2, 8, 1, 8),
            "decoder": _numbers(1, 7, 1, _WIDEST),
            "classes": _number(2, MOST_CLASSES),
        },
        frozenset(),
        lambda given: given.get("channels", (48, 88, 128, 192)),
        dimensions=frozenset({2}),
    ),
    "UNet": Architecture(
        {
            **_COMMON,
            "channels": _WIDTHS,
            "strides": _numbers(1, 7, 1, 4),
            "kernel_size": _choice(1, 3, 5, 7),
            "up_kernel_size": _choice(1, 3, 5, 7),
            "num_res_units": _number(0, 8),
            "act": _choice("prelu", "relu", "leakyrelu"),
            "norm": _NORM,
            "dropout": _share,
            "bias": _flag,
        },
        _MONAI | {"channels", "strides"},
        lambda given: given["channels"],
    ),
    "BasicUNet": Architecture(
        {
            **_COMMON,
            "features": _numbers(6, 6, 1, _WIDEST),
            "norm": _NORM,
            "bias": _flag,
            "dropout": _share,
            "upsample": _choice("deconv", "pixelshuffle", "nontrainable"),
        },
        _MONAI,
        lambda given: given.get("features", (32, 32, 64, 128, 256, 32)),
    ),
    "SegResNet": Architecture(
        {
            **_COMMON,
            "init_filters": _number(8, 256),
            "blocks_down": _numbers(1, 6, 1, 8),
            "blocks_up": _numbers(1, 6, 1, 8),
            "num_groups": _number(1, 64),
            "dropout_prob": _share,
            "use_conv_final": _flag,
            "upsample_mode": _choice("nontrainable", "deconv", "pixelshuffle"),
        },
        _MONAI,
        lambda given: tuple(
            given.get("init_filters", 8) << stage
            for stage in range(len(given.get("blocks_down", (1, 2, 2, 4))))
        ),
    ),
    "DynUNet": Architecture(
        {
            **_COMMON,
            "kernel_size": _steps,
            "strides": _steps,
            "upsample_kernel_size": _steps,
            "filters": _WIDTHS,
            "res_block": _flag,
            "trans_bias": _flag,
        },
        _MONAI | {"kernel_size", "strides", "upsample_kernel_size"},
        lambda given: given.get(
            "filters", tuple(min(32 << stage, 512) for stage in range(len(given["strides"])))
        ),
    ),
    "DenseNet121": Architecture(
        dict(_COMMON),
        _MONAI,
        lambda _: (64, 128, 256, 512),
        tasks=frozenset({Task.CLASSIFY}),
        dimensions=frozenset({2}),
    ),
}


def checked(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an allowed network, every one of a known name, type and range.

    Raises
    ------
    OwnModelError
        if the network is not on the list, an argument is not known or out of range, or the
        network would be too large.
    """
    known = ARCHITECTURES.get(name)
    if known is None:
        listed = ", ".join(ARCHITECTURES)
        raise OwnModelError(f"The network “{name[:60]}” is not on the list: {listed}.")
    only(arguments, frozenset(known.checks), f"the arguments of {name}")
    missing = sorted(known.needed - set(arguments))
    if missing:
        raise OwnModelError(f"{name} needs the argument “{missing[0]}”.")
    given = {key: known.checks[key](value, key) for key, value in arguments.items()}
    size = most_parameters(name, given)
    if size > MOST_PARAMETERS:
        raise OwnModelError(
            f"This {name} would have up to {size // 10**6:,} million parameters; at most "
            f"{MOST_PARAMETERS // 10**6:,} million fit here."
        )
    return given


def most_parameters(name: str, given: Mapping[str, Any]) -> int:
    """Return a number of parameters that the network cannot exceed by much."""
    widths = ARCHITECTURES[name].widths(given)
    kernel = _largest(given.get("kernel_size", 3)) ** int(given.get("spatial_dims", 2))
    counts = (given.get("depths", ()), given.get("blocks_down", ()), given.get("blocks_up", ()))
    repeats = 2 + max((int(given.get("num_res_units", 0)), *(n for some in counts for n in some)))
    wider = (*widths[1:], widths[-1])
    pairs = sum(one * (one + more) for one, more in zip(widths, wider, strict=True))
    return int(2 * repeats * kernel * pairs)


def first_width(card: OwnCard) -> int:
    """Return the channels on the finest grid, where most of the memory goes."""
    if not card.architecture:
        return 64
    return int(ARCHITECTURES[card.architecture].widths(card.arguments)[0])


def _largest(value: object) -> int:
    if isinstance(value, list):
        return max(_largest(one) for one in value)
    return int(str(value))
