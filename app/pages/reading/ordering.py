"""Analyses asked for on a page, which go on when the page is closed or the window locks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.pages.page import Page, words_for
from app.tasks import Lane
from app.workflow.orders import Order, OrderKind
from viewer.ports import Progress

T = TypeVar("T")
_FAULT = "A fault of the program ended it; nothing was stored. It can be started again."


class Ordering(QObject):
    """One kind of order as a page sees it; ``moved`` tells that one went on or ended."""

    moved = Signal(object)

    def __init__(self, page: Page, kind: OrderKind) -> None:
        super().__init__(page)
        self._page, self._kind = page, kind
        self._orders = page.context.workstation.orders
        self._told: dict[str, str] = {}
        self._leave = self._orders.listen(self._heard)

    def leave(self) -> None:
        """Hear nothing any more; what runs goes on."""
        self._leave()

    def running(self, series_uid: str) -> Order | None:
        """Return the order that runs on a series, or None."""
        order = self._orders.of(self._kind, series_uid)
        return order if order is not None and not order.over else None

    def why_ended(self, series_uid: str) -> str:
        """Return why the last order on a series came to nothing, or "".

        It is told on one page only, and there until the next order.
        """
        order = self._orders.of(self._kind, series_uid)
        if order is not None and order.over:
            self._orders.forget(order)
            self._told[series_uid] = order.sentence
        return "" if self.running(series_uid) else self._told.get(series_uid, "")

    def start(
        self, study_uid: str, series_uid: str, job: Callable[[Progress], T], cancelled: str
    ) -> None:
        """Have a job done for a series; ``cancelled`` is the sentence if a person stops it."""
        order = self._orders.begin(self._kind, study_uid, series_uid)
        self._told.pop(series_uid, None)

        def failed(error: Exception) -> None:
            try:
                sentence = words_for(error)
            except BaseException:
                order.end(_FAULT)
                raise
            order.end(sentence)

        task = self._page.context.tasks.run(
            Lane.ANALYSIS,
            job,
            done=lambda _: order.end(),
            failed=failed,
            progressed=order.progress,
            cancelled=lambda: order.end(cancelled),
        )
        order.stop = task.cancel

    def stop(self, series_uid: str) -> None:
        """End what runs on a series."""
        order = self.running(series_uid)
        if order is not None:
            order.stop()

    def _heard(self, order: Order) -> None:
        if isValid(self) and order.kind is self._kind:
            self.moved.emit(order)
