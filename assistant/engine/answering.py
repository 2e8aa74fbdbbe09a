"""One answer: reading what is new of a prompt, then writing the likeliest words.

An answer is a function of its messages alone. Two things make it so: the likeliest token is
always taken, and the kept part of a prompt ends where a message ends, so that every message is
read in the same blocks whether those before it were read now or in an earlier call.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.engine.records import Usage
from assistant.errors import AssistantError

Part = tuple[int, ...]


class Reader(Protocol):
    """A model that reads tokens and tells the likeliest next one (assistant.engine.native)."""

    size: int

    def read(self, tokens: Sequence[int]) -> None: ...
    def likeliest(self) -> int: ...
    def keep(self, count: int) -> bool: ...
    def piece(self, token: int) -> bytes: ...
    def ends(self, token: int) -> bool: ...


class Answerer:
    """Answers prompts with one model and remembers what of the last prompt is still read."""

    def __init__(self, model: Reader, stop: tuple[str, ...]) -> None:
        self._model = model
        self._stop = stop
        self._read: list[Part] = []

    def answer(
        self, parts: list[Part], max_tokens: int, on_text: Callable[[str], None]
    ) -> tuple[str, Usage]:
        """The answer to a prompt in parts, and what it took; text goes out as it comes.

        Raises
        ------
        StoppedError
            If the model was stopped; what whole parts it had read are kept.
        AssistantError
            If the prompt is too long for the model.
        """
        length = sum(len(part) for part in parts)
        if length >= self._model.size:
            raise AssistantError("This is too long for the language model.")
        began = time.monotonic()
        reused = self._catch_up(parts)
        read_at = time.monotonic()
        text, count = self._write(min(max_tokens, self._model.size - length), on_text)
        return text, Usage(length, reused, count, read_at - began, time.monotonic() - read_at)

    def _catch_up(self, parts: list[Part]) -> int:
        """Read what is not read yet; return how many tokens were. The last part is always read."""
        common = 0
        for before, now in zip(self._read, parts[:-1], strict=False):
            if before != now:
                break
            common += 1
        reused = sum(len(part) for part in parts[:common])
        if not self._model.keep(reused):
            common = reused = 0
        self._read = parts[:common]
        for part in parts[common:]:
            self._model.read(part)
            self._read.append(part)
        return reused

    def _write(self, room: int, on_text: Callable[[str], None]) -> tuple[str, int]:
        """Write until the turn ends, a stop text appears or there is no room left."""
        letters = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        said, shown, count = "", 0, 0
        while count < room:
            token = self._model.likeliest()
            if self._model.ends(token):
                break
            count += 1
            said += letters.decode(self._model.piece(token))
            end = min((at for at in map(said.find, self._stop) if at >= 0), default=-1)
            if end >= 0:
                said = said[:end]
                break
            safe = len(said) - _begun(said, self._stop)
            if safe > shown:
                on_text(said[shown:safe])
                shown = safe
            if count < room:
                self._model.read((token,))
        if len(said) > shown:
            on_text(said[shown:])
        return said, count


def _begun(said: str, stop: tuple[str, ...]) -> int:
    """How many letters at the end may be the beginning of a stop text."""
    most = 0
    for one in stop:
        for length in range(min(len(one) - 1, len(said)), most, -1):
            if said.endswith(one[:length]):
                most = length
                break
    return most
