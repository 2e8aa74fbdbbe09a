"""Whose key a signature is by: the signer's account here, or what the server brought.

A seal shows that a report is as it was signed; it does not show by whom, for whoever re-signs a
changed report brings a key along. So the key must be one this workstation knows the signer by.
A doctor who works at two workstations has an account, and a key, at each: the other one's is
remembered when its first report arrives from the server.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

from app.errors import TamperedReportError
from app.storage.work import Work
from app.workflow.seal import check_seal
from assistant.records import Report


def check_signed(work: Work, report: Report) -> None:
    """Check the seal, and that its key is one of the signer's.

    Raises
    ------
    TamperedReportError
        The report was changed after it was signed, or signed again by somebody else.
    """
    check_seal(report)
    signature = report.signature
    if signature is None:
        return
    known = _keys_of_accounts(work, signature.signer_id) | _remembered(work, signature.signer_id)
    if known and signature.public_key not in known:
        raise TamperedReportError(
            "This report carries the name of somebody who did not sign it. Do not rely on it;"
            " tell the administrator."
        )


def check_chain(work: Work, versions: Sequence[Report]) -> None:
    """Check every version, oldest first, and that each names the one before it.

    Raises
    ------
    TamperedReportError
        One was changed, signed by somebody else, or follows another version than it says.
    """
    for version in versions:
        check_signed(work, version)
    for before, after in pairwise(versions):
        if before.signature is None or after.version != before.version + 1:
            continue
        if after.previous_digest != before.signature.digest:
            raise TamperedReportError("An addendum does not follow the version it was added to.")


def signed_here(work: Work, report: Report) -> bool:
    """Whether a report was signed by an account of this workstation, whose key no other has."""
    signature = report.signature
    if signature is None:
        return False
    return signature.public_key in _keys_of_accounts(work, signature.signer_id)


def remember_key(work: Work, report: Report) -> None:
    """Keep the key of a report that came from the server; note one new for a known signer."""
    signature = report.signature
    if signature is None:
        return
    known = _remembered(work, signature.signer_id)
    if signature.public_key in known | _keys_of_accounts(work, signature.signer_id):
        return
    keys = json.dumps(sorted(known | {signature.public_key}))
    work.settings.put(_setting(signature.signer_id), keys)
    work.note("signer.key-learnt", signature.signer_id, detail=signature.public_key[:16])


def _keys_of_accounts(work: Work, signer_id: str) -> frozenset[str]:
    return frozenset(
        account.public_key
        for account in work.accounts.all()
        if signer_id in {account.practitioner_id, account.id} and account.public_key
    )


def _remembered(work: Work, signer_id: str) -> frozenset[str]:
    return frozenset(json.loads(work.settings.get(_setting(signer_id)) or "[]"))


def _setting(signer_id: str) -> str:
    return f"signer-keys:{signer_id}"
