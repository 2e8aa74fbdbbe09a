"""The shipped model's figures, computed again from its weights and printed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from inference.explain.figures import table
from inference.models.cards import shipped_folder
from inference.training import figures
from inference.training.agreement import compared
from inference.training.crossval import cross_validate
from inference.training.external import VolumeScore, external_scores
from inference.training.fit import LENS
from inference.training.heat_maps import measure_heat_maps
from inference.training.publish import SCALES, fit_settings, networks
from inference.training.slices import TYPE_VALUES

_log = logging.getLogger(__name__)


def evaluate(data: Path) -> None:
    """Print cross-validated and external figures of the shipped tumour model.

    Says where a figure differs from the card's by more than 0.002.
    """
    folder = shipped_folder()
    members = networks(folder)
    folds = cross_validate(members, data / "cheng_t1ce", LENS, SCALES, _log.info)
    _, performance, calibration = fit_settings(folds)
    heat = measure_heat_maps(members, data / "cheng_t1ce", LENS)
    scores, external = external_scores(folder, data / "pgbm_nifti")
    performance |= external
    _print_cross_validated(performance, calibration)
    _print_external(scores, external)
    _say(f"\nHeat maps on {heat['slices']} held-out slices, against two baselines")
    for line in table(heat["methods"]):
        _say(f"  {line}")
    _say("\n" + compared(figures.rounded(performance), folder))


def _say(text: str = "") -> None:
    print(text)  # noqa: T201 - this is what the command is for


def _interval(values: dict[str, Any], name: str) -> str:
    return f"{values[name]:.3f} [{values[f'{name}_low']:.3f}, {values[f'{name}_high']:.3f}]"


def _print_cross_validated(found: dict[str, float], calibration: dict[str, Any]) -> None:
    _say(
        f"\nCross-validated on the author's patient-wise folds: {found['slices']:.0f} slices, "
        "leaked pairs dropped;\neach slice seen by the member that never saw its fold; 95 % "
        "t-intervals over five folds"
    )
    _say(f"  type accuracy            {_interval(found, 'type_accuracy')}")
    _say(f"  Dice, mean               {_interval(found, 'dice_mean')}")
    _say(
        f"  Dice, median [IQR]       {found['dice_median']:.3f} "
        f"[{found['dice_q1']:.3f}, {found['dice_q3']:.3f}]"
    )
    _say(f"  lesion touched           {_interval(found, 'lesion_hit')}")
    for name in TYPE_VALUES:
        _say(f"  {name}")
        _say(f"    sensitivity            {_interval(found, f'sensitivity_{name}')}")
        _say(f"    AUROC                  {_interval(found, f'auroc_{name}')}")
        _say(f"    lesion touched         {_interval(found, f'lesion_hit_{name}')}")
        _say(f"    Dice, mean             {_interval(found, f'dice_mean_{name}')}")
        _say(
            f"    Dice, median [IQR]     {found[f'dice_{name}_median']:.3f} "
            f"[{found[f'dice_{name}_q1']:.3f}, {found[f'dice_{name}_q3']:.3f}]"
        )
    for name, words in (("ece_before", "before"), ("ece_after", "after ")):
        value, low, high = calibration["type"][name]
        _say(f"  ECE of the type, {words}  {value:.3f} [{low:.3f}, {high:.3f}] (bootstrap)")
    value, low, high = calibration["lesion"]["ece_after"]
    _say(f"  ECE of the lesion        {value:.3f} [{low:.3f}, {high:.3f}] (even odds, bootstrap)")
    kept = calibration["abstention"]
    _say(
        f"  abstention               named {kept['share_named']:.3f}, right of those "
        f"{kept['accuracy_kept']:.3f}, sets hold the truth {kept['coverage']:.3f}"
    )
    _say(
        f"  after the size and probability rules: lesion kept on {found['lesion_hit_kept']:.3f} "
        f"of slices,\n  a false region on {found['slices_with_false_region']:.3f} "
        f"(before the rules {found['slices_with_false_region_raw']:.3f})"
    )


def _print_external(scores: list[VolumeScore], summary: dict[str, float]) -> None:
    _say(
        "\nExternal: glioblastoma after surgery, another hospital, masks of enhancement only (the "
        "model\noutlines the whole mass), patients never trained on"
    )
    _say("  volume   found  type            Dice   covered  findings  false  clear slices flagged")
    for one in scores:
        _say(
            f"  {one.name:8} {'yes' if one.hit else 'NO ':5}  {one.kind:14}  {one.dice:.3f}  "
            f"{one.recall:.3f}    {one.findings:<8}  {one.false_findings:<5}  "
            f"{one.kept_flagged} of {one.clear_slices}"
        )
    for name, value in summary.items():
        _say(f"  {name:38} {value:.3f}")
