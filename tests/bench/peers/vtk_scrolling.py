"""A window of vtkImageSliceMappers, as vtkImageViewer2 is built, scrolled 300 times.

``python -m tests.bench.peers.vtk_scrolling truth spacing ticks plain|linked``

From setting the slice to the end of Render (glFinish by reading one pixel). ``linked`` is three
planes of 800 x 800 with a heat map at 50 % in one window, all drawn at every tick; no crosshair.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules import vtkRenderingOpenGL2  # noqa: F401 - registers the renderer
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkLookupTable, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import (
    vtkImageProperty,
    vtkImageSlice,
    vtkImageSliceMapper,
    vtkRenderer,
    vtkRenderWindow,
)

from tests.bench.peers.scrolling import scroll
from tests.bench.reference import smooth_heat

_SIDE = 800


def _image(voxels: NDArray[Any], spacing: tuple[float, float, float]) -> vtkImageData:
    image = vtkImageData()
    image.SetDimensions(*voxels.shape[::-1])
    image.SetSpacing(*spacing)
    image.GetPointData().SetScalars(numpy_to_vtk(voxels.reshape(-1)))
    return image


def _property(window: float, level: float) -> vtkImageProperty:
    looks = vtkImageProperty()
    looks.SetColorWindow(window)
    looks.SetColorLevel(level)
    looks.SetInterpolationTypeToLinear()
    return looks


def _heat_property() -> vtkImageProperty:
    table = vtkLookupTable()
    table.SetRange(0.0, 1.0)
    table.SetHueRange(0.8, 0.1)
    table.Build()
    looks = _property(1.0, 0.5)
    looks.SetLookupTable(table)
    looks.SetOpacity(0.5)
    return looks


class Planes:
    """Renderers side by side; each shows one axis of the same image."""

    def __init__(self, images: list[tuple[vtkImageData, vtkImageProperty]], axes: tuple[int, ...]):
        self.window = vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetSize(_SIDE * len(axes), _SIDE)
        self.mappers: list[list[vtkImageSliceMapper]] = []
        for place, axis in enumerate(axes):
            renderer = vtkRenderer()
            renderer.SetViewport(place / len(axes), 0.0, (place + 1) / len(axes), 1.0)
            self.mappers.append(
                [self._layer(renderer, image, looks, axis) for image, looks in images]
            )
            camera = renderer.GetActiveCamera()
            bounds = images[0][0].GetBounds()
            middle = [(bounds[2 * i] + bounds[2 * i + 1]) / 2 for i in range(3)]
            camera.ParallelProjectionOn()
            camera.SetFocalPoint(*middle)
            camera.SetPosition(*(m + 1000.0 * (i == axis) for i, m in enumerate(middle)))
            camera.SetViewUp(*((0.0, -1.0, 0.0) if axis == 2 else (0.0, 0.0, 1.0)))
            spans = [bounds[2 * i + 1] - bounds[2 * i] for i in range(3) if i != axis]
            camera.SetParallelScale(max(spans) * 1.04 / 2)
            renderer.ResetCameraClippingRange()
            self.window.AddRenderer(renderer)

    def scroll(self, number: int) -> None:
        for mapper in self.mappers[0]:
            mapper.SetSliceNumber(number)
        self.window.Render()
        self.window.WaitForCompletion()

    def pixels(self) -> NDArray[np.uint8]:
        """The first plane's frame buffer."""
        values = vtkUnsignedCharArray()
        self.window.GetPixelData(0, 0, _SIDE - 1, _SIDE - 1, 1, values, 0)
        pixels: NDArray[np.uint8] = vtk_to_numpy(values)
        return pixels

    def _layer(
        self, renderer: vtkRenderer, image: vtkImageData, looks: vtkImageProperty, axis: int
    ) -> vtkImageSliceMapper:
        mapper = vtkImageSliceMapper()
        mapper.SetInputData(image)
        mapper.SetOrientation(axis)
        mapper.SetSliceNumber(image.GetDimensions()[axis] // 2)
        shown = vtkImageSlice()
        shown.SetMapper(mapper)
        shown.SetProperty(looks)
        renderer.AddViewProp(shown)
        return mapper


def main() -> None:
    voxels, spacing = np.load(sys.argv[1]), tuple(json.loads(sys.argv[2]))
    ticks, linked = int(sys.argv[3]), sys.argv[4] == "linked"
    low, high = (float(value) for value in np.percentile(voxels[::16], (1, 99)))
    images = [(_image(voxels, spacing), _property(high - low, (high + low) / 2))]
    if linked:
        heat = smooth_heat(voxels.shape).astype(np.float32)
        images.append((_image(heat, spacing), _heat_property()))
    planes = Planes(images, (2, 0, 1) if linked else (2,))
    scroll(len(voxels), len(voxels) // 2, ticks, planes.scroll, planes.pixels)


if __name__ == "__main__":
    main()
