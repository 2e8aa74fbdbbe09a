"""The local language model behind its port: llama.cpp in a child process.

A crash or an out-of-memory kill ends the child and nothing else; the next call starts a new one
(about half a second for the shipped model). A cancel stops the call and leaves the child alive.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from assistant.child import Child
from assistant.engine.records import Usage
from assistant.engine.worker import run
from assistant.errors import AssistantError, EngineLostError, ModelUnavailableError
from assistant.records import ModelProfile

HEARTBEAT_SECONDS = 0.03
STOP_SECONDS = 0.15
"""How long a cancelled call waits for the child to say that it stopped, before it is killed."""
_START_SECONDS = 120.0
_ENDS = frozenset(("done", "failed", "stopped"))


class LlamaProcess:
    """A LanguageModel whose child process starts at the first call.

    Calls from several threads queue up. Nothing of a call survives ``forget``. ``confine`` is
    called in the child before the model is loaded and bounds its memory.
    """

    def __init__(
        self, profile: ModelProfile | None, confine: Callable[[], None] | None = None
    ) -> None:
        self._profile = profile
        self._confine = confine
        self._turn = threading.Lock()
        self._child = Child()
        self._number = 0
        self.usage: Usage | None = None

    def complete(
        self,
        messages: tuple[tuple[str, str], ...],
        *,
        max_tokens: int,
        on_token: Callable[[str], None],
    ) -> str:
        """The model's answer to (role, text) messages, at temperature 0.

        Equal messages get equal answers, whatever was asked before. Messages at the beginning
        that are those of the call before are not read again: put what stays (the report) first
        and what changes (the question) last. ``on_token`` gets the text as it comes, and an
        empty text every 30 ms while there is none. Whatever it raises stops the call and is
        passed on. ``usage`` holds what the last finished call took.

        Raises
        ------
        ModelUnavailableError
            If there is no model, or its file is not the approved one.
        EngineLostError
            If the child died; the next call starts another.
        AssistantError
            If the messages are too long for the model.
        """
        with self._turn:
            try:
                pipe = self._started(on_token)
                self._number += 1
                request = {"number": self._number, "messages": messages, "max_tokens": max_tokens}
                pipe.send_bytes(json.dumps(request).encode())
            except (EOFError, OSError) as error:
                raise self._lost() from error
            except BaseException:
                self._child.end()  # it may be in the middle of loading
                raise
            return self._listened(pipe, on_token)

    def forget(self) -> None:
        """End the child, and with it every trace of what it was told."""
        with self._turn:
            self._child.end()

    @property
    def profile(self) -> ModelProfile | None:
        """What is known of the model, or None if there is none."""
        return self._profile

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
        near = self._child.start(run, self._profile, self._confine, name="language-model")
        kind, text, _ = _next(near, on_token, limit_seconds=_START_SECONDS)
        if kind != "ready":
            raise ModelUnavailableError(text or "The language model could not be loaded.")
        return near

    def _listened(self, pipe: Connection, on_token: Callable[[str], None]) -> str:
        """The whole answer, handing on its pieces."""
        try:
            kind, text, self.usage = _listen(pipe, on_token)
        except (EOFError, OSError) as error:
            raise self._lost() from error
        except BaseException:
            self._stop(pipe)
            raise
        if kind == "done":
            return text
        raise AssistantError(text or "The language model could not answer this.")

    def _stop(self, pipe: Connection) -> None:
        """Stop the call that is under way; a child that does not stop in time is ended."""
        until = time.monotonic() + STOP_SECONDS
        try:
            pipe.send_bytes(json.dumps({"stop": self._number}).encode())
            while pipe.poll(max(0.0, until - time.monotonic())):
                if json.loads(pipe.recv_bytes())[0] in _ENDS:
                    return
        except (EOFError, OSError):
            pass
        self._child.end()

    def _lost(self) -> EngineLostError:
        """End what is left of a child that died, and say so."""
        self._child.end()
        return EngineLostError("The language model stopped unexpectedly.")


def _listen(pipe: Connection, on_token: Callable[[str], None]) -> tuple[str, str, Usage | None]:
    """How a call ended, the whole text, and what it took; handing on its pieces."""
    while True:
        kind, text, usage = _next(pipe, on_token)
        if kind == "token":
            on_token(text)
        elif kind in _ENDS:
            return kind, text, usage


def _next(
    pipe: Connection, on_token: Callable[[str], None], *, limit_seconds: float = float("inf")
) -> tuple[str, str, Usage | None]:
    """The next message of the child; an empty token every 30 ms while waiting."""
    waited = 0.0
    while not pipe.poll(HEARTBEAT_SECONDS):
        on_token("")
        waited += HEARTBEAT_SECONDS
        if waited >= limit_seconds:
            raise EOFError
    kind, text, usage = json.loads(pipe.recv_bytes())
    return str(kind), str(text), Usage(**usage) if usage else None
