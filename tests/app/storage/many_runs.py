"""A clinic's years of analyses, made up: runs with their gate's scores, findings, decisions."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from app.storage.codec import instant

SCANNERS = (
    ("SIEMENS", "Skyra", "2.8936"),
    ("Siemens Healthineers", "Aera", "1.494"),
    ("GE MEDICAL SYSTEMS", "Signa HDxt", "1.5"),
    ("Philips Medical Systems", "Ingenia", "3"),
    ("Philips", "Achieva", "15000"),
)
SCORES = (
    *("head", "t1_contrast", "t1", "t2", "flair", "dwi", "artefact", "upright", "foreground"),
    *("corners", "plane_cosine", "slice_distance_mm", "pixel_mm", "widest_mm", "middle_mm"),
)
REASONS = (
    "Not analysed, because this is a T2 series; the model was trained on T1 after contrast.",
    "Not analysed, because it has fewer than 8 slices.",
    "Not analysed, because nothing says that a contrast agent was given.",
    "Not analysed reliably: 7 scattered regions were marked, which means mistakes.",
)
_FIRST = datetime(2021, 1, 1, tzinfo=UTC)
_MAP = {"method": "Grad-CAM", "layer": "last", "native_grid": [24, 24], "map_file": "m"}
_STATUSES = ("accepted", "accepted", "accepted", "edited", "rejected", "suggested")


def fill(connection: Connection, runs: int, *, months: int = 60, seed: int = 4) -> None:
    """Write so many runs over so many months, each on a study of its own, as the shelves would."""
    dice = random.Random(seed)
    connection.execute(text("INSERT INTO patient VALUES ('p','N','M',NULL,'','','','')"))
    step = timedelta(days=30.4 * months) / runs
    for start in range(0, runs, 5_000):
        some = range(start, min(start + 5_000, runs))
        made = [_one(number, _FIRST + number * step, number * 4 // runs, dice) for number in some]
        connection.execute(_STUDY, [row for row, _ in made])
        connection.execute(_SERIES, [row for row, _ in made])
        connection.execute(_RUN, [row for row, _ in made])
        findings = [found for _, found in made if found]
        connection.execute(_FINDING, findings)


def _one(
    number: int, at: datetime, release: int, dice: random.Random
) -> tuple[dict[str, object], dict[str, object] | None]:
    maker, device, field = dice.choice(SCANNERS)
    physics = {"Manufacturer": maker, "ManufacturerModelName": device}
    outcome = dice.choices(("findings", "nothing-suspected", "not-analysed"), (6, 2, 2))[0]
    refused = outcome == "not-analysed"
    scores = {name: round(dice.gauss(0.8, 0.1), 6) for name in SCORES}
    row: dict[str, object] = {
        "uid": f"1.2.{number}",
        "run": f"{dice.getrandbits(128):032x}",
        "at": instant(at),
        "physics": json.dumps({**physics, "MagneticFieldStrength": field}),
        "version": f"0.{release}.0",
        "weights": f"{release:064x}",
        "seconds": round(dice.lognormvariate(2.5, 0.4), 3),
        "outcome": outcome,
        "reason": dice.choice(REASONS) if refused else "",
        "gate": json.dumps(scores),
        "attribution": json.dumps({**_MAP, "faithfulness": scores}),
    }
    if outcome != "findings":
        return row, None
    return row, {**row, "status": dice.choice(_STATUSES), "probability": dice.random()}


_STUDY = text("INSERT INTO study VALUES (:uid,'p',:at,'MRI head','2021-01-01','','MR',0)")
_SERIES = text("""INSERT INTO series (uid, study_uid, description, modality, number, shape,
    spacing_mm, dtype, affine, geometry, physics, pixel_file, header_file)
    VALUES (:uid || '.1', :uid, 'T1', 'MR', 1, '[160,256,256]', '[1,1,1]', 'uint16',
    '[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]', '{}', :physics, :run, :run)""")
_RUN = text("""INSERT INTO run (id, study_uid, series_uid, model, version, weights_sha256, device,
    started_at, seconds, outcome, reason, gate, label_file, attribution)
    VALUES (:run, :uid, :uid || '.1', 'tumour-t1ce', :version, :weights, 'CPU', :at, :seconds,
    :outcome, :reason, :gate, :run, :attribution)""")
_FINDING = text("""INSERT INTO finding (id, study_uid, series_uid, code, label, status, centre_mm,
    slice_index, side, place, measurements, probability, kinds, run_id, label_value, note)
    VALUES (:run || '.1', :uid, :uid || '.1', 'lesion', 'Enhancing lesion', :status, '[0,0,0]', 1,
    'left', 'frontal', '[]', :probability, '[]', :run, 1, '')""")
