"""Generated records of what is read, marked and written, and of who does so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from app.records import (
    Account,
    AccountStatus,
    Edit,
    EditKind,
    EditState,
    LabelStroke,
    Role,
)
from assistant.engine.records import (
    Offered,
    OwnLanguageModel,
    OwnLanguageStatus,
    Speed,
    Trial,
    Wording,
)
from assistant.records import Extract, Leaflet, Provenance, Report, ReportStatus, Section, Signature
from inference.records import (
    Attribution,
    Change,
    ChangeKind,
    Finding,
    FindingChange,
    FindingStatus,
    Measurement,
    PriorComparison,
    Run,
    RunOutcome,
)
from viewer.records import (
    POINTS_OF,
    Annotation,
    AnnotationKind,
    Geometry,
    GeometryKind,
    Instance,
    KeyImage,
    Patient,
    Series,
    Study,
    WindowLevel,
)

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
floats = st.floats(allow_nan=False, allow_infinity=False)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=zones)  # noqa: DTZ001 -- bounds
counts = st.integers(0, 2**40)
vectors = st.tuples(floats, floats, floats)
probabilities = st.floats(0, 1)
facts = st.dictionaries(words, words, max_size=3)
scores = st.dictionaries(words, floats, max_size=3)
days = st.dates()
minutes = st.integers(0, 500)
ids = st.lists(words, max_size=3, unique=True).map(tuple)


def of(kind: Any, /, **parts: Any) -> st.SearchStrategy[Any]:
    return st.builds(
        kind, **{k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in parts.items()}
    )


patients = of(
    Patient,
    id="p",
    name=words,
    mrn=words,
    birth_date=st.none() | days,
    sex=words,
    email=words,
    phone=words,
    language=words,
)
studies = of(
    Study,
    uid="1.2",
    patient_id="p",
    imported_at=moments,
    description=words,
    study_date=st.none() | days,
    accession=words,
    modality=words,
    simulated=st.booleans(),
)
series = of(
    Series,
    uid="1.2.3",
    study_uid="1.2",
    description=words,
    modality=words,
    number=counts,
    shape=st.tuples(counts, counts, counts),
    spacing_mm=vectors,
    dtype=words,
    affine=st.tuples(*[floats] * 16),
    geometry=of(
        Geometry, kind=st.sampled_from(GeometryKind), max_corner_error_mm=floats, note=words
    ),
    physics=facts,
    pixel_file=words,
    header_file=words,
    window=st.none() | of(WindowLevel, centre=floats, width=st.floats(0.1, 1e6)),
)
instances = of(Instance, uid=words, series_uid="1.2.3", digest=words, number=counts)
runs = of(
    Run,
    id="run",
    study_uid="1.2",
    series_uid=words,
    model=words,
    version=words,
    weights_sha256=words,
    device=words,
    started_at=moments,
    seconds=floats,
    outcome=st.sampled_from(RunOutcome),
    reason=words,
    gate=scores,
    label_file=words,
    attribution=st.none()
    | of(
        Attribution,
        method=words,
        layer=words,
        native_grid=st.tuples(counts, counts),
        faithfulness=scores,
        map_file=words,
    ),
)
changes = of(
    Change,
    kind=st.sampled_from(ChangeKind),
    values=st.lists(st.integers(1, 255), max_size=3).map(tuple),
    values_then=st.lists(st.integers(1, 255), max_size=3).map(tuple),
    now_ml=floats,
    then_ml=floats,
    product_now_mm2=floats,
    product_then_mm2=floats,
    error_ml=floats,
    days=st.none() | counts,
)
comparisons = of(
    PriorComparison,
    series_uid="1.2.3",
    study_uid="1.2",
    prior_study_uid="1.2",
    prior_date=st.none() | days,
    compared_at=moments,
    changed=st.lists(of(FindingChange, finding_id=words, change=changes), max_size=2).map(tuple),
    gone=st.lists(changes, max_size=2).map(tuple),
)
findings = of(
    Finding,
    id="f",
    study_uid="1.2",
    series_uid=words,
    code=words,
    label=words,
    status=st.sampled_from(FindingStatus),
    centre_mm=vectors,
    slice_index=counts,
    side=st.sampled_from(["left", "right", "midline", ""]),
    place=words,
    measurements=st.lists(
        of(Measurement, name=words, value=floats, unit=words, method=words), max_size=3
    ).map(tuple),
    probability=st.none() | probabilities,
    kinds=st.lists(st.tuples(words, probabilities), max_size=3).map(tuple),
    run_id=words,
    label_value=counts,
    note=words,
)
signatures = of(
    Signature,
    signer_id=words,
    signer_name=words,
    meaning=words,
    signed_at=moments,
    digest=words,
    value=words,
    public_key=words,
)
drafts = of(
    Report,
    id="r",
    version=1,
    study_uid="1.2",
    patient_id="p",
    author_id=words,
    status=ReportStatus.PARTIAL,
    updated_at=moments,
    sections=st.lists(of(Section, title=words, text=words, machine_text=words), max_size=3).map(
        tuple
    ),
    findings=st.lists(findings, max_size=2).map(tuple),
    provenance=st.lists(
        of(Provenance, run_id=words, model=words, version=words, weights_sha256=words), max_size=2
    ).map(tuple),
    study_date=words,
    patient_line=words,
    previous_digest=words,
    signature=st.none() | signatures,
)
accounts = of(
    Account,
    id="acc",
    username=words.filter(lambda text: bool(text.strip())),
    name=words,
    role=st.sampled_from(Role),
    status=st.sampled_from(AccountStatus),
    created_at=moments,
    email=words,
    phone=words,
    birth_date=st.none() | days,
    mrn=words,
    specialty=words,
    patient_id=words,
    practitioner_id=words,
    verifier=words,
    public_key=words,
)
small = st.floats(-500, 500)
places = st.tuples(small, small, small)
windows = of(WindowLevel, centre=floats, width=st.floats(1e-3, 1e6))
marks = {
    "id": words,
    "study_uid": "1.2",
    "series_uid": words,
    "right": places,
    "down": places,
    "made_at": moments,
    "author_id": words,
}
annotations = st.sampled_from(AnnotationKind).flatmap(
    lambda kind: of(
        Annotation,
        kind=kind,
        points_mm=st.lists(
            places, min_size=POINTS_OF[kind] or 3, max_size=POINTS_OF[kind] or 9
        ).map(tuple),
        mm_per_px=st.floats(1e-6, 100),
        text=words,
        **marks,
    )
)
key_images = of(KeyImage, centre_mm=places, window=windows, note=words, **marks)
leaflets = of(
    Leaflet,
    id=words,
    title=words,
    language=words,
    file_name=words,
    sha256=words,
    pages=counts,
    extracts=st.lists(
        of(Extract, title=words, text=words, page=counts, held_back=words), max_size=3
    ).map(tuple),
    added_at=moments,
    added_by=words,
    added_by_name=words,
    points=words,
)
language_models = of(
    OwnLanguageModel,
    id=words,
    offered=of(
        Offered,
        **dict.fromkeys(("name", "architecture", "quantisation", "licence", "chat_format"), words),
        **dict.fromkeys(("parameters", "bytes", "context"), counts),
        has_template=st.booleans(),
    ),
    **dict.fromkeys(("licence", "chat_format", "sha256", "file", "added_by", "decided_by"), words),
    status=st.sampled_from(OwnLanguageStatus),
    added_at=moments,
    decided_at=st.none() | moments,
    speed=st.none()
    | of(Speed, load_s=floats, read_per_s=floats, written_per_s=floats, memory_mb=counts),
    trial=st.none()
    | of(
        Trial,
        sentences_sha256=words,
        wordings=st.lists(
            of(Wording, source=words, candidate=words, refused=words, violation=words), max_size=3
        ).map(tuple),
        mutants=counts,
        mutants_refused=counts,
        grade_before=floats,
        grade_after=floats,
        seconds=floats,
    ),
    allow_wording=st.booleans(),
    in_use=st.booleans(),
)
strokes = of(
    LabelStroke,
    id=words,
    study_uid="1.2",
    series_uid=words,
    run_id=words,
    change=st.binary(max_size=40),
    undone=st.booleans(),
)
edits = of(
    Edit,
    id=words,
    study_uid="1.2",
    author_id=words,
    at=moments,
    kind=st.sampled_from(EditKind),
    subject_id=words,
    before=st.none() | facts,
    after=st.none() | facts,
    state=st.sampled_from(EditState),
)
