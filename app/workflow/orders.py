"""What readers have asked the models for, how far it is, and how it ended: whoever is looking.

An order outlives the page it was given on. When the window locks, it goes on; whoever opens the
series again sees it run, or reads why it ended. Used on the GUI thread only; Qt is not needed.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class OrderKind(StrEnum):
    """What was asked for."""

    FINDINGS = "findings"
    ANATOMY = "anatomy"


class Order:
    """One analysis that was asked for; ``sentence`` says why it came to nothing, if it did."""

    def __init__(
        self, kind: OrderKind, study_uid: str, series_uid: str, changed: Callable[[Order], None]
    ) -> None:
        self.kind, self.study_uid, self.series_uid = kind, study_uid, series_uid
        self.fraction, self.text, self.sentence = 0.0, "", ""
        self.over = False
        self.stop: Callable[[], None] = lambda: None
        self._changed = changed

    def progress(self, fraction: float, text: str, /) -> None:
        """Note how far it is."""
        self.fraction, self.text = fraction, text
        self._changed(self)

    def end(self, sentence: str = "") -> None:
        """Note that it has ended; without a sentence, its results are stored."""
        self.over, self.sentence = True, sentence
        self._changed(self)


class Orders:
    """The orders of this workstation until somebody has been told how each ended."""

    def __init__(self) -> None:
        self._orders: dict[tuple[OrderKind, str], Order] = {}
        self._listeners: list[Callable[[Order], None]] = []

    def begin(self, kind: OrderKind, study_uid: str, series_uid: str) -> Order:
        """Note that an analysis was asked for; one that has ended is forgotten for it."""
        order = Order(kind, study_uid, series_uid, self._tell)
        self._orders[kind, series_uid] = order
        return order

    def of(self, kind: OrderKind, series_uid: str) -> Order | None:
        """Return the order on a series: it runs, or nobody was told yet why it failed."""
        return self._orders.get((kind, series_uid))

    def forget(self, order: Order) -> None:
        """Somebody has been told how it ended."""
        if self._orders.get((order.kind, order.series_uid)) is order:
            del self._orders[order.kind, order.series_uid]

    def listen(self, listener: Callable[[Order], None]) -> Callable[[], None]:
        """Call ``listener`` whenever an order goes on or ends; return its unsubscriber."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave

    def _tell(self, order: Order) -> None:
        if order.over and not order.sentence:
            self.forget(order)
        for listener in tuple(self._listeners):
            listener(order)
