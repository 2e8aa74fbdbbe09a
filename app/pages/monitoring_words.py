"""Monitoring in words and as a table file; a percentage never stands without its count."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from app.records import ModelRelease, Scanner
from app.workflow.drift import FAR, FAR_REFUSED, FEWEST, REFUSED, RISK, Verdict
from app.workflow.drifting import ALL_SCANNERS, Collected, Compared, Drift
from app.workflow.monitoring import Overview, ReleaseReport
from app.workflow.rates import Share
from app.workflow.reading_figures import Readings

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
RULE = (
    f"Drift is suspected where a month of at least {FEWEST} series differs from the reference by"
    f" {100 * FAR:.0f} % or more (for refusals {100 * FAR_REFUSED:.0f} %) and chance alone would"
    f" do that in less than {100 * RISK:.0f} of 100 months, all comparisons of the month together."
)
_SCORES = {
    REFUSED: "share refused",
    "foreground": "share of the image that is head",
    "corners": "signal in the corners",
    "plane_cosine": "how straight the slices lie",
    "slice_distance_mm": "mm between slices",
    "pixel_mm": "pixel size in mm",
    "widest_mm": "largest extent in mm",
    "middle_mm": "middle extent in mm",
    "narrowest_mm": "smallest extent in mm",
    "covered_mm": "mm covered by the slices",
    "seen_slices": "slices looked at",
    "seen_head": "how sure: a head",
    "seen_mirrored": "how sure: mirrored",
    "seen_motion": "how sure: motion",
    "seen_noise": "how sure: noise",
    "seen_wrap": "how sure: folded in",
    "seen_turn_0": "how sure: upright",
    "seen_turn_1": "how sure: turned once",
    "seen_turn_2": "how sure: turned twice",
    "seen_turn_3": "how sure: turned thrice",
}
_SURE = {"seen_kind_": "how sure:", "seen_plane_": "how sure:"}
HEADER = ("part", "model", "version", "weights", "scanner", "device", "month", "what")
FIGURES = ("count", "of", "value", "low_95", "high_95", "reference", "distance", "p", "verdict")


def share_words(share: Share) -> str:
    """A share with its count and its interval: “23 of 120 (19 %, 13 to 27)”."""
    if share.value is None:
        return "none yet"
    low, high = share.interval
    value = f"{100 * share.value:.{0 if share.value >= 0.1 else 1}f}"
    return (
        f"{share.count:,} of {share.of:,} ({value} %, 95 % interval "
        f"{100 * low:.0f} to {100 * high:.0f})"
    )


def share_briefly(share: Share) -> str:
    """A share with its count, where the interval stands elsewhere."""
    if share.value is None:
        return "none yet"
    return f"{share.count:,} of {share.of:,} ({100 * share.value:.0f} %)"


def month_words(month: int) -> str:
    """Return 202603 as “Mar 2026”."""
    return f"{_MONTHS[month % 100 - 1]} {month // 100}"


def month_briefly(month: int) -> str:
    """Return 202603 as “3/26”."""
    return f"{month % 100}/{month // 100 % 100:02d}"


def release_words(release: ModelRelease) -> str:
    """Model and version; two builds of one version are told apart by their weights."""
    return f"{release.model} {release.version} · {release.weights_sha256[:8]}"


def scanner_words(scanner: Scanner | None) -> str:
    """Manufacturer, device and field."""
    if scanner is None:
        return "All scanners"
    name = " ".join(part for part in (scanner.manufacturer, scanner.device) if part)
    field = f"{scanner.field_t} T" if scanner.field_t else ""
    return ", ".join(part for part in (name, field) if part) or "Scanner not stated"


def scanner_briefly(scanner: Scanner) -> str:
    """Device and field, which tell scanners of one clinic apart; the whole where there is none."""
    return (
        scanner_words(replace(scanner, manufacturer=""))
        if scanner.device
        else scanner_words(scanner)
    )


def score_words(score: str) -> str:
    """Return what a gate's score says, in plain words."""
    if score in _SCORES:
        return _SCORES[score]
    for start, words in _SURE.items():
        if score.startswith(start):
            return f"{words} {score.removeprefix(start).replace('_', ' ')}"
    return score_name(score)


def score_name(score: str) -> str:
    """Return a gate's score by its name, for other programs."""
    return "share refused" if score == REFUSED else score.removesuffix("_mm").replace("_", " ")


def middle_words(score: str, value: float) -> str:
    """A median, or a share of refused series."""
    return f"{100 * value:.0f} %" if score == REFUSED else f"{value:.3g}"


def chance_words(p: float) -> str:
    """A p value; very small ones are not spelled out."""
    return "<0.0001" if p < 0.0001 else f"{p:.4f}" if p < 0.1 else f"{p:.2f}"


def drift_sentence(drift: Drift) -> tuple[str, str]:
    """What the newest compared month amounts to, and the tone of saying so."""
    if not drift.compared:
        return "Nothing is compared yet: " + collecting_words(drift.collected), ""
    month = drift.months[-1]
    newest = [one for one in drift.compared if one.cell.month == month]
    suspected = [one for one in newest if one.verdict is Verdict.SUSPECTED]
    if not suspected:
        return f"{month_words(month)}: no drift seen in {len(newest)} comparisons.", ""
    return (
        f"{month_words(month)}: drift suspected in {len(suspected)} of {len(newest)} comparisons.",
        "warning",
    )


def collecting_words(collected: Iterable[Collected]) -> str:
    """How far the reference of all scanners together is."""
    for one in collected:
        if one.scanner_id == ALL_SCANNERS and one.accepted < one.needed:
            return f"{one.accepted} of the {one.needed} accepted series of a reference are here."
        if one.scanner_id == ALL_SCANNERS:
            return f"the newest month has {one.newest_count} accepted series of at least {FEWEST}."
    return "no series has been analysed."


def csv_text(overview: Overview, drifts: Mapping[int, Drift]) -> str:
    """Everything on the page as one table, a figure a row, for other programs."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow((*HEADER, *FIGURES))
    writer.writerows(_reading_rows(overview.readings))
    names = {one.id: scanner_words(one) for one in overview.scanners}
    for report in overview.releases:
        rows = [*_report_rows(report)]
        found = drifts.get(report.release.id)
        rows += [_drift_row(report, one, names) for one in found.compared] if found else []
        writer.writerows([_harmless(str(cell)) for cell in row] for row in rows)
    return held.getvalue()


Row = tuple[object, ...]


def _reading_rows(given: Readings) -> Iterator[Row]:
    """How studies were read, of all models together."""
    for one in given.modes:
        head = ("reading", "", "", "", "", "", "")
        yield (*head, f"studies read {one.mode.value}", one.times.count)
        for what, seconds in (("median", one.times.median_s), ("p95", one.times.p95_s)):
            words = f"{what} seconds to signature, {one.mode.value}"
            yield (*head, words, one.times.count, "", f"{seconds:.0f}")
    for what, share in (
        ("mind changed", given.changed),
        ("mind changed, confidence 1 to 3", given.unsure_changed),
    ):
        yield ("reading", "", "", "", "", "", "", what, *_share(share))
    for what, count in (("to a lesion", given.to_lesion), ("to none", given.from_lesion)):
        yield ("reading", "", "", "", "", "", "", f"mind changed {what}", count)


def _report_rows(report: ReleaseReport) -> Iterator[Row]:
    who, given = _who(report), report.agreement
    plain = (
        *(("runs", outcome, count) for outcome, count in sorted(report.outcomes.items())),
        ("findings", "accepted", given.accepted),
        ("findings", "edited", given.edited),
        ("findings", "rejected", given.rejected),
        ("findings", "waiting", given.waiting),
        *(("refusals", reason, count) for reason, count in report.reasons),
        *(
            ("rejections", reason or "no reason", count)
            for reason, count in sorted(report.rejections.items())
        ),
        ("outlines", "corrected", len(report.corrected_dice)),
    )
    for part, what, count in plain:
        yield (part, *who, "", "", "", what, count)
    for what, share in (
        ("overridden", given.overridden),
        ("missed by the model", given.missed_share),
        ("added where nothing was suspected", given.added_where_quiet),
        ("refused", report.refused),
    ):
        yield ("agreement" if what != "refused" else "runs", *who, "", "", "", what, *_share(share))
    for month in report.months:
        for what, share in (("overridden", month.overridden), ("refused", month.refused)):
            yield ("months", *who, "", "", month.month, what, *_share(share))
    for one in report.durations:
        for what, seconds in (("median seconds", one.median_s), ("p95 seconds", one.p95_s)):
            yield ("times", *who, "", one.device, "", what, one.count, "", f"{seconds:.3f}")


def _drift_row(report: ReleaseReport, one: Compared, names: Mapping[int, str]) -> Row:
    cell = one.cell
    scanner = names.get(cell.scanner_id, scanner_words(None))
    figures = (f"{cell.middle:.6g}", "", "", f"{cell.reference_middle:.6g}")
    found = (f"{cell.distance:.4f}", f"{cell.p:.3g}", one.verdict.value)
    head = ("drift", *_who(report), scanner, "", cell.month, score_name(cell.score))
    return (*head, cell.count, cell.reference_count, *figures, *found)


def _who(report: ReleaseReport) -> tuple[str, str, str]:
    release = report.release
    return release.model, release.version, release.weights_sha256


def _share(share: Share) -> tuple[object, ...]:
    if share.value is None:
        return share.count, share.of
    low, high = share.interval
    return share.count, share.of, f"{share.value:.4f}", f"{low:.4f}", f"{high:.4f}"


def _harmless(text: str) -> str:
    """A cell which no spreadsheet takes for a formula: scanners name themselves in headers."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
