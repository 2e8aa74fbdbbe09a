"""Weights are the ones the card names, or they are not used."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inference.errors import WeightsError
from inference.models.cards import (
    TUMOUR_MODEL,
    Member,
    read_package,
    shipped_folder,
    shipped_root,
    verified_weights,
)
from inference.models.manifest import sign


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_folder(), tmp_path / "model"))


def test_shipped_weights_are_the_ones_their_card_names(copy: Path) -> None:
    package = read_package(copy)
    for member in package.members:
        assert len(verified_weights(member)) < 8 * 1024 * 1024
    assert package.card.limits
    assert 0 < package.card.performance["lesion_hit_kept"] <= package.card.performance["lesion_hit"]


def test_one_flipped_bit_is_found(copy: Path) -> None:
    member = read_package(copy).members[0]
    content = bytearray(member.file.read_bytes())
    content[-1] ^= 1
    member.file.write_bytes(content)
    with pytest.raises(WeightsError, match="not the ones the card names"):
        verified_weights(member)


def test_absent_weights_are_told(copy: Path) -> None:
    member = read_package(copy).members[0]
    member.file.unlink()
    with pytest.raises(WeightsError, match="absent"):
        verified_weights(member)


def test_a_card_cannot_lead_out_of_its_folder(copy: Path) -> None:
    card = json.loads((copy / "card.json").read_text())
    card["members"][0]["file"] = "../../elsewhere.safetensors"
    (copy / "card.json").write_text(json.dumps(card))
    assert read_package(copy).members[0].file.parent == copy


def test_a_shipped_card_that_was_altered_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(shipped_root(), tmp_path / "models"))
    monkeypatch.setattr("inference.models.cards.shipped_root", lambda: root)
    assert read_package(root / TUMOUR_MODEL).card.name == TUMOUR_MODEL
    card = json.loads((root / TUMOUR_MODEL / "card.json").read_text())
    card["settings"]["lesion_threshold"] = 0.01
    (root / TUMOUR_MODEL / "card.json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="not the one that was signed"):
        read_package(root / TUMOUR_MODEL)


def test_a_manifest_signed_by_another_key_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(shipped_root(), tmp_path / "models"))
    monkeypatch.setattr("inference.models.cards.shipped_root", lambda: root)
    known = (root / "release.pub").read_text()
    sign(root, Ed25519PrivateKey.generate())
    (root / "release.pub").write_text(known)
    with pytest.raises(WeightsError, match="not the one that was signed"):
        read_package(root / TUMOUR_MODEL)
    (root / "manifest.json").unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        read_package(root / TUMOUR_MODEL)


def test_a_pickle_is_not_read_even_if_the_card_names_it(copy: Path) -> None:
    pickle = b"\x80\x02}q\x00." + b"\x00" * 64
    (copy / "weights.safetensors").write_bytes(pickle)
    member = Member(copy / "weights.safetensors", hashlib.sha256(pickle).hexdigest())
    with pytest.raises(WeightsError, match="safetensors"):
        verified_weights(member)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": 1}'])
def test_an_unreadable_card_is_told(copy: Path, content: str) -> None:
    (copy / "card.json").write_text(content)
    with pytest.raises(WeightsError, match="card"):
        read_package(copy)
