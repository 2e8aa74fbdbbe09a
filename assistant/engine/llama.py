"""The local language model behind its port: llama.cpp in a child process.

A crash, an out-of-memory kill or a cancel ends the child and nothing else; the next call starts
a new one (about half a second for the shipped model).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from assistant.child import Child
from assistant.engine.worker import run
from assistant.errors import AssistantError, EngineLostError, ModelUnavailableError
from assistant.records import ModelProfile

HEARTBEAT_SECONDS = 0.05
_START_SECONDS = 120.0


class LlamaProcess:
    """A LanguageModel whose child process starts at the first call.

    Calls from several threads queue up. Nothing of a call survives ``forget``.
    """

    def __init__(self, profile: ModelProfile | None) -> None:
        self._profile = profile
        self._turn = threading.Lock()
        self._child = Child()

    def complete(
        self,
        messages: tuple[tuple[str, str], ...],
        *,
        max_tokens: int,
        on_token: Callable[[str], None],
    ) -> str:
        """The model's answer to (role, text) messages, at temperature 0.

        ``on_token`` gets the text as it comes, and an empty text every 50 ms while there is
        none. Whatever it raises ends the child and is passed on.

        Raises
        ------
        ModelUnavailableError
            If there is no model, or its file is not the approved one.
        EngineLostError
            If the child died; the next call starts another.
        AssistantError
            If the messages are too long for the model.
        """
        request = {
            "messages": [{"role": role, "content": _plain(text)} for role, text in messages],
            "max_tokens": max_tokens,
        }
        with self._turn:
            try:
                pipe = self._started(on_token)
                pipe.send_bytes(json.dumps(request).encode())
                return _listen(pipe, on_token)
            except (EOFError, OSError) as error:
                self._child.end()
                raise EngineLostError("The language model stopped unexpectedly.") from error
            except AssistantError:
                raise
            except BaseException:
                self._child.end()
                raise

    def forget(self) -> None:
        """End the child, and with it every trace of what it was told."""
        with self._turn:
            self._child.end()

    def name(self) -> str:
        """The model's name, or an empty text if there is none."""
        return self._profile.name if self._profile else ""

    def close(self) -> None:
        """End the child at once, even in the middle of a call; may be called again."""
        self._child.kill()
        self.forget()

    def _started(self, on_token: Callable[[str], None]) -> Connection:
        """The pipe to a child that has its model loaded."""
        if self._profile is None:
            raise ModelUnavailableError("There is no language model on this machine.")
        living = self._child.living
        if living is not None:
            return living
        near = self._child.start(run, self._profile, name="language-model")
        kind, text = _next(near, on_token, limit_seconds=_START_SECONDS)
        if kind != "ready":
            self._child.end()
            raise ModelUnavailableError(text or "The language model could not be loaded.")
        return near


def _plain(text: str) -> str:
    """A text that can not pass for the model's own turn markers."""
    return text.replace("<|", "< |").replace("|>", "| >")


def _listen(pipe: Connection, on_token: Callable[[str], None]) -> str:
    """The whole answer, handing on its pieces."""
    while True:
        kind, text = _next(pipe, on_token)
        if kind == "token":
            on_token(text)
        elif kind == "done":
            return text
        else:
            raise AssistantError("The language model could not answer this.")


def _next(
    pipe: Connection, on_token: Callable[[str], None], *, limit_seconds: float = float("inf")
) -> tuple[str, str]:
    """The next message of the child; an empty token every 50 ms while waiting."""
    waited = 0.0
    while not pipe.poll(HEARTBEAT_SECONDS):
        on_token("")
        waited += HEARTBEAT_SECONDS
        if waited >= limit_seconds:
            raise EOFError
    kind, text = json.loads(pipe.recv_bytes())
    return str(kind), str(text)
