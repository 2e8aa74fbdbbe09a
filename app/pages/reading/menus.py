"""The menus of the images: layouts and hanging, how the active view looks, windows, thickness."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from app.pages.reading.images import StudyImages
from app.pages.reading.loading import hanging_facts, prior_names
from app.widgets.buttons import tool
from viewer.canvas.grid import MOST
from viewer.canvas.hanging import Facts, hangings, in_layout, proposed
from viewer.canvas.mouse import MOUSE_MAPS
from viewer.canvas.state import ViewState
from viewer.geometry.planes import PlaneKind
from viewer.geometry.slab import Slab, SlabMode

SLABS_MM = (5.0, 10.0, 20.0, 40.0)
_SHAPES = ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4), (4, 5), (5, 5))
_PLANE_NAMES = {
    PlaneKind.NATIVE: "As acquired",
    PlaneKind.AXIAL: "Axial",
    PlaneKind.CORONAL: "Coronal",
    PlaneKind.SAGITTAL: "Sagittal",
}


class ImageMenus:
    """Makes the buttons; each menu is filled when it opens, for what is on the screen then."""

    def __init__(self, images: StudyImages) -> None:
        self._images = images
        self.layout = menu_button("layout", "Layout and hanging", "toolLayout", self._fill_layout)
        self.look = menu_button("look", "How the active view looks", "toolLook", self._fill_look)
        self.window = menu_button("contrast", "Window", "toolWindow", self._fill_window)

    def facts(self) -> tuple[Facts, ...]:
        """Return what hanging needs to know of the open study and of the earlier ones."""
        study, priors = self._images.study, self._images.fetcher.priors
        found = list(hanging_facts(study.series if study else ()))
        for name, prior in zip(prior_names(priors), priors, strict=True):
            found += hanging_facts(prior.series, name)
        return tuple(found)

    def _fill_layout(self, menu: QMenu) -> None:
        facts = self.facts()
        best = proposed(facts)
        for hanging in hangings(facts):
            words = f"{hanging.name} (proposed)" if hanging == best else hanging.name
            add(menu, words, partial(self._images.hang, hanging))
        menu.addSeparator()
        active = self._images.series
        first = active.uid if active else ""
        for rows, columns in _SHAPES:
            made = in_layout(facts, rows, columns, first)
            add(menu, f"{rows} × {columns}", partial(self._images.hang, made))
        more = menu.addMenu("Other sizes")
        for rows in range(1, MOST + 1):
            for columns in range(1, MOST + 1):
                if (rows, columns) not in _SHAPES:
                    made = in_layout(facts, rows, columns, first)
                    add(more, f"{rows} × {columns}", partial(self._images.hang, made))
        menu.addSeparator()
        add(menu, "Active view alone, or all again (double click)", self._alone)

    def _alone(self) -> None:
        grid = self._images.grid
        grid.toggle_alone(grid.alone or grid.active)

    def _fill_look(self, menu: QMenu) -> None:
        view = self._images.grid.active
        state = view.state
        if state is None:
            menu.addAction("No series is open").setEnabled(False)
            return
        name = view.pose_name
        add(menu, "Invert black and white\tI", state.toggle_inverted, checked=state.inverted)
        add(menu, "Flip left and right\tH", lambda: state.flip(name, sideways=True))
        add(menu, "Flip top and bottom\tV", lambda: state.flip(name, sideways=False))
        add(menu, "Turn to the right\t]", lambda: state.turn(name, 1))
        add(menu, "Turn to the left\t[", lambda: state.turn(name, -1))
        menu.addSeparator()
        if not self._images.grid.of_planes:
            self._fill_planes(menu.addMenu("Plane of this view"))
        self._fill_slabs(menu.addMenu("Thickness"), state)
        straight = add(menu, "Turned planes back onto the slices", state.straighten)
        straight.setEnabled(state.tilted)
        menu.addSeparator()
        add(
            menu,
            "Neurological: patient's left on the left",
            lambda: state.set_neurological(neurological=not state.neurological),
            checked=state.neurological,
        )
        add(menu, "Crosshair\tX", state.toggle_crosshair, checked=state.crosshair)
        add(menu, "Reset everything\tR", state.reset)
        menu.addSeparator()
        mouse = menu.addMenu("Mouse buttons")
        for one in MOUSE_MAPS:
            chosen = view.mouse == one
            add(mouse, one.name, partial(self._images.grid.set_mouse, one), checked=chosen)

    def _fill_planes(self, menu: QMenu) -> None:
        grid = self._images.grid
        view = grid.active
        if view.stage is None:
            return
        cell, uid = grid.cells.index(view), view.series_uid
        for kind, words in _PLANE_NAMES.items():
            if kind in view.stage.planes:
                add(
                    menu,
                    words,
                    partial(self._images.put_in, cell, uid, kind),
                    checked=view.kind is kind,
                )

    def _fill_slabs(self, menu: QMenu, state: ViewState) -> None:
        now = state.slab
        add(menu, "One slice", lambda: state.set_slab(None), checked=now is None)
        for mode in SlabMode:
            menu.addSeparator()
            for mm in SLABS_MM:
                slab = Slab(mode, mm)
                add(menu, slab.words(), partial(state.set_slab, slab), checked=now == slab)

    def _fill_window(self, menu: QMenu) -> None:
        state, stage = self._images.grid.active.state, self._images.grid.active.stage
        if state is None or stage is None:
            menu.addAction("No series is open").setEnabled(False)
            return
        for number, preset in enumerate(stage.presets, 1):
            add(
                menu,
                f"{preset.name}\t{number}",
                partial(state.set_window, preset.window),
                checked=state.window == preset.window,
            )


def menu_button(icon: str, tip: str, name: str, fill: Callable[[QMenu], None]) -> QToolButton:
    """Tool button whose menu is filled each time it opens."""
    made = tool(icon, tip, name=name)
    menu = QMenu(made)
    menu.setToolTipsVisible(True)

    def refill() -> None:
        menu.clear()
        fill(menu)

    menu.aboutToShow.connect(refill)
    made.setMenu(menu)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    return made


def add(
    menu: QMenu, words: str, act: Callable[[], object], *, checked: bool | None = None
) -> QAction:
    """Add an entry that does something; ``checked`` makes it one that can be on or off."""
    action = menu.addAction(words)
    if checked is not None:
        action.setCheckable(True)
        action.setChecked(checked)
    action.triggered.connect(lambda *_: act())
    return action
