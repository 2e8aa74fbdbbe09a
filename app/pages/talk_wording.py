"""An explanation in a conversation, worded by the clinic's model after its own words are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.pages.page import Page
from app.tasks import Lane, Task
from app.workflow import explaining
from assistant.records import Explanation, Reply
from assistant.wishes import ReplyKind


class TalkWording:
    """At most one wording at a time; what is kept of the conversation stays as it was said."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._task: Task | None = None

    def begin(
        self, reply: Reply, report_id: str, language: str, worded: Callable[[Reply], None]
    ) -> None:
        """Have a model that may do so word an explanation; ``worded`` gets it if it differs."""
        self.stop()
        if reply.kind is not ReplyKind.EXPLANATION or not report_id:
            return
        context = self._page.context
        session, station = context.session, context.workstation
        before = Explanation(report_id, 0, reply.sentences, None)

        def done(after: Explanation) -> None:
            self._task = None
            if after != before:
                worded(replace(reply, sentences=after.sentences))

        self._task = self._page.ask(
            lambda tell: explaining.reworded(
                session,
                before,
                station.language_model(),
                station.language_profile(),
                tell,
                language,
                station.pair_reader,
            ),
            done,
            lane=Lane.COMPUTE,
        )

    def stop(self) -> None:
        """Give up a wording that is under way."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
