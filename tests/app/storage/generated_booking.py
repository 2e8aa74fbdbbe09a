"""Generated records of what is booked, told and sent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from scheduling.places import (
    Absence,
    Hold,
    Place,
    Resource,
    ResourceKind,
    VisitType,
    Waiting,
    WaitingStatus,
)
from scheduling.records import (
    Appointment,
    AppointmentStatus,
    Availability,
    Channel,
    ContactAnswer,
    ContactPreferences,
    Notice,
    NoticeKind,
    NoticeState,
    Practitioner,
    Purpose,
)
from sync.records import Conflict, Envelope, EnvelopeState, Peer
from tests.app.storage.generated import (
    counts,
    days,
    ids,
    minutes,
    moments,
    of,
    words,
)

practitioners = of(Practitioner, id="d", name=words, specialty=words, zone=words, email=words)
availabilities = of(
    Availability,
    id="a",
    practitioner_id="d",
    weekday=st.integers(0, 6),
    starts=st.times(max_value=datetime(2026, 1, 1, 11).time()),  # noqa: DTZ001 -- wall time
    ends=st.times(min_value=datetime(2026, 1, 1, 12).time()),  # noqa: DTZ001 -- wall time
    slot_minutes=st.integers(5, 500),
    from_day=days,
    until=st.none() | days,
    place_id=words,
    visit_type_ids=ids,
    on_holidays=st.booleans(),
)
appointments = st.builds(
    lambda at, minutes, **more: Appointment(
        starts=at, ends=at + timedelta(minutes=minutes), **more
    ),
    moments,
    st.integers(1, 500),
    id=st.just("ap"),
    patient_id=words,
    practitioner_id=words,
    status=st.sampled_from(AppointmentStatus),
    booked_by=words,
    created_at=moments,
    sequence=counts,
    reason=words,
    place_id=words,
    visit_type_id=words,
    resource_ids=ids,
    before_minutes=minutes,
    after_minutes=minutes,
    capacity=st.integers(1, 9),
    series_id=words,
    exception=words,
    cancelled_because=words,
)
sites = of(
    Place, id="pl", name=words, zone=words, country=words, region=words, active=st.booleans()
)
resources = of(
    Resource,
    id="re",
    place_id=words,
    kind=st.sampled_from(ResourceKind),
    name=words,
    capacity=st.integers(1, 9),
    active=st.booleans(),
)
visit_types = of(
    VisitType,
    id="vt",
    name=words,
    minutes=st.integers(5, 500),
    before_minutes=minutes,
    after_minutes=minutes,
    capacity=st.integers(1, 9),
    lead_minutes=counts,
    horizon_days=st.integers(1, 900),
    notice_minutes=counts,
    needs=st.lists(st.sampled_from(ResourceKind), unique=True).map(tuple),
    self_bookable=st.booleans(),
    active=st.booleans(),
)
absences = st.builds(
    lambda both, span, **more: Absence(
        first_day=min(both), last_day=max(both), starts=span[0], ends=span[1], **more
    ),
    st.tuples(days, days),
    st.sampled_from([(None, None), (time(9), time(12, 30))]),
    id=st.just("ab"),
    subject_id=words,
    reason=words,
)
holds = of(
    Hold,
    id="ho",
    account_id=words,
    practitioner_id=words,
    starts=moments,
    ends=moments,
    expires_at=moments,
    place_id=words,
    visit_type_id=words,
    resource_ids=ids,
    patient_id=words,
)
waitings = of(
    Waiting,
    id="wa",
    patient_id=words,
    first_day=st.just(date(2027, 1, 1)),
    last_day=st.just(date(2027, 2, 1)),
    created_at=moments,
    practitioner_id=words,
    place_id=words,
    visit_type_id=words,
    instead_of=words,
    status=st.sampled_from(WaitingStatus),
    hold_id=words,
    declined=st.lists(moments, max_size=3).map(tuple),
)
notices = of(
    Notice,
    id="n",
    appointment_id="ap",
    kind=st.sampled_from(NoticeKind),
    sequence=counts,
    channel=st.sampled_from(Channel),
    recipient=words,
    subject=words,
    body=words,
    due_at=moments,
    expires_at=moments,
    state=st.sampled_from(NoticeState),
    attempts=counts,
    next_try_at=st.none() | moments,
    last_error=words,
    provider_ref=words,
    invitation=words,
    ahead_minutes=counts,
    zone=words,
)
preferences = of(
    ContactPreferences,
    patient_id="p",
    zone=words,
    answers=st.lists(
        of(
            ContactAnswer,
            channel=st.sampled_from(Channel),
            purpose=st.sampled_from(Purpose),
            allowed=st.booleans(),
            at=moments,
            by=words,
        ),
        max_size=4,
    ).map(tuple),
)
bodies = st.dictionaries(
    words,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(-1e9, 1e9) | words,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)
envelopes = of(
    Envelope,
    id="e",
    resource_type=words,
    resource_id=words,
    body=bodies,
    base_version=words,
    created_at=moments,
    state=st.sampled_from(EnvelopeState),
    attempts=counts,
    next_try_at=st.none() | moments,
    last_error=words,
)
peers = of(
    Peer,
    url=words,
    device_id=words,
    cursor=words,
    last_sync_at=st.none() | moments,
    last_error=words,
)
conflicts = of(
    Conflict,
    id="c",
    envelope_id=words,
    resource_type=words,
    resource_id=words,
    reason=words,
    at=moments,
    settled=False,
)
