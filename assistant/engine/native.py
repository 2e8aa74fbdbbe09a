"""llama.cpp through its C interface: one model, one context, tokens in and tokens out.

The binding's ready-made class is not used: it reuses a prefix in a way that changes the answer,
can not be stopped while it reads, and keeps 96 MB of logits. Imported in the model's own process
only.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

import llama_cpp

from assistant.errors import AssistantError, ModelUnavailableError, StoppedError
from assistant.records import ModelProfile

READ_AT_ONCE = 128
"""Tokens of a prompt that are computed together: more is not faster here, and between two
operations on so few the call can be stopped."""
_ABORTED = 2
_GROWTH = 16
_YES, _NO = True, False
"""For the C interface, which knows no names of arguments."""


class Model:
    """A loaded model and what it has read so far (its context, sequence 0).

    ``stopped`` is asked between two operations of the network, about a thousand times per pass.
    """

    def __init__(
        self, path: str, profile: ModelProfile, threads: int, stopped: Callable[[], bool]
    ) -> None:
        # llama.cpp keeps the addresses: the callbacks must live as long as the model.
        self._quiet = llama_cpp.llama_log_callback(_ignore)
        self._abort = llama_cpp.ggml_abort_callback(lambda _data: stopped())
        llama_cpp.llama_log_set(self._quiet, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self._model = _loaded(path, profile)
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self._context = _context(self._model, profile, threads)
        llama_cpp.llama_set_abort_callback(self._context, self._abort, ctypes.c_void_p(0))
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._greedy = llama_cpp.llama_sampler_init_greedy()
        self.size: int = llama_cpp.llama_n_ctx(self._context)

    @property
    def begins_with(self) -> tuple[int, ...]:
        """The token every prompt of this model begins with, if there is one."""
        if not llama_cpp.llama_vocab_get_add_bos(self._vocab):
            return ()
        return (int(llama_cpp.llama_vocab_bos(self._vocab)),)

    def tokens(self, text: str, *, markers: bool) -> tuple[int, ...]:
        """The tokens of a text; only with ``markers`` may they be the model's turn markers."""
        raw = text.encode()
        room = (llama_cpp.llama_token * (len(raw) + _GROWTH))()
        count = llama_cpp.llama_tokenize(self._vocab, raw, len(raw), room, len(room), _NO, markers)
        if count < 0:
            raise AssistantError("The language model can not read this text.")
        return tuple(room[:count])

    def piece(self, token: int) -> bytes:
        """The text of one token, which may end in the middle of a letter."""
        room = ctypes.create_string_buffer(256)
        count = llama_cpp.llama_token_to_piece(self._vocab, token, room, len(room), 0, _NO)
        return room.raw[: max(0, count)]

    def ends(self, token: int) -> bool:
        """Whether the model ends its turn with this token."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    def read(self, tokens: Sequence[int]) -> None:
        """Read on, in blocks that depend on ``tokens`` alone.

        Raises
        ------
        StoppedError
            If it was stopped; what was read of it must be forgotten by ``keep``.
        """
        for first in range(0, len(tokens), READ_AT_ONCE):
            part = tokens[first : first + READ_AT_ONCE]
            block = (llama_cpp.llama_token * len(part))(*part)
            batch = llama_cpp.llama_batch_get_one(block, len(part))
            result = llama_cpp.llama_decode(self._context, batch)
            if result == _ABORTED:
                raise StoppedError
            if result != 0:
                raise AssistantError("The language model could not read this.")

    def likeliest(self) -> int:
        """The likeliest next token."""
        return int(llama_cpp.llama_sampler_sample(self._greedy, self._context, -1))

    def keep(self, count: int) -> bool:
        """Forget all but the first ``count`` tokens; False if everything had to be forgotten."""
        if count and llama_cpp.llama_memory_seq_rm(self._memory, 0, count, -1):
            return True
        llama_cpp.llama_memory_clear(self._memory, _YES)
        return False

    def close(self) -> None:
        """Give the model back."""
        llama_cpp.llama_sampler_free(self._greedy)
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)


def wrapped(chat_format: str, roles: Sequence[str], contents: Sequence[str]) -> str:
    """The messages in one of llama.cpp's own chat formats, ready for the model's turn.

    The format is a name, never a template of a file, and no template language is run.
    """
    held = [
        (role.encode(), content.encode()) for role, content in zip(roles, contents, strict=True)
    ]
    chat = (llama_cpp.llama_chat_message * len(held))(
        *(llama_cpp.llama_chat_message(role, content) for role, content in held)
    )
    room = ctypes.create_string_buffer(2 * sum(len(one) for _, one in held) + 512 * len(held) + 512)
    count = llama_cpp.llama_chat_apply_template(
        chat_format.encode(), chat, len(held), _YES, room, len(room)
    )
    if not 0 <= count <= len(room):
        raise AssistantError("The language model's chat format can not hold these messages.")
    return room.raw[:count].decode()


def _loaded(path: str, profile: ModelProfile) -> llama_cpp.llama_model_p:
    params = llama_cpp.llama_model_default_params()
    params.n_gpu_layers = profile.n_gpu_layers
    model: llama_cpp.llama_model_p | None = llama_cpp.llama_model_load_from_file(
        path.encode(), params
    )
    if not model:
        raise ModelUnavailableError("The language model file can not be loaded.")
    return model


def _context(
    model: llama_cpp.llama_model_p, profile: ModelProfile, threads: int
) -> llama_cpp.llama_context_p:
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = profile.n_ctx
    params.n_batch = params.n_ubatch = READ_AT_ONCE
    params.n_outputs_max = 1
    params.n_threads = params.n_threads_batch = threads
    params.swa_full = True  # else nothing of a prompt could be kept
    context: llama_cpp.llama_context_p | None = llama_cpp.llama_init_from_model(model, params)
    if not context:
        raise ModelUnavailableError("There is not enough memory for the language model.")
    return context


def _ignore(_level: int, _text: bytes, _data: object) -> None:
    """Say nothing: what llama.cpp logs may hold what it was told."""
