"""The geometry score: series whose truth is known, read by us and by others, one table.

``python -m tests.bench.geometry`` writes the series of tests/viewer/dicom/geometry_series.py and
lets each reader read each of them in a process of its own. Figures are the largest distance, in
mm, of a slice's corner from where that slice's own header puts it.

The rules, the same for all:

- A corner is found by its value, which no other pixel of the series has, wherever the reader put
  it; its voxel index goes through the reader's own affine (or, for VTK, the best one its caller
  can build from the reader's answers: orientation, position and spacing). Flips and other axis
  orders cost nothing as long as the affine knows of them.
- A series may come as one volume or as several; every volume is looked at, and a corner found in
  two counts where it is worse. A corner found nowhere is lost, which is an error without measure.
- ``ok``: all corners there and at most 0.001 mm off. 1 point.
- ``refused``: the reader gives no volume, or dies. 1 point: nobody is misled.
- ``warned``: it gives a volume and says on its output that something about slices, spacing,
  position, order or orientation is odd; whatever it says counts. 1 point. Ours says it in the
  geometry verdict of the series: ``regularised`` stands for resampled to a regular grid, with the
  error of the resampled values on a linear ramp turned into mm; without millimetres it is refused.
- ``SILENT``: it gives a volume with corners off or lost and says nothing. 0 points.

Where no spacing is known (a single slice, no pixel spacing) there is no truth in mm to the last
figure: giving the pixels with millimetres nobody stated, without a word, is SILENT; a single slice
has true corners, so reading it is ok as long as these are right.

Readers: SimpleITK ImageSeriesReader; dcm2niix with its NIfTI read by nibabel; vtkDICOMImageReader;
nibabel's own nibabel.nicom.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.geometry_peers import ABSENT, PEERS
from tests.viewer.dicom.geometry_series import RECIPES, Recipe, Truth, write
from tests.viewer.dicom.placing import Placed, corner_placement, ramp_error, ramp_mm
from viewer.dicom.scan import scan
from viewer.geometry.gate import EXACT_MM
from viewer.records import GeometryKind

OURS = "ours"
_SECONDS = 60
_NONSENSE_MM = 1000.0
_SAYS = re.compile(
    r"warning|error|unable|non.?uniform|missing|inconsistent|conflict", re.IGNORECASE
)
_ABOUT = re.compile(
    r"slice|distance|spac|orient|position|order|stack|gantry|tilt|sampling|volume|dimension|pixdim"
    r"|mosaic|series|duplicate|instance|image number",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reader made of one series."""

    word: str
    worst_mm: float | None
    lost: int = 0

    @property
    def points(self) -> int:
        return int(self.word not in ("SILENT", "absent"))

    @property
    def cell(self) -> str:
        if self.worst_mm is None:
            return self.word
        lost = f" {self.lost} lost" if self.lost else ""
        size = "> 1000" if self.worst_mm > _NONSENSE_MM else f"{max(self.worst_mm, 0.0):.3f}"
        return f"{size}{lost} {self.word}"


def judge_ours(recipe: Recipe, folder: Path, truth: Truth) -> Verdict:
    """Read by the product's own scan, in its reading process."""
    found = scan([folder], lambda _fraction, _text: None).series
    kinds = {series.volume.geometry.kind for series in found}
    if not found or GeometryKind.UNKNOWN in kinds:
        return Verdict("refused", None)
    if GeometryKind.REGULARISED in kinds:
        sloped = folder.with_name(f"{folder.name} ramp")
        truth = write(recipe, sloped, "ramp")
        volume = scan([sloped], lambda _fraction, _text: None).series[0].volume
        error, _ = ramp_error((volume.voxels, volume.affine), truth)
        return Verdict("warned", ramp_mm(error))
    return judge([(series.volume.voxels, series.volume.affine) for series in found], truth, said="")


def judge_peer(peer: str, folder: Path, work: Path, truth: Truth) -> Verdict:
    """Read by a peer in a process of its own; a crash or a hang is a refusal."""
    work.mkdir()
    command = [sys.executable, "-m", "tests.bench.geometry_peers", peer, str(folder), str(work)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Verdict("refused", None)
    if done.returncode == ABSENT:
        return Verdict("absent", None)
    result = work / "volumes.npz"
    if done.returncode or not result.exists():
        return Verdict("refused", None)
    with np.load(result) as arrays:
        volumes = [
            (arrays[f"voxels{number}"], arrays[f"affine{number}"])
            for number in range(int(arrays["count"]))
        ]
    return judge(volumes, truth, said=done.stdout + done.stderr)


def judge(volumes: Sequence[Placed], truth: Truth, said: str) -> Verdict:
    """The verdict on the volumes a reader gave and on what it said meanwhile."""
    if not volumes:
        return Verdict("refused", None)
    placement = corner_placement(volumes, truth)
    wrong = placement.worst_mm > EXACT_MM or placement.lost
    if not wrong and truth.name != "no pixel spacing":
        return Verdict("ok", placement.worst_mm)
    word = "warned" if warns(said) else "SILENT"
    stated = truth.expected != "unknown" or truth.name == "single slice"
    return Verdict(word, placement.worst_mm if stated else None, placement.lost)


def warns(said: str) -> bool:
    """Whether any line says that something about the geometry is odd."""
    return any(_SAYS.search(line) and _ABOUT.search(line) for line in said.splitlines())


def table(verdicts: dict[str, dict[str, Verdict]]) -> str:
    """The verdicts by series and reader as a Markdown table with a score line."""
    readers = [OURS, *PEERS]
    lines = ["| series | " + " | ".join(readers) + " |", "|---" * (len(readers) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(row[reader].cell for reader in readers) + " |"
        for name, row in verdicts.items()
    ]
    scores = [sum(row[reader].points for row in verdicts.values()) for reader in readers]
    words = [[row[reader].word for row in verdicts.values()] for reader in readers]
    silent = [own.count("SILENT") for own in words]
    lines.append("| **score** | " + " | ".join(f"{s}/{len(verdicts)}" for s in scores) + " |")
    lines.append("| **silent errors** | " + " | ".join(str(count) for count in silent) + " |")
    return "\n".join(lines)


def main() -> None:
    verdicts: dict[str, dict[str, Verdict]] = {}
    with tempfile.TemporaryDirectory() as place:
        for recipe in RECIPES:
            folder = Path(place) / recipe.name
            truth = write(recipe, folder)
            row = {OURS: judge_ours(recipe, folder, truth)}
            for peer in PEERS:
                work = Path(place) / f"{recipe.name} {peer}"
                row[peer] = judge_peer(peer, folder, work, truth)
            verdicts[recipe.name] = row
    print("Largest corner error in mm and verdict; see tests/bench/geometry.py for the rules.\n")  # noqa: T201
    print(table(verdicts))  # noqa: T201


if __name__ == "__main__":
    main()
