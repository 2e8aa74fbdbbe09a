"""Weights are the ones the card names, or they are not used."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from inference.errors import WeightsError
from inference.models.cards import read_package, shipped_folder, verified_weights


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


def test_shipped_weights_are_the_ones_their_card_names(copy: Path) -> None:
    package = read_package(copy)
    assert len(verified_weights(package)) < 8 * 1024 * 1024
    assert package.card.limits
    assert 0 < package.card.performance["lesion_hit_kept"] <= package.card.performance["lesion_hit"]


def test_one_flipped_bit_is_found(copy: Path) -> None:
    content = bytearray((copy / "weights.safetensors").read_bytes())
    content[-1] ^= 1
    (copy / "weights.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match="not the ones its card names"):
        verified_weights(read_package(copy))


def test_absent_weights_are_told(copy: Path) -> None:
    (copy / "weights.safetensors").unlink()
    with pytest.raises(WeightsError, match="absent"):
        verified_weights(read_package(copy))


def test_a_pickle_is_not_read_even_if_the_card_names_it(copy: Path) -> None:
    pickle = b"\x80\x02}q\x00." + b"\x00" * 64
    (copy / "weights.safetensors").write_bytes(pickle)
    card = json.loads((copy / "card.json").read_text())
    card["weights_sha256"] = hashlib.sha256(pickle).hexdigest()
    (copy / "card.json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="safetensors"):
        verified_weights(read_package(copy))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 1}'])
def test_an_unreadable_card_is_told(copy: Path, content: str) -> None:
    (copy / "card.json").write_text(content)
    with pytest.raises(WeightsError, match="card"):
        read_package(copy)
