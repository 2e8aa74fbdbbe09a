"""What can go wrong in sending.

SyncError
    PeerAwayError          the server cannot be reached or answers 5xx or 429; try later
    NotAdmittedError       the server does not accept this device (401, 403); work is kept
    RefusedError           the server refuses this resource for good (409, 412, 422)
    WireError              a resource cannot be written to or read from the wire
    ServerRestoredError    the server is older than what it acknowledged; nothing was applied
"""


class SyncError(Exception):
    """Root of the folder's errors; the message is fit for a person to read."""


class PeerAwayError(SyncError):
    """The server cannot be reached or is busy; try later."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotAdmittedError(SyncError):
    """The server does not accept this device; work is kept."""


class RefusedError(SyncError):
    """The server refuses this resource for good."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ServerRestoredError(SyncError):
    """The server is older than what it acknowledged; nothing was applied."""


class WireError(SyncError):
    """A resource cannot be written to or read from the wire; says what is wrong with it."""
