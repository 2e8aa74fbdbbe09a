"""How an analysis may be run: on what, with how much, and how long it may be silent."""

from __future__ import annotations

from dataclasses import dataclass

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Bounds and choices of the analysis process.

    Parameters
    ----------
    device
        ``auto`` takes CUDA, else Apple's MPS, else the processor.
    deterministic
        The same input gives bit-identical output: processor only, float32, a fixed batch.
    threads
        Threads of the processor; 0 stands for its physical cores.
    memory_mb
        Memory one analysis may take beside what the loaded models hold; 0 stands for a share of
        what the machine has free when the analysis begins.
    batch
        Most slices computed at once; fewer where memory is short.
    silence_s
        After so many seconds without a sign of progress the process counts as hung.
    start_s
        The same while it loads libraries and models.
    """

    device: str = "auto"
    deterministic: bool = False
    threads: int = 0
    memory_mb: int = 0
    batch: int = 16
    silence_s: float = 120.0
    start_s: float = 300.0

    def __post_init__(self) -> None:
        if self.device not in DEVICES:
            raise ValueError(f"a device is one of {', '.join(DEVICES)}")
        if min(self.threads, self.memory_mb) < 0 or self.batch < 1:
            raise ValueError("threads, memory and batch are not negative, and a batch is not empty")
