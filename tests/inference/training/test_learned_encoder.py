"""A network with a learned encoder: its file is taken over whole, trained, kept and loaded."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from inference.errors import WeightsError
from inference.models.cards import Member
from inference.models.lite_net import LiteNet, Same, published_names
from inference.models.loading import load_member
from inference.models.unet import OutlineNet
from inference.training.beginning import network_to_train, rates
from inference.training.fit import WEIGHTS_FILE, Plan, fit
from inference.training.slices import SliceSet

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    torch.manual_seed(5)
    network = LiteNet()
    own = network.state_dict()
    return {
        name: torch.rand(own[mine].shape) if own[mine].is_floating_point() else own[mine]
        for mine, name in published_names(network).items()
    }


def slices(count: int) -> SliceSet:
    numbers = np.random.default_rng(3)
    images = numbers.integers(0, 255, (count, 256, 256)).astype(np.uint8)
    labels = np.zeros_like(images)
    labels[:, 100:140, 100:140] = 2
    ids = tuple(map(str, range(count)))
    types = np.resize([1, 2, 3], count)
    return SliceSet(images, labels, types, np.zeros((count, 2), dtype=np.float32), ids)


def test_every_tensor_of_the_published_encoder_is_taken_over(
    published: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    file = tmp_path / "encoder.safetensors"
    save_file(published, file)
    taken = network_to_train(1, None, file)
    assert isinstance(taken, LiteNet)
    own = taken.state_dict()
    names = published_names(taken)
    assert all(torch.equal(own[mine], published[name]) for mine, name in names.items())
    assert len(published) == 48 * 6
    inside = {name for name in own if name.startswith(("stem.", "encoder."))}
    assert inside == set(names)


def test_an_encoder_of_another_shape_is_refused(published: dict[str, torch.Tensor]) -> None:
    with pytest.raises(WeightsError, match="_conv_stem"):
        LiteNet().take_encoder(published | {"_conv_stem.weight": torch.zeros(8, 3, 3, 3)})
    absent = {name: value for name, value in published.items() if name != "_bn0.bias"}
    with pytest.raises(WeightsError, match=r"_bn0\.bias"):
        LiteNet().take_encoder(absent)


def test_a_stride_of_two_starts_at_the_first_pixel() -> None:
    convolution = Same(1, 1, 3, 2)
    torch.nn.init.ones_(convolution.weight)
    image = torch.zeros(1, 1, 4, 4)
    image[0, 0, 0, 0] = 1.0
    assert convolution(image)[0, 0].tolist() == [[1.0, 0.0], [0.0, 0.0]]
    image = torch.zeros(1, 1, 4, 4)
    image[0, 0, 2, 2] = 1.0
    assert convolution(image)[0, 0].tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_training_changes_the_later_stages_only() -> None:
    network = LiteNet().train()
    before = network.get_buffer("stem.0.1.running_mean").clone()
    outline, whole = network(torch.rand(2, 1, 64, 64))
    assert outline.shape == (2, 4, 64, 64)
    assert whole.shape == (2, 4)
    (outline.sum() + whole.sum()).backward()
    kept = [*network.stem.parameters(), *network.encoder.get_submodule("0").parameters()]
    assert all(weight.grad is None for weight in kept)
    assert all(
        weight.grad is not None for weight in network.encoder.get_submodule("1").parameters()
    )
    assert not torch.equal(before, network.get_buffer("stem.0.1.running_mean"))


def test_a_heat_map_can_ask_for_the_image_s_gradient() -> None:
    image = torch.rand(1, 1, 64, 64, requires_grad=True)
    outline, _ = LiteNet().eval()(image)
    outline[0, 1].sum().backward()
    assert image.grad is not None
    assert float(image.grad.abs().sum()) > 0


def test_a_run_goes_on_where_it_stopped_and_its_member_is_loaded(tmp_path: Path) -> None:
    training, negatives = slices(16), slices(1)
    for epochs in (1, 2):
        fit(LiteNet(), training, negatives, slices(3), tmp_path, Plan(epochs, 60.0))
    file = tmp_path / WEIGHTS_FILE
    digest = sha256(file.read_bytes()).hexdigest()
    member = load_member(Member(file, digest), CPU)
    assert isinstance(member, LiteNet)
    again = network_to_train(4, file, None)
    assert isinstance(again, LiteNet)
    image = torch.rand(1, 1, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(member(image)[0], again.eval()(image)[0], atol=1e-4)


def test_a_member_without_a_learned_encoder_is_the_residual_network(tmp_path: Path) -> None:
    file = tmp_path / "member.safetensors"
    save_file(OutlineNet().state_dict(), file)
    network = load_member(Member(file, sha256(file.read_bytes()).hexdigest()), CPU)
    assert not isinstance(network, LiteNet)
    assert rates(network)[1] == 1.0
    assert rates(LiteNet())[1] < 1.0
