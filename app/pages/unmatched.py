"""What a patient sees whose account nobody has matched with a patient record yet."""

from __future__ import annotations

from app.widgets.messages import EmptyState


def unmatched() -> EmptyState:
    """Say what to do: show an identity card at the desk."""
    return EmptyState(
        "clock",
        "Your account is not matched with your records yet",
        "Please show your identity card at the desk. Once a member of staff has matched your "
        "account, sign in again: your reports and appointments will be here.",
        name="unmatched",
    )
