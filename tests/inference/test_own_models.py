"""What a clinic brings is taken in as data, or refused with the reason; nothing of it is run."""

from __future__ import annotations

import json
import pickle
import stat
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.errors import OwnModelError
from inference.models.own.intake import take_in
from inference.models.own.records import Container
from tests.inference.own_models import card, put, safetensors, some_weights
from tests.inference.own_onnx import onnx


def onnx_card(**changes: Any) -> dict[str, Any]:
    values = card(**changes)
    del values["architecture"]
    return values


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def bundle(folder: Path, network: dict[str, Any], own: dict[str, Any] | None = None) -> Path:
    """A MONAI bundle whose configuration, if evaluated, would leave ``evaluated`` in its folder."""
    for name in ("configs", "models"):
        (folder / name).mkdir(parents=True)
    metadata = {
        "name": "Brain region",
        "version": "0.1.0",
        "network_data_format": {
            "outputs": {"pred": {"channel_def": {"0": "background", "1": "region"}}}
        },
    }
    config = {
        "imports": ["$import os"],
        "run": [f"$os.system('touch {folder / 'evaluated'}')"],
        "network_def": network,
        "network": "$@network_def.to(@device)",
    }
    (folder / "configs/metadata.json").write_text(json.dumps(metadata))
    (folder / "configs/inference.json").write_text(json.dumps(config))
    (folder / "models/model.safetensors").write_bytes(some_weights())
    if own is not None:
        (folder / "card.json").write_text(json.dumps(own))
    return folder


UNET = {
    "_target_": "monai.networks.nets.UNet",
    "spatial_dims": 2,
    "in_channels": 1,
    "out_channels": 2,
    "channels": [4, 8],
    "strides": [2],
}


def refusal(path: Path) -> str:
    with pytest.raises(OwnModelError) as told:
        take_in(path)
    return str(told.value)


def test_a_folder_with_card_and_safetensors_is_taken_in(tmp_path: Path) -> None:
    taken = take_in(put(tmp_path / "m", some_weights()))
    assert taken.container is Container.SAFETENSORS
    assert taken.card.architecture == "OutlineNet"
    assert set(taken.digests) == {"card.json", "weights.safetensors"}


def test_a_zip_and_a_single_file_with_its_card_are_taken_in_alike(tmp_path: Path) -> None:
    folder = put(tmp_path / "m", some_weights())
    files = {f"inside/{one.name}": one.read_bytes() for one in folder.iterdir()}
    from_zip = take_in(zipped(tmp_path / "m.zip", files))
    from_file = take_in(folder / "weights.safetensors")
    assert from_zip.card == from_file.card == take_in(folder).card


def test_an_onnx_file_with_its_card_is_taken_in(tmp_path: Path) -> None:
    taken = take_in(put(tmp_path / "m", onnx(), onnx_card(), "model.onnx"))
    assert taken.container is Container.ONNX
    assert taken.card.architecture == ""


def test_of_a_bundle_the_network_is_read_as_data_and_nothing_is_evaluated(tmp_path: Path) -> None:
    own = {"input": card()["input"]}
    taken = take_in(bundle(tmp_path / "b", UNET, own))
    assert (taken.card.name, taken.card.architecture) == ("Brain region", "UNet")
    assert taken.card.arguments["channels"] == [4, 8]
    assert taken.card.output.classes == ("background", "region")
    assert not (tmp_path / "b/evaluated").exists()


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        ({**UNET, "out_channels": "$__import__('os').system('x')"}, "would evaluate"),
        ({**UNET, "channels": ["@widths"]}, "would evaluate"),
        ({**UNET, "_target_": "os.system"}, "not on the list"),
        ({**UNET, "_target_": "monai.networks.nets.UNETR"}, "not on the list"),
        ({**UNET, "_disabled_": True}, "not known here"),
        ("$monai.networks.nets.UNet()", "no “network_def”"),
    ],
)
def test_a_bundle_whose_network_is_a_program_is_refused(
    tmp_path: Path, network: Any, reason: str
) -> None:
    assert reason in refusal(bundle(tmp_path / "b", network, {"input": card()["input"]}))


def test_a_bundle_must_be_told_what_it_is_for(tmp_path: Path) -> None:
    assert "card.json with “input”" in refusal(bundle(tmp_path / "b", UNET))


@pytest.mark.parametrize("name", ["model.pt", "model.pth", "model.ckpt", "model.bin"])
def test_a_pickle_is_refused_and_never_opened(tmp_path: Path, name: str) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "run",)

    folder = tmp_path / "m"
    folder.mkdir()
    (folder / name).write_bytes(pickle.dumps(Trap()))
    (folder / "card.json").write_text(json.dumps(card()))
    assert "Nothing is ever unpickled" in refusal(folder)
    assert "Nothing is ever unpickled" in refusal(folder / name)
    disguised = put(tmp_path / "d", pickle.dumps(Trap()))
    assert "not in safetensors format" in refusal(disguised)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "name", ["../card.json", "/card.json", "a/../../card.json", "C:/card.json", "a\\..\\card.json"]
)
def test_a_zip_whose_names_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr(entry, b"{}")
        archive.writestr("weights.safetensors", some_weights())
    assert "leads out" in refusal(tmp_path / "m.zip")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "m.zip", {"card.json": b"{}", "w.safetensors": bytes(64 << 20)})
    assert bomb.stat().st_size < 1 << 20
    assert "zip bomb" in refusal(bomb)


def test_a_zip_that_lies_about_a_size_is_refused(tmp_path: Path) -> None:
    weights = some_weights()
    path = zipped(tmp_path / "m.zip", {"card.json": b"{}", "w.safetensors": weights})
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (len(weights) - 8).to_bytes(4, "little")
    path.write_bytes(raw)
    assert refusal(path)


def test_links_are_refused(tmp_path: Path) -> None:
    folder = put(tmp_path / "m", some_weights())
    (folder / "more.json").symlink_to("/etc/hostname")
    assert "is a link" in refusal(folder)
    entry = zipfile.ZipInfo("card.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
        archive.writestr(entry, "/etc/hostname")
    assert "holds a link" in refusal(tmp_path / "m.zip")


def test_a_file_that_is_no_zip_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "m.zip").write_bytes(b"PK\x03\x04 and no more")
    assert "damaged" in refusal(tmp_path / "m.zip")
    (tmp_path / "e").mkdir()
    assert "no weights" in refusal(tmp_path / "e")


def test_weights_that_are_not_the_cards_are_refused(tmp_path: Path) -> None:
    values = card(weights={"sha256": "ab" * 32})
    assert "not the ones the card names" in refusal(put(tmp_path / "m", some_weights(), values))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    assert "not all finite" in refusal(put(tmp_path / "m", some_weights(value)))


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
def test_half_precision_infinities_are_found(tmp_path: Path, dtype: str) -> None:
    bits = {"F16": 0x7C00, "BF16": 0x7F80}[dtype].to_bytes(2, "little")
    weights = safetensors({"w": (dtype, [2], b"\0\0" + bits)})
    assert "not all finite" in refusal(put(tmp_path / "m", weights))


def test_safetensors_that_are_cut_lengthened_or_of_another_type_are_refused(
    tmp_path: Path,
) -> None:
    whole = some_weights()
    strange = safetensors({"w": ("F64", [1], bytes(8))})
    lying = safetensors({"w": ("F32", [4], bytes(8))})
    huge = (1 << 40).to_bytes(8, "little") + whole[8:]
    for number, (weights, reason) in enumerate(
        [
            (whole[:-1], "cut short"),
            (whole + b"\0", "more than their header"),
            (strange, "type not taken"),
            (lying, "damaged"),
            (huge, "not in safetensors"),
            (whole[:6], "not in safetensors"),
        ]
    ):
        assert reason in refusal(put(tmp_path / str(number), weights))


@pytest.mark.parametrize("offsets", [([0, 8], [4, 12]), ([0, 8], [16, 24]), ([8, 16], [8, 16])])
def test_tensors_that_overlap_or_leave_gaps_are_refused(
    tmp_path: Path, offsets: tuple[list[int], list[int]]
) -> None:
    header = {
        name: {"dtype": "F32", "shape": [2], "data_offsets": at}
        for name, at in zip("ab", offsets, strict=True)
    }
    told = json.dumps(header).encode()
    weights = len(told).to_bytes(8, "little") + told + bytes(16)
    assert "overlap or leave gaps" in refusal(put(tmp_path / "m", weights))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"architecture": {"name": "os.system", "arguments": {}}}, "not on the list"),
        ({"architecture": {"name": "OutlineNet", "arguments": {"channels": [10**6, 8]}}}, "from"),
        ({"architecture": {"name": "OutlineNet", "arguments": {"classes": True}}}, "whole number"),
        ({"architecture": {"name": "OutlineNet", "arguments": {"forward": "x"}}}, "not known"),
        ({"architecture": {"name": "OutlineNet", "arguments": {"classes": 9}}}, "names others"),
        (
            {
                "architecture": {
                    "name": "UNet",
                    "arguments": {
                        "spatial_dims": 2,
                        "out_channels": 2,
                        "channels": [2048] * 8,
                        "strides": [2] * 7,
                        "kernel_size": 7,
                    },
                }
            },
            "million parameters",
        ),
        ({"task": "diagnose"}, "task"),
        ({"calibration": {"lesion": 1}}, "not known"),
        ({"input": {**card()["input"], "sequences": ["PET"]}}, "must be of"),
        ({"input": {**card()["input"], "side_px": 4096}}, "from 32 to 512"),
        ({"input": {**card()["input"], "pixel_mm": 0}}, "must lie between"),
        ({"output": {"classes": ["region", "other"]}}, "background"),
        ({"name": "bad\u202ename"}, "cannot be shown"),
        ({"limits": []}, "limits"),
        ({"format": "2"}, "format"),
    ],
)
def test_a_card_that_is_not_understood_is_refused(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(put(tmp_path / "m", some_weights(), card(**changes)))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"external": True}, "other files"),
        ({"own_domain": "com.evil"}, "operators of its own"),
        ({"domain": "com.evil"}, "not on the list"),
        ({"operator": "Loop"}, "not on the list"),
        ({"subgraph": True}, "graphs inside operators"),
        ({"opset": 99}, "operator set 99"),
        ({"side": 128}, "the card says"),
        ({"weight": float("nan")}, "not all finite"),
    ],
)
def test_an_onnx_file_that_reaches_out_or_brings_programs_is_refused(
    tmp_path: Path, made: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(put(tmp_path / "m", onnx(**made), onnx_card(), "m.onnx"))


def test_no_cut_or_altered_onnx_file_is_more_than_refused(tmp_path: Path) -> None:
    good = onnx()
    generator = np.random.default_rng(3)
    for number in range(200):
        bad = bytearray(good)
        if number % 2:
            bad = bad[: int(generator.integers(1, len(good)))]
        else:
            bad[int(generator.integers(len(good)))] ^= 1 << int(generator.integers(8))
        folder = put(tmp_path / str(number), bytes(bad), onnx_card(), "m.onnx")
        with suppress(OwnModelError):
            take_in(folder)


def test_a_card_nested_without_end_is_refused(tmp_path: Path) -> None:
    folder = put(tmp_path / "m", some_weights())
    (folder / "card.json").write_text("[" * 100_000)
    assert "not valid JSON" in refusal(folder)
