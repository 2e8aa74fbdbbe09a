"""Taking in a clinic's own model file: looked at before it is copied, and again afterwards."""

from __future__ import annotations

import os
import shutil
import stat
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from assistant.engine.gguf_header import ARCHITECTURES, Header, read_header
from assistant.engine.models import digest_of
from assistant.engine.records import Offered
from assistant.errors import LanguageModelError

MOST_BYTES = 64 << 30
LEAST_CONTEXT = 1024
_MOST_SHOWN = 120
_SPARE_BYTES = 1 << 30
_MARKS = (
    ("<|im_start|>", "chatml"),
    ("<|start_header_id|>", "llama3"),
    ("<start_of_turn>", "gemma"),
    ("<|end|>", "phi3"),
    ("<|start_of_role|>", "granite"),
    ("[|assistant|]", "exaone3"),
    ("<|START_OF_TURN_TOKEN|>", "command-r"),
    ("<<SYS>>", "llama2"),
    ("[INST]", "mistral-v7"),
)
"""What a template's text holds, and the chat format that is likely meant. Nothing of it is run."""

Told = Callable[[float, str], None]


def inspect(path: Path) -> Offered:
    """What a file says of itself, after its header was checked.

    Raises
    ------
    LanguageModelError
        With the reason, if it is not a file that can be taken in.
    """
    with _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        return _described(read_header(file, size), size, path.stem)


def take_in(path: Path, folder: Path, progress: Told) -> tuple[Path, str, Offered]:
    """Copy a checked file into a folder under its digest; return where, the digest and what it is.

    The copy appears whole or not at all, however this ends. ``progress`` may raise to cancel.

    Raises
    ------
    LanguageModelError
        With the reason; nothing is left behind.
    """
    offered = inspect(path)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(folder)
    if shutil.disk_usage(folder).free < offered.bytes + _SPARE_BYTES:
        raise LanguageModelError("There is not enough room on this machine's disk for a copy.")
    part = folder / f"{uuid.uuid4().hex}.part"
    try:
        digest = _copied(path, part, offered.bytes, progress)
        if inspect(part) != inspect(path):
            raise LanguageModelError("The file changed while it was read.")
        kept = folder / f"{digest}.gguf"
        part.replace(kept)
        _settled(folder)
    except OSError as error:
        raise LanguageModelError(f"The file could not be copied: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return kept, digest, offered


def sweep(folder: Path) -> None:
    """Remove what an interrupted copy left."""
    for part in folder.glob("*.part"):
        with suppress(OSError):
            part.unlink()


def _opened(path: Path) -> BinaryIO:
    """Open a regular file and nothing else; a pipe or a device is not even waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise LanguageModelError(f"{path.name} can not be read.") from error
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
        os.close(handle)
        raise LanguageModelError(f"{path.name} is not a file of a language model.")
    return os.fdopen(handle, "rb")


def _copied(path: Path, part: Path, size: int, progress: Told) -> str:
    """Copy a file, at most ``size`` bytes of it, and return the digest of what was written."""
    written = 0
    with _opened(path) as file, part.open("xb") as copy:
        part.chmod(0o600)

        def keep(piece: bytes) -> None:
            nonlocal written
            written += len(piece)
            if written > size:
                raise LanguageModelError("The file grew while it was read.")
            copy.write(piece)
            progress(written / size, "copying and checking the file")

        digest = digest_of(file, keep)
        copy.flush()
        os.fsync(copy.fileno())
    if written != size:
        raise LanguageModelError("The file shrank while it was read.")
    return digest


def _settled(folder: Path) -> None:
    """Make a new name in a folder last through a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _described(header: Header, size: int, stem: str) -> Offered:
    texts, numbers = header.texts, header.numbers
    family = texts.get("general.architecture", "")
    if family not in ARCHITECTURES:
        named = _shown(family) or "none"
        raise LanguageModelError(f"Models of this kind are not taken in (architecture: {named}).")
    if texts.get("general.type", "model") != "model" or numbers.get("split.count", 1) > 1:
        raise LanguageModelError("This is a part of a model, not a whole one.")
    context = numbers.get(f"{family}.context_length", 0)
    if context < LEAST_CONTEXT:
        raise LanguageModelError("The model can not read texts as long as a report.")
    if "tokenizer.ggml.model" not in texts or not header.lists.get("tokenizer.ggml.tokens"):
        raise LanguageModelError("The file does not bring the model's words.")
    template = texts.get("tokenizer.chat_template", "")
    by_type = header.bytes_by_type
    return Offered(
        name=_shown(texts.get("general.name", "")) or _shown(stem) or "unnamed",
        architecture=family,
        parameters=header.values,
        bytes=size,
        quantisation=max(by_type, key=lambda kind: by_type[kind]),
        context=context,
        licence=_shown(texts.get("general.license", "")),
        has_template=bool(template),
        chat_format=next((name for mark, name in _MARKS if mark in template), ""),
    )


def _shown(text: str) -> str:
    """A text of the file as it may be shown: one line, no control letters, not too long."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(plain.split())[:_MOST_SHOWN]
