"""Who signed a report and when, as a sentence that cites the signature."""

from __future__ import annotations

from assistant.drafting.plain_words import PlainWords
from assistant.records import Citation, Report, Sentence, Signature

SIGNATURE = "Signature"


def signed_by(report: Report, words: PlainWords) -> Sentence:
    """The signer's name and the day (UTC) of a signed report; ValueError if it is not signed."""
    if report.signature is None:
        raise ValueError("an unsigned report has no signer")
    day = words.day(report.signature.signed_at.date().isoformat())
    text = words.answer["signed"].format(name=report.signature.signer_name, date=day)
    return Sentence(text, (Citation(f"report:{SIGNATURE}", signature_line(report.signature)),))


def signature_line(signature: Signature) -> str:
    """The signature as it is cited: the name and the day in ISO form."""
    return f"{signature.signer_name}, {signature.signed_at.date().isoformat()}"
