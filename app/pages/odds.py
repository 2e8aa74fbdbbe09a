"""How far a suggestion can be trusted, in words that name what was wrong, not what was felt.

Reader studies say that a high number raises trust whether it is right or not (the house's
viewer plan, 5.3), so a row says how many cases like this one were wrong in the model's own test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.pages.calibration import Bin, Calibration, Reliability, calibration_of, interval_of
from app.workflow.rates import Share
from inference.records import Finding, ModelCard, Run

FEWEST_CASES = 20
TOO_FEW = "too few cases like this to say how often wrong"
TYPE_UNCERTAIN = "type uncertain"
_SENSITIVITY = {
    "sensitivity": "it found {} of 100 lesions{}",
    "lesion_hit_kept": "the same rules kept the lesion on {} of 100 slices that held one{}",
}
NOT_NORMAL = "This is not the same as normal."


@dataclass(frozen=True, slots=True)
class Grounds:
    """The model's card and which weights each run had: a card speaks for its own weights only.

    ``own_runs`` are those of a clinic's own models, whose probabilities nobody here calibrated.
    """

    card: ModelCard | None = None
    weights_of_run: Mapping[str, str] = field(default_factory=dict)
    own_runs: frozenset[str] = frozenset()

    def calibration(self, finding: Finding) -> Calibration | None:
        """Return what was measured for the weights that made this finding, or None."""
        if self.card is None or finding.run_id in self.own_runs:
            return None
        made_by = self.weights_of_run.get(finding.run_id)
        return calibration_of(self.card) if made_by == self.card.weights_sha256 else None


def grounds(card: ModelCard | None, runs: Iterable[Run]) -> Grounds:
    """Return what there is to go by for the findings of these runs."""
    known = tuple(runs)
    own = frozenset(one.id for one in known if one.own_model)
    return Grounds(card, {one.id: one.weights_sha256 for one in known}, own)


def trust_line(finding: Finding, known: Grounds) -> str:
    """How far to trust a finding: the last line of its row."""
    if finding.probability is None:
        return "added by the reader"
    return "  ·  ".join(part for part in (_type(finding, known), _wrong(finding, known)) if part)


def trust_explained(finding: Finding, known: Grounds) -> str:
    """The same with its counts and what it does not mean, for the tooltip."""
    if finding.probability is None:
        return "Added by the reader; the model did not suggest it."
    if finding.run_id in known.own_runs:
        return (
            f"Probability {finding.probability:.2f} as the clinic's own model gives it, not"
            " calibrated: it is no share of cases like this. How often such a finding is wrong"
            " was not measured here."
        )
    calibration = known.calibration(finding)
    lines = [f"Calibrated probability {finding.probability:.2f}."]
    lesion = calibration.lesion if calibration else None
    lines.append(_counted("That it is a lesion", lesion, finding.probability))
    top = max((share for _, share in finding.kinds), default=None)
    if top is not None:
        lines.append(_counted("The type", calibration.kind if calibration else None, top))
        shares = ", ".join(f"{name} {share:.2f}" for name, share in finding.kinds)
        lines.append(f"Types: {shares}.")
    lines.append(
        "It ranks this suggestion among others. It is not the chance that the patient has a"
        " tumour: see the model's card."
    )
    return "\n".join(lines)


def nothing_suspected(run: Run, card: ModelCard | None) -> str:
    """What “nothing suspected” is worth: always with the model's measured sensitivity.

    Where the card is another one's, what the run itself noted at the time stands.
    """
    said = f"Nothing suspected by {run.model} {run.version}."
    if card is None or card.weights_sha256 != run.weights_sha256:
        return run.reason or f"{said} How much it finds is not at hand here. {NOT_NORMAL}"
    words = sensitivity_words(card)
    if not words:
        return run.reason or f"{said} How much it finds is not measured. {NOT_NORMAL}"
    return f"{said} In its own test {words}. {NOT_NORMAL}"


def quiet_explained(card: ModelCard) -> str:
    """What “no lesion suspected” in a list is worth, by the card of the model that ships."""
    words = sensitivity_words(card) or "how much it finds is not measured"
    return f"{card.name} {card.version}: in its own test {words}. {NOT_NORMAL}"


def sensitivity_words(card: ModelCard) -> str:
    """How many lesions a model found in its own test, or "" where its card does not say."""
    name = next((one for one in _SENSITIVITY if one in card.performance), "")
    if not name:
        return ""
    found, measured = 100 * card.performance[name], interval_of(card.performance, name)
    ends = (
        f" (95 % interval {100 * measured.low:.0f} to {100 * measured.high:.0f})"
        if measured
        else ""
    )
    return _SENSITIVITY[name].format(f"{found:.0f}", ends)


def wrong_words(measured: Reliability, one: Bin) -> str:
    """“like this, n of 100 were wrong”, or that there were too few to say."""
    if one.count < FEWEST_CASES:
        return TOO_FEW
    if round((1 - one.accuracy) * one.count) == 0:
        return f"like this, none of {one.count:,} was wrong"
    wrong = round(100 * measured.wrong_of(one))
    if wrong == 0:
        return "like this, fewer than 1 of 100 was wrong"
    return f"like this, {wrong} of 100 {'was' if wrong == 1 else 'were'} wrong"


def _wrong(finding: Finding, known: Grounds) -> str:
    probability = finding.probability or 0.0
    if finding.run_id in known.own_runs:
        return f"own model, uncalibrated {probability:.2f}, errors not measured"
    calibration = known.calibration(finding)
    if calibration is None or calibration.lesion is None:
        return f"probability {probability:.2f}, not measured how often wrong"
    here = calibration.lesion.bin_of(probability)
    return wrong_words(calibration.lesion, here) if here else TOO_FEW


def _type(finding: Finding, known: Grounds) -> str:
    calibration = known.calibration(finding)
    if calibration is None or calibration.abstention is None:
        return ""
    return TYPE_UNCERTAIN if calibration.abstention.leaves_open(finding.kinds) else ""


def _counted(what: str, measured: Reliability | None, probability: float) -> str:
    if measured is None:
        return f"{what}: how often wrong is not measured for the weights that made this."
    here = measured.bin_of(probability)
    if here is None or here.count < FEWEST_CASES:
        cases = here.count if here else 0
        return f"{what}: only {cases} cases like this in the model's test, too few to say."
    wrong = Share(round((1 - here.accuracy) * here.count), here.count)
    low, high = wrong.interval
    told = (
        f"{what}: wrong in {wrong.count} of {wrong.of} cases like this in the model's test"
        f" (95 % interval {100 * low:.1f} to {100 * high:.1f} of 100)."
    )
    if measured.even_odds:
        told += (
            f" {100 * measured.share_right:.0f} of 100 cases of the test were lesions; weighed to"
            f" even odds {100 * measured.wrong_of(here):.1f} of 100 like this were wrong."
        )
    return told
