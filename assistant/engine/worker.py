"""The language model's own process: one request at a time, text out in small batches.

It holds no key, no database and no record. Messages are JSON, so that a broken or hostile model
file can at worst send odd text.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.engine.models import verify
from assistant.errors import ModelUnavailableError
from assistant.records import ModelProfile

if TYPE_CHECKING:
    from llama_cpp import Llama

BATCH_SECONDS = 0.03
_SEED = 1


def run(connection: Connection, profile: ModelProfile) -> None:
    """Load the model and serve requests until the other end closes.

    Messages out: ``ready``, ``refused`` (with the reason), ``token``, ``done``, ``failed``.
    """
    os.environ["OMP_WAIT_POLICY"] = "passive"  # spinning threads starve whoever else computes
    os.nice(5)
    outlet = _Outlet(connection)
    try:
        verify(profile)
        model = _load(profile)
    except (ModelUnavailableError, ValueError, OSError, RuntimeError) as error:
        outlet.send("refused", str(error))
        return
    outlet.send("ready")
    while (request := _receive(connection)) is not None:
        try:
            outlet.send("done", _complete(model, profile, request, outlet))
        except (ValueError, RuntimeError) as error:
            outlet.send("failed", str(error))
    model.close()


def physical_cores() -> int:
    """Cores of this machine, hyper-threads not counted; the logical count where that is unknown."""
    siblings = {
        path.read_text().strip()
        for path in Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")
    }
    return len(siblings) or os.cpu_count() or 1


@dataclass(slots=True)
class _Outlet:
    """Sends messages, and tokens in batches of about 30 ms."""

    connection: Connection
    pending: list[str] = field(default_factory=list)
    sent_at: float = 0.0

    def send(self, kind: str, text: str = "") -> None:
        self.flush()
        self.connection.send_bytes(json.dumps([kind, text]).encode())

    def token(self, text: str) -> None:
        self.pending.append(text)
        if time.monotonic() - self.sent_at >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self.pending:
            text = "".join(self.pending)
            self.pending.clear()
            self.connection.send_bytes(json.dumps(["token", text]).encode())
        self.sent_at = time.monotonic()


def _load(profile: ModelProfile) -> Llama:
    """The model, one core left free for the rest of the program."""
    from llama_cpp import Llama  # noqa: PLC0415 - only this process may pay for it

    threads = max(1, physical_cores() - 1)
    return Llama(
        model_path=profile.path,
        n_ctx=profile.n_ctx,
        n_threads=threads,
        n_threads_batch=threads,
        n_gpu_layers=profile.n_gpu_layers,
        chat_format=profile.chat_format,
        seed=_SEED,
        verbose=False,
    )


def _receive(connection: Connection) -> dict[str, Any] | None:
    """The next request, or None when there will be no more."""
    try:
        request: dict[str, Any] = json.loads(connection.recv_bytes())
    except (EOFError, OSError):
        return None
    return request


def _complete(model: Llama, profile: ModelProfile, request: dict[str, Any], outlet: _Outlet) -> str:
    """One answer; resetting first makes equal requests give equal answers."""
    model.reset()  # type: ignore[no-untyped-call]  # the binding leaves it unannotated
    pieces: list[str] = []
    stream: Any = model.create_chat_completion(
        messages=request["messages"],
        max_tokens=request["max_tokens"],
        temperature=0.0,
        stop=list(profile.stop),
        stream=True,
    )
    for chunk in stream:
        text = chunk["choices"][0]["delta"].get("content") or ""
        if text:
            pieces.append(text)
            outlet.token(text)
    return "".join(pieces)
