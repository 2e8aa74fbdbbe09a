"""Tokens a second of llama.cpp itself: its loop, nothing of the engine, at the same niceness."""

from __future__ import annotations

import os
import sys
import time

NICENESS = 5
"""What the engine's process takes off its own priority."""


def main(words: list[str]) -> float:
    """Write greedily after the prompt on standard input; the first token is not counted."""
    import llama_cpp  # noqa: PLC0415 - after OMP_WAIT_POLICY is set

    path, n_ctx, threads, tokens = words[0], *map(int, words[1:])
    llama = llama_cpp.Llama(path, n_ctx=n_ctx, n_threads=threads, seed=1, verbose=False)
    written = llama.generate(llama.tokenize(sys.stdin.read().encode()), temp=0.0)
    next(written)
    started = time.perf_counter()
    for _ in range(tokens - 1):
        next(written)
    rate = (tokens - 1) / (time.perf_counter() - started)
    llama.close()
    return rate


if __name__ == "__main__":
    os.environ["OMP_WAIT_POLICY"] = "passive"
    os.nice(NICENESS)
    sys.stdout.write(f"{main(sys.argv[1:]):.3f}\n")
