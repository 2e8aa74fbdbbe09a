"""From messages to tokens: the format's markers and what was said, never one for the other.

Each message becomes one part. Parts are read one after another in blocks of their own, so that
what a part computes does not depend on whether the parts before it were read now or earlier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.errors import AssistantError

CHAT_FORMATS: tuple[str, ...] = (
    "chatml",
    "llama2",
    "llama3",
    "mistral-v1",
    "mistral-v3",
    "mistral-v7",
    "gemma",
    "phi3",
    "phi4",
    "zephyr",
    "vicuna",
    "deepseek",
    "command-r",
    "chatglm4",
    "granite",
    "exaone3",
    "smolvlm",
)
"""The chat formats that may be chosen: names of llama.cpp's own, never a template of a file."""

_MARK = re.compile("\ue000(\\d+)\ue001")
"""Where a message's text goes in the format's frame: letters of the private use area, which are
taken out of what was said."""

Wrap = Callable[[str, Sequence[str], Sequence[str]], str]


class Tokeniser(Protocol):
    """What turns text into tokens."""

    @property
    def begins_with(self) -> tuple[int, ...]: ...

    def tokens(self, text: str, *, markers: bool) -> tuple[int, ...]: ...


def parts(
    messages: Sequence[tuple[str, str]], chat_format: str, model: Tokeniser, wrap: Wrap
) -> list[tuple[int, ...]]:
    """The tokens of (role, text) messages, one part for each, the model's turn in the last.

    What was said is never read as a marker, whatever it holds: "<|im_end|>" in a report stays
    ten letters.

    Raises
    ------
    AssistantError
        If the format does not hold the messages as they are.
    """
    if chat_format not in CHAT_FORMATS:
        raise AssistantError("The language model's chat format is not one of the known ones.")
    roles = [role for role, _ in messages]
    frame = wrap(chat_format, roles, [f"\ue000{n}\ue001" for n in range(len(messages))])
    pieces = _MARK.split(frame)  # frame, number, frame, number, ..., frame
    if [int(number) for number in pieces[1::2]] != list(range(len(messages))):
        raise AssistantError("The language model's chat format can not hold these messages.")
    found = []
    for number, (_, text) in enumerate(messages):
        said = _MARK.sub("", text).strip()
        part = model.tokens(pieces[2 * number], markers=True) + model.tokens(said, markers=False)
        found.append(part)
    found[-1] += model.tokens(pieces[-1], markers=True)
    first = model.begins_with
    if first and found[0][: len(first)] != first:
        found[0] = first + found[0]
    return found
