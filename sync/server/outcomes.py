"""How the server says no: an HTTP status with a FHIR OperationOutcome.

Source: http://hl7.org/fhir/R4/operationoutcome.html
"""

from __future__ import annotations

from typing import Any

from sync.errors import SyncError


class OutcomeError(SyncError):
    """A request that is answered with an OperationOutcome.

    Parameters
    ----------
    status
        HTTP status.
    code
        FHIR issue type, e.g. ``conflict``, ``invalid``, ``security``.
    """

    def __init__(self, status: int, code: str, message: str, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s

    def resource(self) -> dict[str, Any]:
        """Return the OperationOutcome resource."""
        issue = {"severity": "error", "code": self.code, "diagnostics": str(self)}
        return {"resourceType": "OperationOutcome", "issue": [issue]}


def invalid(message: str) -> OutcomeError:
    """Return the refusal of a resource that can never be stored (422)."""
    return OutcomeError(422, "invalid", message)


def conflict(message: str) -> OutcomeError:
    """Return the refusal of a change that the present state does not allow (409)."""
    return OutcomeError(409, "conflict", message)


def outdated(message: str) -> OutcomeError:
    """Return the refusal of a change made on another version (412)."""
    return OutcomeError(412, "conflict", message)


def denied(message: str) -> OutcomeError:
    """Return the refusal of a request without a good token (401)."""
    return OutcomeError(401, "security", message)


def absent(message: str) -> OutcomeError:
    """Return the answer where there is nothing (404)."""
    return OutcomeError(404, "not-found", message)


def rewritten() -> OutcomeError:
    """Return the answer to a mark this server does not know (410)."""
    return OutcomeError(
        410, "expired", "the server no longer knows what it acknowledged; was it restored?"
    )
