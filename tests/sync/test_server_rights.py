"""The server's part of the matrix of rights: every caller, every route, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.routing import Route

from tests.sync.rights import (
    ACTS,
    CALLERS,
    OWN,
    World,
    answer,
    cell,
    open_world,
)
from tests.sync.server_doors import DOORS
from tests.sync.two_clinics import CLINICS


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = open_world(tmp_path_factory.mktemp("rights"))
    yield made
    made.stop()


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("caller", sorted(CALLERS))
def test_every_cell_of_the_matrix_over_http(world: World, caller: str, act: str) -> None:
    assert cell(world, caller, act) == ""


def test_the_own_workstation_reaches_what_it_keeps(world: World) -> None:
    reading = [
        name
        for name in ACTS
        if name != "search Slot" and name.split()[0] in {"search", "read", "history", "version"}
    ]
    for name in set(reading) - {"history from a mark", "history from a cursor"}:
        assert answer(ACTS[name].do(world, CALLERS[OWN](world))) == "reached", name


def test_every_route_of_the_server_is_in_the_matrix(world: World) -> None:
    assert world.app is not None
    routes = {
        f"{method} {route.path}"
        for route in world.app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    free = {"POST /enrol", "POST /token", "GET /fhir/metadata"}
    assert routes - free == {act.route for act in ACTS.values()} - {"not offered"}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_who_gets_a_token_and_who_is_enrolled(world: World, door: str) -> None:
    ask, wanted = DOORS[door]
    assert ask(world) == wanted


@pytest.mark.parametrize("claim", sorted(CLINICS))
def test_two_clinics_on_one_server_are_apart(world: World, claim: str) -> None:
    assert CLINICS[claim](world)
