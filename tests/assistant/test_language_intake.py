"""A model file is looked at without trust: what is hostile, cut or of another kind is refused."""

from __future__ import annotations

import ctypes
import hashlib
import os
import struct
from pathlib import Path

import llama_cpp
import pytest

from assistant.acceptance.independent import violation
from assistant.acceptance.mutants import mutants
from assistant.acceptance.readability import grade
from assistant.acceptance.suite import attempt, fingerprint, judged, sentences
from assistant.engine.gguf_types import BLOCKS
from assistant.engine.intake import inspect, take_in
from assistant.engine.llama import LlamaProcess
from assistant.engine.models import find_default_model
from assistant.engine.records import Trial, Wording
from assistant.engine.speed import measure
from assistant.errors import AssistantError, LanguageModelError
from assistant.guarding.gate import faithful
from assistant.records import ModelProfile
from tests.assistant.tiny_gguf import put_tiny


class StopNowError(Exception):
    """What a caller raises to cancel."""


def unheard(_fraction: float, _text: str, /) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_tiny(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def field(key: str, value: str) -> bytes:
    return text(key) + struct.pack("<I", 8) + text(value)


def tensor(name: str, sizes: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    return (
        text(name)
        + struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
        + struct.pack("<IQ", kind, offset)
    )


def head(tensors: int, fields: int, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, fields)


ARCH = field("general.architecture", "llama")
HOSTILE = {
    "another format": (b"PK\x03\x04" + bytes(200), "not a GGUF"),
    "an old version": (head(1, 0, version=1), "version 3"),
    "another byte order": (b"GGUF" + struct.pack(">IQQ", 3, 1, 0), "byte order"),
    "billions of fields": (head(1, 1 << 62), "absurd number"),
    "billions of tensors": (head(1 << 62, 0), "absurd number"),
    "no tensors": (head(0, 1) + ARCH, "absurd number"),
    "a text of exabytes": (head(1, 1) + struct.pack("<Q", 1 << 62), "absurd length"),
    "a value of exabytes": (head(1, 1) + text("a") + struct.pack("<IQ", 8, 1 << 61), "absurd"),
    "a list of billions": (head(1, 1) + text("a") + struct.pack("<IIQ", 9, 4, 1 << 60), "absurd"),
    "a list longer than the file": (
        head(1, 1) + text("a") + struct.pack("<IIQ", 9, 4, 1_000_000), "cut short",
    ),
    "lists in lists": (head(1, 1) + text("a") + struct.pack("<IIQ", 9, 9, 1), "list of lists"),
    "an unknown type": (head(1, 1) + text("a") + struct.pack("<I", 99), "unknown type"),
    "a field twice": (head(1, 2) + ARCH + ARCH, "twice"),
    "cut in a field": (head(1, 1) + ARCH[:-3], "cut short"),
    "cut before the tensors": (head(1, 1) + ARCH, "cut short"),
    "a tensor beyond the end": (head(1, 1) + ARCH + tensor("t", (1 << 30,)), "beyond its end"),
    "a tensor past all numbers": (
        head(1, 1) + ARCH + tensor("t", (1 << 40, 1 << 40, 1 << 40)), "absurd size",
    ),
    "a tensor of no size": (head(1, 1) + ARCH + tensor("t", (0,)), "absurd size"),
    "a tensor of nine dimensions": (head(1, 1) + ARCH + tensor("t", (1,) * 9), "dimensions"),
    "an unknown way of storing": (head(1, 1) + ARCH + tensor("t", (32,), kind=77), "not known"),
    "a crooked tensor": (head(1, 1) + ARCH + tensor("t", (4,), offset=7) + bytes(99), "must"),
    "two tensors of one name": (
        head(2, 1) + ARCH + tensor("t", (8,)) + tensor("t", (8,), offset=32) + bytes(99),
        "one name",
    ),
    "tensors that overlap": (
        head(2, 1) + ARCH + tensor("t", (16,)) + tensor("u", (16,), offset=32) + bytes(199),
        "overlap",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    data, reason = HOSTILE[name]
    file = tmp_path / "x.gguf"
    file.write_bytes(data)
    with pytest.raises(LanguageModelError, match=reason):
        inspect(file)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path, tiny: Path) -> None:
    whole = tiny.read_bytes()
    cut = tmp_path / "cut.gguf"
    for length in (*range(0, 400, 13), len(whole) // 2, len(whole) - 1000):
        cut.write_bytes(whole[:length])
        with pytest.raises(LanguageModelError):
            inspect(cut)


def test_what_is_no_file_is_not_even_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path / "pipe.gguf", tmp_path, tmp_path / "missing", Path("/dev/zero")):
        with pytest.raises(LanguageModelError, match=r"not a file|can not be read"):
            inspect(path)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"general__architecture": "clip"}, "clip"),
        ({"general__architecture": ""}, "none"),
        ({"general__type": "adapter"}, "part of a model"),
        ({"split__count": 3}, "part of a model"),
        ({"llama__context_length": 256}, "as long as a report"),
        ({"tokenizer__ggml__model": ""}, "words"),
        ({"general__alignment": 33}, "power of two"),
    ],
)
def test_what_is_no_writing_model_is_refused(tmp_path: Path, changed, reason: str) -> None:
    with pytest.raises(LanguageModelError, match=reason):
        inspect(put_tiny(tmp_path / "x.gguf", **changed))


def test_what_a_file_says_of_itself_is_shown_as_one_harmless_line(tmp_path: Path) -> None:
    said = "Nice\x1b[31m\nmodel " + "x" * 500
    offered = inspect(put_tiny(tmp_path / "x.gguf", general__name=said, general__license=""))
    assert offered.name.startswith("Nice [31m model xxx")
    assert len(offered.name) == 120
    assert (offered.licence, offered.quantisation, offered.architecture) == ("", "F32", "llama")
    assert (offered.has_template, offered.chat_format) == (True, "chatml")
    assert offered.parameters > 10_000


def test_a_template_that_is_a_program_is_only_text(tmp_path: Path) -> None:
    evil = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    offered = inspect(put_tiny(tmp_path / "x.gguf", tokenizer__chat_template=evil))
    assert (offered.has_template, offered.chat_format) == (True, "")
    assert not inspect(put_tiny(tmp_path / "y.gguf", tokenizer__chat_template="")).has_template


def test_the_shipped_model_is_described_as_it_is() -> None:
    profile = find_default_model()
    assert profile is not None
    offered = inspect(Path(profile.path))
    assert (offered.architecture, offered.quantisation, offered.context) == ("llama", "Q4_1", 8192)
    assert (offered.licence, offered.chat_format) == ("apache-2.0", "chatml")
    assert offered.parameters == 134_515_008


def test_block_sizes_are_the_librarys() -> None:
    ggml = ctypes.CDLL(str(Path(llama_cpp.__file__).parent / "lib" / "libggml-base.so"))
    ggml.ggml_type_size.restype = ctypes.c_size_t
    ggml.ggml_blck_size.restype = ctypes.c_int64
    ggml.ggml_type_name.restype = ctypes.c_char_p
    for number, (name, block, size) in BLOCKS.items():
        assert (ggml.ggml_blck_size(number), ggml.ggml_type_size(number)) == (block, size)
        assert ggml.ggml_type_name(number).decode().lower() == name.lower()


def test_a_copy_bears_its_digest_and_appears_whole_or_not_at_all(tmp_path: Path, tiny) -> None:
    folder = tmp_path / "models"
    told: list[float] = []
    file, digest, _ = take_in(tiny, folder, lambda share, _: told.append(share))
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    assert file.name == f"{digest}.gguf"
    assert told[-1] == 1.0
    assert file.stat().st_mode & 0o077 == 0

    def cancel(_share: float, _text: str) -> None:
        raise StopNowError

    other = put_tiny(tmp_path / "other.gguf", seed=2)
    (folder / "left.part").write_bytes(b"from a crash")
    with pytest.raises(StopNowError):
        take_in(other, folder, cancel)
    assert [one.name for one in folder.iterdir()] == [file.name]


def profile_of(path: Path) -> ModelProfile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return ModelProfile("Tiny", str(path), digest, "none", n_ctx=2048)


def test_a_tiny_model_is_loaded_measured_and_fails_its_acceptance(tiny: Path) -> None:
    engine = LlamaProcess(profile_of(tiny))
    try:
        speed = measure(engine, unheard)
        assert speed.read_per_s > 0
        assert speed.memory_mb > 10
        trial = attempt(engine, unheard, sentences()[:2])
    finally:
        engine.close()
    assert trial.gate_share == 0
    assert "gate" in trial.shortcomings[0]
    assert trial.grade_before == trial.grade_after, "a patient would read the templates"


def test_a_file_that_loads_badly_ends_its_process_only(tmp_path: Path) -> None:
    broken = put_tiny(tmp_path / "x.gguf", llama__block_count=7)
    assert inspect(broken).name == "Tiny"
    engine = LlamaProcess(profile_of(broken))
    with pytest.raises(AssistantError):
        engine.complete((("user", "hi"),), max_tokens=1, on_token=lambda _: None)
    engine.close()


def test_the_gate_refuses_wrong_versions_of_the_trials_sentences() -> None:
    wrong = [(one, name, mutant) for one in sentences() for name, mutant in mutants(one)]
    assert len(wrong) > 300
    passed = [each for each in wrong if faithful(each[0], each[2])[0]]
    assert len(passed) <= 0.005 * len(wrong), passed


def test_the_second_check_sees_what_rules_change_and_lets_harmless_words_pass() -> None:
    source = "There is no bleeding in the left thalamus, and it measures 8 mm."
    for wrong in (
        "There is bleeding in the left thalamus, and it measures 8 mm.",
        "There is no bleeding in the right thalamus, and it measures 8 mm.",
        "There is no bleeding in the left thalamus, and it measures 8 cm.",
        "There may be no bleeding in the left thalamus, and it measures 8 mm.",
    ):
        assert violation(source, wrong)
    assert not violation(source, "No bleeding is in the left thalamus. It is 8 mm.")
    caught = [violation(one, mutant) for one in sentences() for _, mutant in mutants(one)]
    assert sum(map(bool, caught)) > 0.7 * len(caught)


def test_a_trial_passes_only_if_nothing_is_wrong_and_the_text_is_easier() -> None:
    one = "Your MRI scan shows a growth in the right parietal lobe that measures 38 mm."
    easier = "Your MRI scan shows a growth of 38 mm in the right parietal lobe."
    assert judged(one, easier) == Wording(one, easier)
    good = Trial("x", (Wording(one, easier),) * 10, 400, 400, 5.0, 4.8, 1.0)
    assert good.shortcomings == ()
    bad = Wording(one, "No.", refused="r")
    assert Trial("x", (bad, bad, *good.wordings[:8]), 400, 400, 5.0, 4.8, 1.0).shortcomings
    false = Wording(one, easier, violation="a side was changed")
    assert Trial("x", (false, *good.wordings), 400, 400, 5.0, 4.8, 1.0).shortcomings
    assert Trial("x", good.wordings, 400, 397, 5.0, 4.8, 1.0).shortcomings
    assert Trial("x", good.wordings, 400, 400, 5.0, 5.0, 1.0).shortcomings
    assert fingerprint(("a",)) != fingerprint(("b",))


def test_the_grade_tells_hard_from_plain() -> None:
    hard = "Histopathological characterisation necessitates neurosurgical intervention."
    assert grade("The cat sat on the mat. It was a good cat.") < 2
    assert grade(hard) > 15
