"""The dictionary's own process: words in, verdicts and suggestions out, as JSON.

Hunspell holds the interpreter while it loads (0.1 s) and while it thinks of suggestions (up to
0.2 s a word), which the window would feel from any thread of its own process.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

MOST_SUGGESTIONS = 7


def run(connection: Connection, folder: str, name: str, more: Sequence[str]) -> None:
    """Load the dictionary of that name and serve requests until the other end closes.

    Requests are ``{"check": [words]}``, answered by the list of those that are wrong, and
    ``{"suggest": word}``, answered by the nearest right words, the likeliest first.

    Parameters
    ----------
    more
        Words that are right too.
    """
    try:
        from hunspell import Hunspell  # noqa: PLC0415 - only this process may pay for it

        dictionary = Hunspell(name, hunspell_data_dir=folder)
    except (ImportError, OSError):
        return  # whoever asks hears that nobody answers
    for word in more:
        dictionary.add(word)
    while (request := _receive(connection)) is not None:
        if "suggest" in request:
            answer = list(dictionary.suggest(request["suggest"]))[:MOST_SUGGESTIONS]
        else:
            answer = [word for word in request["check"] if not dictionary.spell(word)]
        connection.send_bytes(json.dumps(answer).encode())


def _receive(connection: Connection) -> dict[str, Any] | None:
    """The next request, or None when there will be no more."""
    try:
        request: dict[str, Any] = json.loads(connection.recv_bytes())
    except (EOFError, OSError):
        return None
    return request
