"""Every series of the data folders: what it is, whether the tumour model may be asked about it.

What a series shows is taken from the data's own documentation and headers, and was looked at.
``LEFT_OUT`` names the series no training run ever sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inference.training.files import read_dicom, read_nifti
from viewer.records import Series, Volume

ENHANCED = "T1 after contrast"
TRAINED_PATIENTS = ("03", "04")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One series: ``kind`` is one of KINDS, or empty where it is no head or no picture."""

    name: str
    source: str
    series: Series
    volume: Volume
    kind: str
    head: bool = True
    trained: bool = False

    @property
    def wanted(self) -> bool:
        """Whether the gate must let it through."""
        return self.head and self.kind == ENHANCED


def cases(data: Path) -> Iterator[Case]:
    """Yield every case found under ``data``, one volume in memory at a time."""
    yield from pgbm_cases(data)
    yield from nema_cases(data)
    yield from normal_cases(data)
    yield from pathology_cases(data)
    yield from hostile_cases(data)


def pgbm_cases(data: Path) -> Iterator[Case]:
    """Glioblastoma after surgery, T1 after contrast; masks are no pictures."""
    for path in sorted((data / "pgbm_nifti").glob("*/*.nii.gz")):
        series, volume = read_nifti(path)
        name = f"{path.parent.name}/{path.name}"
        if "Mask" in path.name:
            yield Case(name, "pgbm mask", series, volume, "", head=False)
        else:
            trained = path.parent.name in TRAINED_PATIENTS
            yield Case(name, "pgbm", series, volume, ENHANCED, trained=trained)
    archive = data / "pgbm_dicom" / "PGBM-002_T1post.zip"
    if archive.is_file():
        for series, volume in read_dicom(archive):
            yield Case("PGBM-002 DICOM", "pgbm", series, volume, ENHANCED)


def nema_cases(data: Path) -> Iterator[Case]:
    """Two people of an enhanced multi-frame test set; only the one of BRMULTI is trained on."""
    archive = data / "nema_enhanced_mr" / "DISCIMG.zip"
    if not archive.is_file():
        return
    for series, volume in read_dicom(archive):
        kind = nema_kind(series)
        trained = series.description.startswith("Various")
        source = "nema multi" if trained else "nema"
        if len(volume.voxels) > 1 and kind is not None:
            yield Case(series.description, source, series, volume, kind, trained=trained)


def nema_kind(series: Series) -> str | None:
    """Return what a NEMA series shows, from its description and echo time; None for spectra."""
    words = series.description.upper()
    if any(word in words for word in ("CSI", "METABOLITE", "SPECTR")):
        return None
    if "TRANSFER" in words:
        return "other"
    if "FLAIR" in words:
        return "FLAIR"
    if float(series.physics.get("EchoTime", "0")) > 60:
        return "T2"
    given = "POST" in words or "POST" in series.physics.get("ImageType", "")
    return ENHANCED if given else "T1"


def normal_cases(data: Path) -> Iterator[Case]:
    """Two healthy heads, T1 without contrast."""
    folder = data / "normal_t1_dicom"
    for path in sorted([*folder.glob("*.zip"), *folder.glob("*.dcm")]):
        for series, volume in read_dicom(path):
            yield Case(path.name, "normal", series, volume, "T1", trained=True)


def pathology_cases(data: Path) -> Iterator[Case]:
    """Stroke and multiple sclerosis: disease the tumour model cannot judge."""
    for path in sorted((data / "nifti_pathology").glob("*.nii.gz")):
        series, volume = read_nifti(path)
        kinds = {"FLAIR": "FLAIR", "dwi": "DWI", "adc": "ADC"}
        kind = next((value for key, value in kinds.items() if key in path.name), "")
        yield Case(path.name, "pathology", series, volume, kind, head=bool(kind))


def hostile_cases(data: Path) -> Iterator[Case]:
    """CT, phantoms, plain films, other body parts and functional series."""
    folder = data / "hostile_dicom"
    for inner in sorted(folder.glob("*")):
        for number, (series, volume) in enumerate(read_dicom(inner) if inner.is_dir() else ()):
            name = f"{inner.name} {number} {series.modality} {series.description}".strip()
            part = series.physics.get("BodyPartExamined", "")
            head = series.modality == "CT" and part == "HEAD"
            kind = "CT" if head else ""
            yield Case(name, "hostile", series, volume, kind, head=head, trained=True)
