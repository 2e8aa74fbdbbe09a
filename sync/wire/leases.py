"""Leased time as FHIR Parameters: what a workstation asks for, and what the server answers.

Source: http://hl7.org/fhir/R4/parameters.html; the operation ``$lease`` is this program's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sync.errors import WireError
from sync.records import Block, Granted, Leases
from sync.wire.datatypes import instant, listed, moment

LEASED_TYPES = ("Practitioner", "Device", "Location")


def request_to_fhir(blocks: Iterable[Block]) -> dict[str, Any]:
    """Return the Parameters of a request for those blocks and no others."""
    return _parameters([_block("block", one) for one in blocks])


def request_from_fhir(body: object) -> tuple[Block, ...]:
    """Return the blocks asked for.

    Raises
    ------
    WireError
        It is no Parameters of blocks, or one of them is no time of a person, scanner or room.
    """
    return tuple(_block_of(one) for one in _named(body, "block"))


def leases_to_fhir(leases: Leases) -> dict[str, Any]:
    """Return the server's answer."""
    mine = [
        _block("mine", one.block, {"name": "granted", "valueDecimal": one.seq})
        for one in leases.mine
    ]
    others = [_block("others", one) for one in leases.others]
    return _parameters([{"name": "now", "valueInstant": instant(leases.at)}, *mine, *others])


def leases_from_fhir(body: object) -> Leases:
    """Return what the server answered.

    Raises
    ------
    WireError
        It is no answer to a request for leases.
    """
    clock = [one.get("valueInstant") for one in _named(body, "now")]
    if len(clock) != 1:
        raise WireError("the answer names no time")
    return Leases(
        moment(clock[0], "the server's time"),
        tuple(Granted(_block_of(one), _seq_of(one)) for one in _named(body, "mine")),
        tuple(_block_of(one) for one in _named(body, "others")),
    )


def _parameters(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": entries}


def _block(name: str, block: Block, *more: dict[str, Any]) -> dict[str, Any]:
    period = {"start": instant(block.starts), "end": instant(block.ends)}
    return {
        "name": name,
        "part": [
            {"name": "subject", "valueReference": {"reference": block.subject}},
            {"name": "period", "valuePeriod": period},
            *more,
        ],
    }


def _named(body: object, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(body, Mapping) or body.get("resourceType") != "Parameters":
        raise WireError("the body is no Parameters")
    return [one for one in listed(body, "parameter") if one.get("name") == name]


def _parts(entry: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(part.get("name")): part for part in listed(entry, "part")}


def _block_of(entry: Mapping[str, Any]) -> Block:
    parts = _parts(entry)
    reference = parts.get("subject", {}).get("valueReference")
    period = parts.get("period", {}).get("valuePeriod")
    if not isinstance(reference, Mapping) or not isinstance(period, Mapping):
        raise WireError("a block names no subject or no period")
    subject = str(reference.get("reference", ""))
    kind, _, ident = subject.partition("/")
    starts, ends = _time(period, "start"), _time(period, "end")
    if kind not in LEASED_TYPES or not 0 < len(ident) <= 64:
        raise WireError("a block is of no practitioner, scanner or room")
    if ends <= starts:
        raise WireError("a block does not end after its start")
    return Block(subject, starts, ends)


def _time(period: Mapping[str, Any], key: str) -> datetime:
    return moment(period.get(key), f"the {key} of a block")


def _seq_of(entry: Mapping[str, Any]) -> int:
    value = _parts(entry).get("granted", {}).get("valueDecimal")
    if type(value) is not int or value < 0:
        raise WireError("a granted block does not say since when")
    return value
