"""The outline network with EfficientNet-Lite0 as its encoder, to start from learned features.

EfficientNet: Tan and Le 2019, arXiv:1905.11946. Lite0 is its smallest form for simple hardware:
inverted residuals (Sandler 2018, arXiv:1801.04381) without squeeze and excitation, with ReLU6.
Weights learned on natural images are not part of the project (docs/adr/0051).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.errors import WeightsError
from inference.models.unet import CLASSES, DECODER, PATCH, OutlineNet

# kernel, stride, expansion, channels out, blocks: the published table of EfficientNet-B0
_STEM_STAGE = (3, 1, 1, 16, 1)
_STAGES = (
    ((3, 2, 6, 24, 2),),
    ((5, 2, 6, 40, 2),),
    ((3, 2, 6, 80, 3), (5, 1, 6, 112, 3)),
    ((5, 2, 6, 192, 4), (3, 1, 6, 320, 1)),
)
_STEM = 32
_FINE = 32
_EPSILON, _MOMENTUM = 1e-3, 0.01
# mean and deviation of ImageNet's pixels, which learned encoders expect
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_BRIGHTEST = 1.2
STEM_WEIGHT = "stem.0.0.weight"
"""A name only this network's weights have."""
Stage = tuple[int, int, int, int, int]


class Same(nn.Conv2d):
    """A convolution without bias, padded more after than before where the stride is 2.

    In training with bfloat16 the larger depthwise kernels run in float32, whose gradients are
    several times as quick on a processor.
    """

    def __init__(
        self, incoming: int, outgoing: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__(incoming, outgoing, kernel, stride, groups=groups, bias=False)
        self.slow = groups > 1 and (stride > 1 or kernel > 3)

    def forward(self, features: Tensor) -> Tensor:
        """Return (n, outgoing, h / stride, w / stride); h and w are multiples of the stride."""
        if self.slow and torch.is_autocast_enabled("cpu"):
            with torch.autocast("cpu", enabled=False):
                return self._padded(features.float()).to(torch.get_autocast_dtype("cpu"))
        return self._padded(features)

    def _padded(self, features: Tensor) -> Tensor:
        stride = self.stride[0]
        total = self.kernel_size[0] - stride  # on grids that are multiples of the stride
        before, after = total // 2, total - total // 2
        if before == after:
            return functional.conv2d(features, self.weight, None, stride, before, 1, self.groups)
        padded = functional.pad(features, (before, after, before, after))
        return functional.conv2d(padded, self.weight, None, stride, 0, 1, self.groups)


class Inverted(nn.Module):
    """Widen, filter each channel, narrow; beside a short cut where the shape stays."""

    def __init__(self, incoming: int, outgoing: int, kernel: int, stride: int, times: int) -> None:
        super().__init__()
        width = incoming * times
        self.widen = _Normed(Same(incoming, width, 1)) if times > 1 else None
        self.filter = _Normed(Same(width, width, kernel, stride, width))
        self.narrow = _Normed(Same(width, outgoing, 1))
        self.short_cut = stride == 1 and incoming == outgoing

    def forward(self, features: Tensor) -> Tensor:
        """Return (n, outgoing, h / stride, w / stride)."""
        wide = features if self.widen is None else functional.relu6(self.widen(features))
        changed = self.narrow(functional.relu6(self.filter(wide)))
        return torch.as_tensor(features + changed if self.short_cut else changed)


class _Normed(nn.Sequential):
    def __init__(self, convolution: Same) -> None:
        norm = nn.BatchNorm2d(convolution.out_channels, _EPSILON, _MOMENTUM)
        super().__init__(convolution, norm)


class LiteNet(OutlineNet):
    """``OutlineNet`` whose encoder's stages are Lite0's, on grids of 4, 8, 16 and 32 pixels.

    The grey slice is shown in all three colours. The decoder's finest grid also gets squares of
    the stem's and of the image's own pixels. The stem and the first stage keep their weights in
    training, not their norms' statistics.
    """

    def __init__(self, decoder: tuple[int, ...] = DECODER, classes: int = len(CLASSES)) -> None:
        channels = (_FINE, *(stage[-1][3] for stage in _STAGES[1:]))
        super().__init__(channels, (), decoder, classes, _encoder())
        self.stem = nn.Sequential(
            _Normed(Same(3, _STEM, 3, 2)), nn.ReLU6(), *_blocks(_STEM, (_STEM_STAGE,))
        )
        fine = _STAGES[0][-1][3] + 4 * _STEM_STAGE[3] + PATCH**2
        self.fine = nn.Conv2d(fine, _FINE, 1)
        self.stem.requires_grad_(requires_grad=False)
        self.encoder[0].requires_grad_(requires_grad=False)
        for name, values in (("mean", _MEAN), ("deviation", _DEVIATION)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)

    def _encoded(self, image: Tensor) -> list[Tensor]:
        mean, deviation = self.get_buffer("mean"), self.get_buffer("deviation")
        shown = (image.clamp(0, _BRIGHTEST) / _BRIGHTEST - mean) / deviation
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.training):
            halved = self.stem(shown)
            features = self.encoder[0](halved)
        squares = functional.pixel_unshuffle(image, PATCH).to(features.dtype)
        fine = torch.cat([features, functional.pixel_unshuffle(halved, 2), squares], 1)
        found = [self.fine(fine)]
        for stage in list(self.encoder)[1:]:
            features = stage(features)
            found.append(features)
        return found

    def take_encoder(self, weights: dict[str, Tensor]) -> None:
        """Take over the published encoder's weights; see published_names.

        Raises
        ------
        WeightsError
            One is absent or of another shape.
        """
        own = self.state_dict()
        for name, published in published_names(self).items():
            given = weights.get(published)
            if given is None or given.shape != own[name].shape:
                raise WeightsError(f"The encoder's file has no fitting {published}.")
            own[name] = given
        self.load_state_dict(own)


def published_names(network: LiteNet) -> dict[str, str]:
    """Return for each tensor of the stem and encoder its name in the published weights.

    That is the naming of the widespread PyTorch port: ``_conv_stem``, ``_bn0`` and
    ``_blocks.K._expand_conv`` with ``_bn0``, ``_depthwise_conv`` with ``_bn1``, ``_project_conv``
    with ``_bn2``.
    """
    blocks = [name for name, part in network.named_modules() if isinstance(part, Inverted)]
    order = sorted(blocks, key=lambda name: not name.startswith("stem"))
    parts = {"stem.0.0": "_conv_stem", "stem.0.1": "_bn0"}
    for index, block in enumerate(order):
        for norm, (own, published) in enumerate(
            (("widen", "_expand"), ("filter", "_depthwise"), ("narrow", "_project"))
        ):
            parts[f"{block}.{own}.0"] = f"_blocks.{index}.{published}_conv"
            parts[f"{block}.{own}.1"] = f"_blocks.{index}._bn{norm}"
    tensors = (name.rsplit(".", 1) for name in network.state_dict())
    return {f"{part}.{kind}": f"{parts[part]}.{kind}" for part, kind in tensors if part in parts}


def _encoder() -> nn.ModuleList:
    stages, width = nn.ModuleList(), _STEM_STAGE[3]
    for stage in _STAGES:
        stages.append(nn.Sequential(*_blocks(width, stage)))
        width = stage[-1][3]
    return stages


def _blocks(width: int, stages: tuple[Stage, ...]) -> list[Inverted]:
    blocks = []
    for kernel, stride, times, outgoing, count in stages:
        for index in range(count):
            blocks.append(Inverted(width, outgoing, kernel, 1 if index else stride, times))
            width = outgoing
    return blocks
