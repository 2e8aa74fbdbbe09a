"""One VTK volume rendering, off screen. Lives in a child process: see volume_process.

Importing this module imports VTK. Nothing of Qt is here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import vtkmodules.vtkRenderingOpenGL2
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401 - registers the OpenGL classes by being imported
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPiecewiseFunction, vtkPlane
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkFiltersCore import (
    vtkFlyingEdges3D,
    vtkPolyDataNormals,
    vtkWindowedSincPolyDataFilter,
)
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkColorTransferFunction,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import (
    vtkFixedPointVolumeRayCastMapper,
    vtkGPUVolumeRayCastMapper,
)

from viewer.canvas.volume_messages import WHOLE, Pose3D
from viewer.canvas.volume_presets import PRESETS, Preset3D

_bridge: Any = numpy_support  # untyped

_TRIAL = 48
_TRIAL_PX = 160
_SEEN = 20

_FINDING_COLOUR = (0.98, 0.62, 0.16)


class VolumeScene:
    """A gray volume, the outline of its findings, a camera and an off-screen window.

    Raises nothing where OpenGL is missing: there VTK ends the process, which is why this
    lives in a child.
    """

    def __init__(self) -> None:
        self._window: Any = vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(64, 64)
        self._renderer = vtkRenderer()
        self._renderer.SetBackground(0.0, 0.0, 0.0)
        self._front = vtkRenderer()
        self._front.SetLayer(1)
        self._front.SetActiveCamera(self._renderer.GetActiveCamera())
        self._window.SetNumberOfLayers(2)
        self._window.AddRenderer(self._renderer)
        self._window.AddRenderer(self._front)
        self._window.Render()
        self.device = _device(self._window.ReportCapabilities())
        self._make_mapper: Callable[[], Any] = vtkFixedPointVolumeRayCastMapper
        self._preset = ""
        self._shape = (1, 1, 1)
        self._mapper: Any = None
        self._volume: Any = None
        self._outline: Any = None
        self._kept: list[NDArray[np.uint8]] = []
        self._centre = np.zeros(3)
        self._radius = 1.0
        self._step_mm = 1.0
        self._make_mapper = self._faster_mapper()

    def show(self, gray: NDArray[np.uint8], affine: NDArray[np.float64]) -> None:
        """Take the volume to draw: uint8 (slices, rows, columns), affine (i, j, k) to LPS+ mm."""
        if self._volume is not None:
            self._renderer.RemoveVolume(self._volume)
            self.outline(np.zeros((1, 1, 1), np.uint8), affine)
        image, matrix, spacing = _image_of(gray, affine)
        self._kept = [gray]
        self._step_mm = min(spacing)
        self._mapper = self._make_mapper()
        self._mapper.SetInputData(image)
        self._volume = vtkVolume()
        self._volume.SetMapper(self._mapper)
        self._volume.SetUserMatrix(matrix)
        self._preset, self._shape = "", gray.shape
        self._renderer.AddVolume(self._volume)
        self._remember_extent(gray.shape, affine)

    def outline(self, labels: NDArray[np.uint8], affine: NDArray[np.float64]) -> None:
        """Draw the surface of every nonzero label in front of the volume.

        ``labels`` is uint8 (slices, rows, columns) on the grid of ``affine``.
        """
        if self._outline is not None:
            self._front.RemoveActor(self._outline)
            self._outline = None
        if not labels.any():
            return
        image, matrix, _ = _image_of((labels > 0).astype(np.uint8), affine)
        surface = vtkFlyingEdges3D()
        surface.SetInputData(image)
        surface.SetValue(0, 0.5)
        surface.ComputeNormalsOff()
        smooth = vtkWindowedSincPolyDataFilter()
        smooth.SetInputConnection(surface.GetOutputPort())
        smooth.SetNumberOfIterations(20)
        smooth.SetPassBand(0.05)
        normals = vtkPolyDataNormals()
        normals.SetInputConnection(smooth.GetOutputPort())
        normals.SplittingOff()
        mapper = vtkPolyDataMapper()
        mapper.SetInputConnection(normals.GetOutputPort())
        mapper.ScalarVisibilityOff()
        self._outline = vtkActor()
        self._outline.SetMapper(mapper)
        self._outline.SetUserMatrix(matrix)
        self._outline.GetProperty().SetColor(*_FINDING_COLOUR)
        self._outline.GetProperty().SetAmbient(0.45)
        self._outline.GetProperty().SetDiffuse(0.6)
        self._front.AddActor(self._outline)

    def draw(self, pose: Pose3D) -> NDArray[np.uint8]:
        """RGBX pixels of shape (height, width, 4), first row on top."""
        self._window.SetSize(pose.width_px, pose.height_px)
        self._aim(pose)
        self._dress(pose)
        self._refine(coarse=pose.coarse)
        self._window.Render()
        pixels = vtkUnsignedCharArray()
        width, height = self._window.GetSize()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, pixels)
        frame = _bridge.vtk_to_numpy(pixels).reshape(height, width, 4)[::-1]
        return np.ascontiguousarray(frame, dtype=np.uint8)

    @property
    def mapper(self) -> str:
        """Name of the mapper that was the faster one here."""
        return str(self._make_mapper.__name__)

    def _faster_mapper(self) -> Callable[[], Any]:
        """Draw a small ball with each mapper; the faster one that shows it is taken.

        By name alone one cannot tell: on software OpenGL the processor's own is several times
        faster than the graphics card's, elsewhere it is the other way round.
        """
        k, j, i = np.indices((_TRIAL, _TRIAL, _TRIAL)) - _TRIAL / 2
        ball = np.where(k * k + j * j + i * i < (_TRIAL / 3) ** 2, 200, 0).astype(np.uint8)
        timed: list[tuple[float, Callable[[], Any]]] = []
        for make in (vtkFixedPointVolumeRayCastMapper, vtkGPUVolumeRayCastMapper):
            self._make_mapper = make
            self.show(ball, np.eye(4))
            pose = Pose3D(_TRIAL_PX, _TRIAL_PX)
            bright = int(self.draw(pose)[..., :3].max())  # the first picture compiles and uploads
            start = time.perf_counter()
            for turn in (10.0, 20.0, 30.0):
                self.draw(replace(pose, azimuth=turn))
            if bright > _SEEN:
                timed.append((time.perf_counter() - start, make))
        self._renderer.RemoveVolume(self._volume)
        self._volume = None
        return min(timed, key=lambda one: one[0])[1] if timed else vtkFixedPointVolumeRayCastMapper

    def _dress(self, pose: Pose3D) -> None:
        """Colours, opacities and what is cut away."""
        if self._mapper is None or self._volume is None:
            return
        if pose.preset != self._preset:
            self._preset = pose.preset
            preset = PRESETS[pose.preset]
            self._volume.SetProperty(_look(preset))
            if preset.brightest:
                self._mapper.SetBlendModeToMaximumIntensity()
            else:
                self._mapper.SetBlendModeToComposite()
        slices, rows, columns = self._shape
        self._mapper.SetCropping(int(pose.kept != WHOLE))
        if pose.kept != WHOLE:
            spacing = self._mapper.GetInput().GetSpacing()
            edges = (columns - 1, columns - 1, rows - 1, rows - 1, slices - 1, slices - 1)
            self._mapper.SetCroppingRegionPlanes(
                *(
                    share * edge * spacing[number // 2]
                    for number, (share, edge) in enumerate(zip(pose.kept, edges, strict=True))
                )
            )
            self._mapper.SetCroppingRegionFlagsToSubVolume()
        self._mapper.RemoveAllClippingPlanes()
        if pose.cut_mm is not None:
            eye, _ = pose.camera()
            plane = vtkPlane()
            plane.SetOrigin(*pose.cut_mm)
            plane.SetNormal(*(-one for one in eye))
            self._mapper.AddClippingPlane(plane)

    def _remember_extent(self, shape: tuple[int, ...], affine: NDArray[np.float64]) -> None:
        size = np.array([shape[2] - 1, shape[1] - 1, shape[0] - 1], dtype=np.float64)
        self._centre = (affine @ np.append(size / 2.0, 1.0))[:3]
        self._radius = float(np.linalg.norm(affine[:3, :3] @ size)) / 2.0

    def _aim(self, pose: Pose3D) -> None:
        eye, up = pose.camera()
        camera = self._renderer.GetActiveCamera()
        camera.ParallelProjectionOn()
        narrow = max(1.0, pose.height_px / pose.width_px)
        camera.SetParallelScale(0.6 * self._radius * narrow / pose.zoom)
        camera.SetFocalPoint(*self._centre)
        camera.SetPosition(*(self._centre + 4.0 * self._radius * np.array(eye)))
        camera.SetViewUp(*up)
        camera.SetClippingRange(self._radius, 7.0 * self._radius)

    def _refine(self, *, coarse: bool) -> None:
        if self._mapper is None:
            return
        self._mapper.SetAutoAdjustSampleDistances(0)
        self._mapper.SetImageSampleDistance(3.0 if coarse else 1.0)
        step = self._step_mm * (3.0 if coarse else 1.0)
        self._mapper.SetSampleDistance(step)
        if self._make_mapper is vtkFixedPointVolumeRayCastMapper:
            self._mapper.SetInteractiveSampleDistance(step)


def _device(capabilities: str) -> str:
    """The renderer's own name out of VTK's report, e.g. ``llvmpipe (LLVM 15.0.6, 256 bits)``."""
    for line in capabilities.splitlines():
        if "renderer string" in line.lower():
            return line.split(":", 1)[1].strip()
    return ""


def _image_of(
    voxels: NDArray[np.uint8], affine: NDArray[np.float64]
) -> tuple[Any, Any, NDArray[np.float64]]:
    """The voxels as VTK image with its spacing, and the rest of the affine as matrix."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    image = vtkImageData()
    image.SetDimensions(voxels.shape[2], voxels.shape[1], voxels.shape[0])
    image.SetSpacing(*spacing)
    image.GetPointData().SetScalars(_bridge.numpy_to_vtk(voxels.ravel(), deep=1))
    matrix = vtkMatrix4x4()
    for row in range(3):
        for column in range(3):
            matrix.SetElement(row, column, float(affine[row, column] / spacing[column]))
        matrix.SetElement(row, 3, float(affine[row, 3]))
    return image, matrix, spacing


def _look(preset: Preset3D) -> Any:  # noqa: ANN401 - VTK's classes carry no types mypy can follow
    """How gray becomes colour and opacity."""
    colours = vtkColorTransferFunction()
    for value, red, green, blue in preset.colours:
        colours.AddRGBPoint(value, red, green, blue)
    opacities = vtkPiecewiseFunction()
    for value, opacity in preset.opacities:
        opacities.AddPoint(value, opacity)
    look = vtkVolumeProperty()
    look.SetColor(colours)
    look.SetScalarOpacity(opacities)
    look.SetInterpolationTypeToLinear()
    if preset.shaded:
        look.ShadeOn()
        look.SetAmbient(0.4)
        look.SetDiffuse(0.95)
        look.SetSpecular(0.1)
    return look
