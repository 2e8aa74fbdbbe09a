"""FHIR R4 datatypes: instants, references, extensions, the tags of operation and loss.

Source: http://hl7.org/fhir/R4/datatypes.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sync.errors import WireError
from sync.records import Resource

BASE = "https://sagittal.invalid/fhir"
OPERATION = f"{BASE}/operation"
BEFORE_LOSS = f"{BASE}/version-before-loss"
HIGHEST_VERSION = 100_000_000
"""No version before a loss is believed to have been higher; versions have to fit their column."""


def extension_url(name: str) -> str:
    """Return the URL of one of this program's extensions."""
    return f"{BASE}/StructureDefinition/{name}"


def instant(moment: datetime) -> str:
    """Return a FHIR instant in UTC, ending in Z; the moment must be aware."""
    if moment.tzinfo is None:
        raise ValueError("an instant is aware")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(text: object, what: str) -> datetime:
    """Return the aware UTC datetime of a FHIR instant.

    Raises
    ------
    WireError
        The text is no instant, or names no zone.
    """
    try:
        parsed = datetime.fromisoformat(str(text))
    except ValueError:
        raise WireError(f"{what} is no instant") from None
    if parsed.tzinfo is None:
        raise WireError(f"{what} names no time zone")
    return parsed.astimezone(UTC)


def reference(resource_type: str, resource_id: str) -> dict[str, str]:
    """Return a FHIR Reference to a resource of the same server."""
    return {"reference": f"{resource_type}/{resource_id}"}


def referred(value: object, resource_type: str) -> str:
    """Return the id behind a Reference to that type, or an empty text."""
    text = value.get("reference", "") if isinstance(value, Mapping) else ""
    head, _, resource_id = str(text).partition("/")
    return resource_id if head == resource_type else ""


def extension(name: str, **value: object) -> dict[str, Any]:
    """Return one extension; give its value as ``valueString=...`` and the like."""
    return {"url": extension_url(name), **value}


def extended(resource: Resource, name: str, key: str, default: object = None) -> Any:  # noqa: ANN401 - JSON values are of any type
    """Return the value of an extension of the resource, or the default."""
    for entry in listed(resource, "extension"):
        if entry.get("url") == extension_url(name):
            return entry.get(key, default)
    return default


def listed(resource: Resource, key: str) -> tuple[Mapping[str, Any], ...]:
    """Return the objects under a repeating element; anything malformed is left out."""
    values = resource.get(key)
    return tuple(v for v in values if isinstance(v, Mapping)) if isinstance(values, list) else ()


def require(resource: Resource, resource_type: str, keys: Iterable[str]) -> None:
    """Check type and presence.

    Raises
    ------
    WireError
        It is another type, or one of the elements is missing.
    """
    if resource.get("resourceType") != resource_type:
        raise WireError(f"expected a {resource_type}")
    missing = [key for key in ("id", *keys) if not resource.get(key)]
    if missing:
        raise WireError(f"{resource_type} lacks {', '.join(missing)}")


def tagged(resource: Resource, operation_id: str) -> dict[str, Any]:
    """Return the resource with the operation id as its only tag of that system."""
    lost = _code(resource, BEFORE_LOSS)
    meta = {k: v for k, v in dict(resource.get("meta") or {}).items() if k == "profile"}
    meta["tag"] = [{"system": OPERATION, "code": operation_id}]
    if lost:
        meta["tag"].append({"system": BEFORE_LOSS, "code": lost})
    return {**resource, "meta": meta}


def operation_of(resource: Resource) -> str:
    """Return the operation id a resource version was written by, or an empty text."""
    return _code(resource, OPERATION)


def offered_again(resource: Resource, version: int) -> dict[str, Any]:
    """Return the resource as what stood at that version before the server lost it."""
    meta = {k: v for k, v in dict(resource.get("meta") or {}).items() if k != "tag"}
    meta["tag"] = [{"system": BEFORE_LOSS, "code": str(version)}]
    return {**resource, "meta": meta}


def version_before_loss(resource: Resource) -> int:
    """Return which version it was before the server lost it; 0 if it was not offered again."""
    code = _code(resource, BEFORE_LOSS)
    version = int(code) if code.isascii() and code.isdigit() and len(code) < 10 else 0
    return version if version <= HIGHEST_VERSION else 0


def _code(resource: Resource, system: str) -> str:
    meta = resource.get("meta")
    for tag in listed(meta, "tag") if isinstance(meta, Mapping) else ():
        if tag.get("system") == system:
            return str(tag.get("code", ""))
    return ""
