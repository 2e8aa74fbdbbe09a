"""Progress passed on: as a part of a longer piece of work, or to nobody."""

from __future__ import annotations

from viewer.ports import Progress


def within(progress: Progress, low: float, high: float) -> Progress:
    """Return what reports a part of the work as the share ``low`` to ``high`` of the whole."""

    def report(fraction: float, text: str, /) -> None:
        progress(low + (high - low) * fraction, text)

    return report


def unheard(_fraction: float, _text: str, /) -> None:
    """Take progress where nobody asked for it."""
