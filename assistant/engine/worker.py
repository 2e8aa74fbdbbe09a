"""The language model's own process: one request at a time, text out in small batches.

It holds no key, no database and no record. Messages are JSON, so that a broken or hostile model
file can at worst send odd text.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.engine.answering import Answerer
from assistant.engine.models import opened
from assistant.engine.prompting import parts
from assistant.errors import AssistantError, ModelUnavailableError, StoppedError
from assistant.records import ModelProfile

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from assistant.engine.native import Model

BATCH_SECONDS = 0.03


def run(connection: Connection, profile: ModelProfile, confine: Callable[[], None] | None) -> None:
    """Load the model and serve requests until the other end closes.

    ``confine`` bounds this process's memory; it is called before the model is loaded. Messages
    out: ``ready``, ``refused`` (with the reason), ``token``, ``done``, ``failed``, ``stopped``.
    """
    os.environ["OMP_WAIT_POLICY"] = "passive"  # spinning threads starve whoever else computes
    os.nice(5)
    inlet, outlet = _Inlet(connection), _Outlet(connection)
    try:
        model = _load(profile, inlet.stopped, confine)
    except (AssistantError, ImportError, OSError) as error:
        outlet.send("refused", str(error))
        return
    answerer = Answerer(model, profile.stop)
    outlet.send("ready")
    threading.Thread(target=inlet.listen, daemon=True).start()
    while (request := inlet.next()) is not None:
        try:
            outlet.send("done", *_complete(model, answerer, profile, request, outlet))
        except StoppedError:
            outlet.send("stopped")
        except AssistantError as error:
            outlet.send("failed", str(error))
    model.close()


def physical_cores() -> int:
    """Cores of this machine, hyper-threads not counted; the logical count where that is unknown."""
    siblings = {
        path.read_text().strip()
        for path in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")
    }
    return len(siblings) or os.cpu_count() or 1


def threads() -> int:
    """Threads the model computes with: one core is left to the rest of the program."""
    return max(1, physical_cores() - 1)


class _Inlet:
    """Hears requests, and the wish to stop one while it is worked on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._requests: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._current = 0
        self._unwanted = 0

    def listen(self) -> None:
        """Hear until the other end closes; runs in a thread of its own."""
        while True:
            try:
                heard = json.loads(self._connection.recv_bytes())
            except (EOFError, OSError):
                self._unwanted = self._current  # whoever asked is gone
                self._requests.put(None)
                return
            if "stop" in heard:
                self._unwanted = max(self._unwanted, int(heard["stop"]))
            else:
                self._requests.put(heard)

    def next(self) -> dict[str, Any] | None:
        """The next request, or None when there will be no more."""
        request = self._requests.get()
        if request is not None:
            self._current = int(request["number"])
        return request

    def stopped(self) -> bool:
        """Whether the request that is worked on is unwanted by now."""
        return self._unwanted >= self._current > 0


@dataclass(slots=True)
class _Outlet:
    """Sends messages, and tokens in batches of about 30 ms."""

    connection: Connection
    pending: list[str] = field(default_factory=list)
    sent_at: float = 0.0

    def send(self, kind: str, text: str = "", usage: dict[str, Any] | None = None) -> None:
        self.flush()
        self.connection.send_bytes(json.dumps([kind, text, usage]).encode())

    def token(self, text: str) -> None:
        self.pending.append(text)
        if time.monotonic() - self.sent_at >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self.pending:
            text = "".join(self.pending)
            self.pending.clear()
            self.connection.send_bytes(json.dumps(["token", text, None]).encode())
        self.sent_at = time.monotonic()


def _load(
    profile: ModelProfile, stopped: Callable[[], bool], confine: Callable[[], None] | None
) -> Model:
    """The model, after its file was checked, in the memory it may take."""
    from assistant.engine.native import Model  # noqa: PLC0415 - only this process may pay for it

    with opened(profile) as path:
        if confine is not None:
            confine()
        try:
            return Model(path, profile, threads(), stopped)
        except MemoryError as error:
            raise ModelUnavailableError(
                "There is not enough memory for the language model."
            ) from error


def _complete(
    model: Model,
    answerer: Answerer,
    profile: ModelProfile,
    request: dict[str, Any],
    outlet: _Outlet,
) -> tuple[str, dict[str, Any]]:
    """One answer and what it took."""
    from assistant.engine.native import wrapped  # noqa: PLC0415 - as above

    said = [(str(role), str(text)) for role, text in request["messages"]]
    prompt = parts(said, profile.chat_format, model, wrapped)
    text, usage = answerer.answer(prompt, int(request["max_tokens"]), outlet.token)
    return text, asdict(replace(usage, peak_mb=_peak_mb()))


def _peak_mb() -> int:
    """The most this process has held in memory, or 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most // (1 << 20 if sys.platform == "darwin" else 1 << 10))
