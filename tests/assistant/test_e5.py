"""The tuned encoder is the published one plus what was learnt, and its file the pinned one."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from assistant.engine import e5
from assistant.engine.embedding_worker import embedded, load, pieces_of, worded
from assistant.engine.packed_encoder import PackedTensor, read_packed
from assistant.errors import ModelUnavailableError
from assistant.training.exemplars import read_exemplars
from tests.assistant.e5_reference import Reference
from tests.assistant.tiny_encoder import LAYERS, PIECES, WIDTH, tiny_encoder

MESSAGES = (
    "my left arm is numb since this morning",
    "Könnten Sie bitte meinen Termin am Dienstag auf Donnerstag verschieben?",
    "What does hyperintensity   mean??",
    "ich krieg keine luft mehr!!",
    "頭が痛い ﬁne ½ 🧠",
    "tzzrgh",
)


@pytest.fixture(scope="module")
def packed():
    return e5.load_e5()


def test_a_packed_encoder_is_read(tmp_path):
    read = read_packed(tiny_encoder())
    assert (read.width, read.layers, read.pieces) == (WIDTH, LAYERS, PIECES)
    assert read.scores[3] == -3
    assert read.tensors["emb.word"].count == (len(PIECES) + 1) * WIDTH


def test_four_bits_are_a_scale_and_numbers_from_minus_eight_to_seven():
    block = struct.pack("<e", 0.5) + bytes([0x10 * (15 - number) + number for number in range(16)])
    numbers = PackedTensor(block, 32, four_bits=True).numbers()
    np.testing.assert_array_equal(numbers[:16], 0.5 * (np.arange(16) - 8))
    np.testing.assert_array_equal(numbers[16:], 0.5 * (7 - np.arange(16)))


@pytest.mark.parametrize("kept", [0, 3, 40, 90, 200, -1])
def test_a_file_cut_short_is_refused(kept):
    with pytest.raises(ValueError, match=r"ends|outside|not a packed"):
        read_packed(tiny_encoder()[:kept])


def test_wild_sizes_are_refused():
    data = bytearray(tiny_encoder())
    data[44:48] = struct.pack("<i", 1 << 30)
    with pytest.raises(ValueError, match="no usable word pieces"):
        read_packed(bytes(data))


def test_a_change_is_added_to_its_matrix():
    plain = np.arange(6, dtype=np.float32).reshape(2, 3)
    changes = {
        "l0.q.up": np.array([[1, 0], [2, 1]], np.float32),
        "l0.q.down": np.array([[1, 1, 1], [0, 0, 5]], np.float32),
    }
    np.testing.assert_array_equal(
        e5.tuned(plain, "l0.q", changes), plain + changes["l0.q.up"] @ changes["l0.q.down"]
    )


def test_what_is_written_is_read_again_and_only_the_changed_is_unpacked(tmp_path):
    tiny = read_packed(tiny_encoder())
    up, down = np.ones((WIDTH, 1), np.float32), np.full((1, WIDTH), 0.25, np.float32)
    plain, changed = io.BytesIO(), io.BytesIO()
    e5.write_tuned(plain, tiny, {})
    e5.write_tuned(changed, tiny, {"l0.q.up": up, "l0.q.down": down})
    grown = len(changed.getvalue()) - len(plain.getvalue())
    assert grown == WIDTH * WIDTH * 2 - WIDTH * WIDTH // 32 * 18  # one matrix is no longer packed
    path = tmp_path / "tiny.gguf"
    path.write_bytes(changed.getvalue())
    assert load(path, 256).n_embd() == WIDTH


def test_the_untuned_file_gives_the_published_vectors_and_pieces(packed, tmp_path):
    path = tmp_path / "untuned.gguf"
    with path.open("wb") as file:
        e5.write_tuned(file, packed, {})
    reference = Reference(packed)
    asked = [worded(one) for one in MESSAGES]
    counted = [[reference.kept[one] for one in text] for text in pieces_of(path, MESSAGES)]
    assert counted == [reference.pieces(one) for one in asked]
    model = load(path, 256)
    for vector, text in zip(embedded(model, asked), asked, strict=True):
        assert vector @ reference.embed(text) > 0.9995  # llama.cpp rounds what flows to eight bits
    model.close()


def test_no_text_of_the_router_needs_a_piece_that_is_left_out(packed):
    kept = set(e5.kept_pieces(packed))
    assert len(kept) < len(packed.pieces)
    texts = {one.text for one in read_exemplars()}
    reference = Reference(packed)
    unknown = [one for one in texts if packed.unknown in reference.pieces(worded(one))]
    assert len(unknown) <= len(texts) / 1000, unknown  # what is unknown are pictures, as 😂


def test_the_stored_changes_make_the_pinned_file(tmp_path, packed):
    path = e5.e5_made_ready(tmp_path, e5.FOR_MESSAGES)
    reference = Reference(packed)
    changes = e5.FOR_MESSAGES.read()
    for name, numbers in list(reference.weights.items()):
        stem = name.removesuffix(".w")
        if f"{stem}.up" in changes:
            rows = len(reference.weights[f"{stem}.b"])
            reference.weights[name] = e5.tuned(numbers.reshape(rows, -1), stem, changes).ravel()
    model = load(path, 256)
    asked = [worded(one) for one in MESSAGES]
    for vector, text in zip(embedded(model, asked), asked, strict=True):
        assert vector @ reference.embed(text) > 0.9995  # llama.cpp rounds what flows to eight bits
    model.close()
    assert [one.name for one in tmp_path.iterdir()] == [e5.FOR_MESSAGES.file]


def test_other_weights_or_none_are_told(tmp_path, monkeypatch):
    other = tmp_path / "other.bin"
    other.write_bytes(b"other weights")
    monkeypatch.setattr(e5, "find_e5", lambda: other)
    with pytest.raises(ModelUnavailableError, match="not the one"):
        e5.e5_made_ready(tmp_path / "made", e5.FOR_MESSAGES)
    monkeypatch.undo()
    monkeypatch.setattr(e5, "_PACKAGE", "no_such_package")
    assert e5.find_e5() is None
    with pytest.raises(ModelUnavailableError, match="not installed"):
        e5.e5_made_ready(tmp_path / "made", e5.FOR_MESSAGES)
