"""What the server says it can do.

Source: http://hl7.org/fhir/R4/capabilitystatement.html
"""

from __future__ import annotations

from typing import Any

from sync.server.admission import RESOURCE_TYPES

_INTERACTIONS = ("read", "vread", "update", "history-instance", "search-type")
_SEARCH = (("_id", "token"), ("_lastUpdated", "date"))
_SLOTS = (
    ("start", "date"),
    ("schedule", "reference"),
    ("schedule.actor", "reference"),
    ("service-type", "token"),
    ("status", "token"),
)


def capability(public_url: str) -> dict[str, Any]:
    """Return the CapabilityStatement of a server reached by that URL."""
    kept = [
        {
            "type": resource_type,
            "interaction": [{"code": code} for code in _INTERACTIONS],
            "versioning": "versioned-update",
            "readHistory": True,
            "updateCreate": True,
            "searchParam": [{"name": name, "type": kind} for name, kind in _SEARCH],
        }
        for resource_type in RESOURCE_TYPES
    ]
    kept.append(
        {
            "type": "Slot",
            "interaction": [{"code": "search-type"}],
            "searchParam": [{"name": name, "type": kind} for name, kind in _SLOTS],
        }
    )
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "software": {"name": "Sagittal server"},
        "implementation": {"description": "Sagittal server", "url": f"{public_url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": f"Bearer token from {public_url}/token"},
                "resource": kept,
                "interaction": [{"code": "transaction"}, {"code": "history-system"}],
            }
        ],
    }
