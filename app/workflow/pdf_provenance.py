"""The last page of a printed report: versions, signatures, models, and which words are whose."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, PageBreak, Spacer

from app.workflow.pdf_style import LINE, paragraph
from app.workflow.seal import signatures_of
from assistant.records import Fate, Proposal, Provenance, Report, Section

STATUS_WORDS = {
    "partial": "draft, not signed",
    "preliminary": "preliminary, waits for a co-signature",
    "final": "final",
    "amended": "final, amended",
    "corrected": "final, corrected",
    "appended": "final, with an addendum",
    "entered-in-error": "entered in error",
}
_FATES = {
    Fate.UNREAD: "not accepted yet",
    Fate.ACCEPTED: "accepted unchanged",
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def provenance_page(versions: tuple[Report, ...], zone: str) -> list[Flowable]:
    """Return where the report comes from, as the page after its words."""
    report = versions[-1]
    told: list[Flowable] = [PageBreak(), paragraph("Where this report comes from", "title")]
    told += _part("Versions and signatures", _version_lines(versions, zone))
    told += _part("Machine assistance", _machine_lines(report))
    told += _part("Words that came from the machine", _word_lines(report.sections))
    told += _part("Images the report was signed on", _image_lines(report))
    return told


def local(moment: datetime, zone: str) -> str:
    """Return a moment in the clinic's zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %Z")


def machine_sentences(section: Section) -> tuple[str, ...]:
    """Return the sentences of a section that came from the machine, and what the reader made of it.

    In reports from before that was kept: those that the machine's draft had, word for word.
    """
    if section.proposals is not None:
        return tuple(_told(one) for one in section.proposals if one.text)
    proposed = set(_sentences(section.machine_text))
    return tuple(f"“{one}”" for one in _sentences(section.text) if one in proposed)


def _told(one: Proposal) -> str:
    if one.fate is Fate.EDITED:
        return f"“{one.text}”, edited by the reader; the machine had written “{one.proposed}”"
    return f"“{one.text}”, {_FATES[one.fate]}"


def _part(title: str, lines: list[str]) -> list[Flowable]:
    return [
        paragraph(title, "heading"),
        *(paragraph(line, "small") for line in lines),
        Spacer(0, 2 * mm),
        HRFlowable(width="100%", thickness=0.4, color=LINE),
    ]


def _version_lines(versions: tuple[Report, ...], zone: str) -> list[str]:
    lines = []
    for version in versions:
        head = f"Version {version.version}: {STATUS_WORDS[version.status.value]}."
        lines.append(f"{head} Reason: {version.reason}" if version.reason else head)
        for signature in signatures_of(version):
            when = local(signature.signed_at, zone)
            lines.append(f"Signed by {signature.signer_name} on {when}. {signature.meaning}")
            lines.append(
                f"Digest (SHA-256) {signature.digest}. Signature (Ed25519) {signature.value}."
                f" Public key {signature.public_key}."
            )
        if version.signature is None:
            lines.append("DRAFT. Nobody has signed this version.")
    return lines


def _machine_lines(report: Report) -> list[str]:
    lines = [line for run in report.provenance for line in _run_lines(run)]
    if report.seen is not None and report.seen.read_mode:
        shown = report.seen.revealed_at
        when = f", shown {shown:%Y-%m-%d %H:%M} UTC" if shown else ""
        lines.append(f"How the model's findings were read: {report.seen.read_mode}{when}.")
        if (first := report.seen.first_impression) is not None:
            held = "a lesion" if first.lesion else "no lesion"
            after = "changed" if report.seen.changed_mind else "kept"
            lines.append(
                f"Reader's first impression, before the model's: {held}, confidence"
                f" {first.confidence} of 5; {after} in the end."
            )
    if report.template_id:
        lines.append(f"Template {report.template_id}, version {report.template_version}.")
    return lines or ["No model took part in this report."]


def _run_lines(run: Provenance) -> list[str]:
    own = " (a clinic's own model, uncalibrated)" if run.own_model else ""
    lines = [f"{run.model} {run.version}{own}, weights SHA-256 {run.weights_sha256}."]
    if run.outcome:
        lines.append(f"Outcome: {run.outcome}. {run.reason}".strip())
    for title, scores in (
        ("Input check", run.gate),
        ("Thresholds", run.thresholds),
        ("Faithfulness of the heat map", run.faithfulness),
    ):
        if scores:
            told = ", ".join(f"{name} {value:.3g}" for name, value in sorted(scores.items()))
            lines.append(f"{title}: {told}.")
    lines += [f"Caution: {caution}" for caution in run.cautions]
    return lines


def _word_lines(sections: tuple[Section, ...]) -> list[str]:
    lines = [
        f"{section.title}: {sentence}"
        for section in sections
        for sentence in machine_sentences(section)
    ]
    return lines or ["No sentence of this report was taken over from the machine's draft."]


def _image_lines(report: Report) -> list[str]:
    lines = [f"Study {report.study_uid}."]
    if report.seen is None:
        return [*lines, "This version was signed before images were part of what is signed."]
    lines += [
        f"Series {one.uid} ({one.description or 'no description'}), SHA-256 {one.pixels_sha256}."
        for one in report.seen.series
    ]
    lines += [f"Outlines on {one.series_uid}, SHA-256 {one.sha256}." for one in report.seen.masks]
    lines += [
        f"Key image on {one.series_uid}, SHA-256 {one.sha256}." for one in report.seen.key_images
    ]
    lines += [
        f"{one.kind.value.capitalize()} drawn on {one.series_uid}."
        for one in (report.seen.annotations)
    ]
    return lines


def _sentences(text: str) -> list[str]:
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()]
