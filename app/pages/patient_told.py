"""After something was done to an appointment: says so, and whether the patient hears of it."""

from __future__ import annotations

from app.pages.page import Page
from app.workflow import reaching
from app.workflow.reaching import Reach

_WORDS = {
    Reach.MESSAGE: "a message goes to the patient.",
    Reach.SERVER: "the central server writes to the patient.",
    Reach.NO_ADDRESS: "no message goes out: there is no address that may be used."
    " Please tell the patient.",
    Reach.NO_WAY: "no message goes out: neither e-mail nor text messages are set up."
    " Please tell the patient.",
}
_HEARD = {Reach.MESSAGE, Reach.SERVER}


def say_told(page: Page, done: str, patient_id: str) -> None:
    """Show in one line what was done, ``done`` without a full stop, and who tells the patient."""
    context = page.context

    def say(found: Reach) -> None:
        context.navigator.banner(
            f"{done}; {_WORDS[found]}", "good" if found in _HEARD else "warning"
        )

    page.ask(lambda _: reaching.reach(context.session, patient_id), say)
