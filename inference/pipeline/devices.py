"""What the networks run on and with which precision; torch side."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch

from inference.pipeline.options import EngineOptions

_KINDS = {"cpu": "CPU", "mps": "Apple GPU"}
_NAMES = {torch.bfloat16: "bfloat16", torch.float16: "half precision"}


@dataclass(frozen=True, slots=True)
class Place:
    """A device and the type its convolutions compute in."""

    device: torch.device
    dtype: torch.dtype

    @property
    def name(self) -> str:
        """The device for a reader, with the precision where it is not float32."""
        name = _graphics_card() if self.device.type == "cuda" else _KINDS[self.device.type]
        precision = _NAMES.get(self.dtype)
        return f"{name}, {precision}" if precision else name

    @property
    def on_processor(self) -> bool:
        """Whether it is the processor and not a graphics card."""
        return self.device.type == "cpu"

    def precisely(self) -> AbstractContextManager[object]:
        """Return a context in which convolutions compute in this place's type."""
        if self.dtype is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, self.dtype)


def choose(options: EngineOptions) -> Place:
    """Return the best place the options allow: CUDA, else MPS, else the processor.

    A card is taken only if it really computes. Deterministic analyses run on the processor in
    float32, where the same input gives the same bits.
    """
    if options.deterministic:
        return Place(torch.device("cpu"), torch.float32)
    for kind, dtype in (("cuda", torch.float16), ("mps", torch.float32)):
        if options.device in {"auto", kind} and _computes(kind):
            return Place(torch.device(kind), dtype)
    return processor()


def processor() -> Place:
    """Return the processor, in bfloat16 where it multiplies that by itself."""
    quick = torch.cpu.get_capabilities()
    able = bool(quick.get("avx512_bf16") or quick.get("amx_bf16"))
    return Place(torch.device("cpu"), torch.bfloat16 if able else torch.float32)


def prepare_process(options: EngineOptions) -> None:
    """Set the threads, and what deterministic analyses need before anything is computed."""
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    if options.deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(mode=True)


def out_of_memory(error: BaseException) -> bool:
    """Return whether ``error`` says that an allocation failed, on a card or in the process."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    signs = (
        "out of memory",
        "can't allocate",
        "not enough memory",
        "bad_alloc",
        "could not create a",
    )
    return isinstance(error, RuntimeError) and any(sign in text for sign in signs)


def _computes(kind: str) -> bool:
    backend = torch.cuda if kind == "cuda" else torch.backends.mps
    try:
        return backend.is_available() and float(torch.ones(8, device=kind).sum()) == 8
    except (RuntimeError, AssertionError):
        return False


def _graphics_card() -> str:
    return str(torch.cuda.get_device_name(0))
