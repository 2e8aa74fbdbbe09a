"""Plain llama.cpp with its own defaults, in a process of its own: what the engine is held to.

It reads tokens in llama.cpp's default batches and writes the likeliest ones: no abort callback,
no text, no messages, no kept prefix.
"""

from __future__ import annotations

import ctypes
import os
import time
from multiprocessing.connection import Connection

import llama_cpp
import numpy as np


def run(connection: Connection, path: str, n_ctx: int, threads: int) -> None:
    """Answer each (text, tokens to write) with (tokens read and written in a second each)."""
    os.nice(5)  # as the engine's process
    quiet = llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(
        path.encode(), llama_cpp.llama_model_default_params()
    )
    params = llama_cpp.llama_context_default_params()
    params.n_ctx, params.n_threads, params.n_threads_batch = n_ctx, threads, threads
    context = llama_cpp.llama_init_from_model(model, params)
    vocab = llama_cpp.llama_model_get_vocab(model)
    words = llama_cpp.llama_vocab_n_tokens(vocab)
    connection.send("ready")
    while True:
        try:
            text, count = connection.recv()
        except EOFError:
            return
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
        raw = text.encode()
        tokens = (llama_cpp.llama_token * (len(raw) + 8))()
        length = llama_cpp.llama_tokenize(vocab, raw, len(raw), tokens, len(tokens), False, False)
        began = time.perf_counter()
        llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, length))
        read = time.perf_counter()
        one = (llama_cpp.llama_token * 1)()
        for _ in range(count):
            scores = llama_cpp.llama_get_logits_ith(context, -1)
            one[0] = int(np.ctypeslib.as_array(scores, (words,)).argmax())
            llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(one, 1))
        written = time.perf_counter()
        connection.send((length / (read - began), count / (written - read)))
