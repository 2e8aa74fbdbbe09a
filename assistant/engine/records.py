"""Vocabulary of the engine: what one answer cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer took, as the model's own process measured it.

    ``reused_tokens`` of the ``prompt_tokens`` were still known from the call before and were not
    read again; ``prompt_s`` is the reading of the rest, ``answer_s`` the writing.
    """

    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int
    prompt_s: float
    answer_s: float

    @property
    def read_per_s(self) -> float:
        """Tokens of the prompt read in a second; 0 if none were."""
        read = self.prompt_tokens - self.reused_tokens
        return read / self.prompt_s if self.prompt_s > 0 else 0.0

    @property
    def written_per_s(self) -> float:
        """Tokens written in a second; 0 if none were."""
        return self.answer_tokens / self.answer_s if self.answer_s > 0 else 0.0
