"""A big clinic's worklist, made up: patients with several studies, runs, findings, reports."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from app.storage.codec import instant

FAMILIES = (
    *("Müller", "Schmidt", "O'Brien", "García López", "Nguyen", "van der Berg", "Åkesson"),
    *("Martin", "Bernard", "Dubois", "Smith-Jones", "Kowalski", "Şahin", "Øster", "Ivanova"),
    *("Hernandez", "Rossi", "Mensah", "Adeyemi", "Tanaka", "Li", "Wang", "Silva", "Costa"),
)
GIVEN = (
    *("Maria", "Jean", "Anna", "José", "Zoë", "Paul", "Iris", "Mohammed", "Chloé", "Marta"),
    *("Peter", "Ida", "Noah", "Olivia", "Emma", "Liam", "Ava", "Lucas", "Mia", "Hugo"),
)
STUDIES = (
    *("MRI brain with contrast", "MRI brain", "MRI head follow-up", "Cerebral MRI, tumour"),
    *("MRI pituitary", "MR angiography", "MRI brain, multiple sclerosis", "Epilepsy protocol"),
)
_FIRST = datetime(2021, 1, 1, tzinfo=UTC)
_REFUSED = "Not analysed, because this is a T2 series; the model was trained on T1 after contrast."


def fill(connection: Connection, studies: int, *, seed: int = 5) -> None:
    """Write so many studies over five years; most of the older ones are signed and released."""
    dice = random.Random(seed)
    patients = max(1, studies * 2 // 5)
    connection.execute(_PATIENT, [_patient(number, dice) for number in range(patients)])
    step = timedelta(days=5 * 365) / studies
    for start in range(0, studies, 5_000):
        made = [
            _study(number, studies, _FIRST + number * step, patients, dice)
            for number in range(start, min(start + 5_000, studies))
        ]
        connection.execute(_STUDY, made)
        connection.execute(_SERIES, made)
        for statement, key in (
            (_RUN, "outcome"),
            (_FINDING, "finding"),
            (_REPORT, "report"),
            (_RELEASE, "released"),
        ):
            if some := [one for one in made if one[key]]:
                connection.execute(statement, some)


def _patient(number: int, dice: random.Random) -> dict[str, object]:
    unlike = "".join(dice.choices("abcdefghijklmnoprstuvz", k=6)).title()
    family = dice.choice((*FAMILIES, unlike, unlike))
    return {
        "id": f"p{number}",
        "name": f"{family}^{dice.choice(GIVEN)}^{dice.choice((*GIVEN, ''))}".strip("^"),
        "mrn": f"MRN-{number:07d}",
        "born": f"{dice.randrange(1930, 2020)}-{dice.randrange(1, 13):02d}-03",
        "sex": dice.choice("FMO"),
    }


def _study(
    number: int, studies: int, at: datetime, patients: int, dice: random.Random
) -> dict[str, object]:
    outcome = dice.choices(("findings", "nothing-suspected", "not-analysed", ""), (5, 3, 1, 1))[0]
    old = number < studies * 19 // 20
    report = dice.choices(("final", "partial", ""), (95, 2, 3) if old else (1, 1, 8))[0]
    uid = f"1.2.840.113619.2.312.4120.{at:%Y%m%d%H%M%S}.{number}"
    patient = f"p{dice.randrange(patients)}"
    body = {
        **{"id": f"{uid}.p", "version": 1, "study_uid": uid, "patient_id": patient},
        **{"status": report, "findings": [], "signature": {"signer_id": "d"}},
    }
    return {
        "uid": uid,
        "patient": patient,
        "at": instant(at),
        "description": dice.choice(STUDIES),
        "date": f"{at:%Y-%m-%d}",
        "modality": dice.choices(("MR", "CT"), (97, 3))[0],
        "outcome": outcome,
        "reason": _REFUSED if outcome == "not-analysed" else "",
        "finding": outcome == "findings",
        "status": dice.choice(("suggested", "accepted", "rejected")),
        "report": report,
        "released": report == "final" and dice.random() < 0.9,
        "body": json.dumps(body).encode(),
    }


_PATIENT = text("INSERT INTO patient VALUES (:id, :name, :mrn, :born, :sex, '', '', '')")
_STUDY = text(
    "INSERT INTO study VALUES (:uid, :patient, :at, :description, :date, '', :modality, 0)"
)
_SERIES = text("""INSERT INTO series (uid, study_uid, description, modality, number, shape,
    spacing_mm, dtype, affine, geometry, physics, pixel_file, header_file)
    VALUES (:uid || '.1', :uid, 'T1', 'MR', 1, '[160,256,256]', '[1,1,1]', 'uint16',
    '[1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1]',
    '{"kind":"regular","max_corner_error_mm": 0, "note": ""}', '{}', 'x', 'x')""")
_RUN = text("""INSERT INTO run (id, study_uid, series_uid, model, version, weights_sha256, device,
    started_at, seconds, outcome, reason, gate, label_file)
    VALUES (:uid || '.r', :uid, :uid || '.1', 'tumour-t1ce', '0.3.0', 'x', 'CPU', :at, 1.0,
    :outcome, :reason, '{}', '')""")
_FINDING = text("""INSERT INTO finding (id, study_uid, series_uid, code, label, status, centre_mm,
    slice_index, side, place, measurements, probability, kinds, run_id, label_value, note)
    VALUES (:uid || '.f', :uid, :uid || '.1', 'lesion', 'Enhancing lesion', :status, '[0,0,0]', 1,
    'left', 'frontal', '[]', 0.9, '[]', :uid || '.r', 1, '')""")
_REPORT = text("""INSERT INTO report_version (report_id, version, study_uid, patient_id, status,
    updated_at, body) VALUES (:uid || '.p', 1, :uid, :patient, :report, :at, :body)""")
_RELEASE = text("INSERT INTO report_release (report_id, released_at) VALUES (:uid || '.p', :at)")
