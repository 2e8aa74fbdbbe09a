"""The model that is meant to answer, and those that answer where it is not there."""

from __future__ import annotations

import logging
from collections.abc import Callable

from assistant.engine.llama import LlamaProcess
from assistant.errors import ModelUnavailableError
from assistant.records import ModelProfile

log = logging.getLogger(__name__)


class ChosenModel:
    """A LanguageModel that falls back to the next one where a file is missing or was changed."""

    def __init__(self, first: LlamaProcess, *others: LlamaProcess) -> None:
        self._model = first
        self._others = list(others)

    @property
    def profile(self) -> ModelProfile | None:
        """The profile of the model that answers."""
        return self._model.profile

    def complete(
        self,
        messages: tuple[tuple[str, str], ...],
        *,
        max_tokens: int,
        on_token: Callable[[str], None],
    ) -> str:
        """The answer of the first model that can be loaded; see LlamaProcess.complete."""
        while True:
            try:
                return self._model.complete(messages, max_tokens=max_tokens, on_token=on_token)
            except ModelUnavailableError as error:
                if not self._others:
                    raise
                log.warning("a language model is passed over: %s", error)
                self._model.close()
                self._model = self._others.pop(0)

    def forget(self) -> None:
        """End the process, and with it every trace of what it was told."""
        self._model.forget()

    def name(self) -> str:
        """The name of the model that answers."""
        return self._model.name()

    def close(self) -> None:
        """End the process at once."""
        self._model.close()
