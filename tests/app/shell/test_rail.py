"""The rail shows one person at a time."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.records import Actor, Role
from app.shell.places import places_for
from app.shell.rail import Rail
from assistant.phrases import phrases


def test_after_a_quick_change_of_person_only_the_new_name_stands_in_the_rail(qtbot: QtBot) -> None:
    rail = Rail()
    qtbot.addWidget(rail)
    rail.resize(80, 700)
    rail.show()
    for role, name in ((Role.DOCTOR, "Iris Moreau"), (Role.RECEPTIONIST, "Dan Desk")):
        rail.show_places(places_for(role), Actor(name, name, role), phrases("en"))
    shown = [one for one in rail.findChildren(QToolButton) if one.objectName() == "rail.user"]
    assert [one.text() for one in shown] == ["Desk"]
