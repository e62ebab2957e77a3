"""A picture of a design: three-quarter view, polished metal on soft ivory, without GPU, display or system packages.

Orthographic, z up, seen from the right front and a little above. Steps: a z-buffer that keeps the nearest triangle per
sample, normals of the visible triangles that are smooth except over creases, shading (reflections of a small studio: a
large soft light above, strips left and right, a darker floor), a hint of darkness where surfaces come close, a soft
shadow on the ground, stones as bright glass, thin places as red spots. 2 x 2 samples per pixel. The same mesh gives the
same bytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from pricing.engine.kernels import kernel, part_of_kernel
from pricing.engine.marks import mark
from pricing.engine.measurement import ThinPlace
from pricing.engine.mesh import Faces, Mesh, Vertices
from pricing.engine.normals import corner_normals, facet
from pricing.engine.raster import NOTHING, Buffer, nearest_triangles
from pricing.engine.studio import TINTS, Colour, metal_light, on_screen, stone_light

__all__ = ["TINTS", "render"]

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
Depths = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]  # (size, size, 3)

_SAMPLES: Final = 2  # per pixel along each side
_FILL: Final = 0.84  # of the picture's side is taken by the larger extent of the piece with its shadow
_TURN: Final = np.radians(-32)  # about the vertical axis: a ring whose finger axis is y shows its front and its hole
_TILT: Final = np.radians(22)  # the camera looks down by this angle
_IVORY: Final = (0.973, 0.957, 0.929)
_SHADE: Final = (0.30, 0.24, 0.18)
_CORNERS: Final = 24  # directions in which a sample looks for what stands close


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the picture lies in view space. middle: (3,) in mm; scale: samples per mm; side: samples."""

    middle: Floats
    scale: float
    side: int

    def after(self, view: Floats, offset: Floats) -> tuple[Floats, Floats]:
        """The matrix and the offset that lead to samples through view space."""
        stretch = self.scale * np.array([1.0, -1.0, 1.0])
        to_middle = np.array([self.side / 2, self.side / 2, 0.0])
        return view * stretch[:, None], (offset - self.middle) * stretch + to_middle


@dataclass(frozen=True, slots=True)
class _Scene:
    """Metal and stones in one mesh, stones last, and where its vertices are in the picture.

    seen: (v, 3) in samples: x right, y down, z towards the viewer.
    """

    mesh: Mesh
    metal_triangles: int
    view: Floats
    seen: Floats
    frame: _Frame


def render(
    mesh: Mesh, *, size: int = 480, tint: str = "yellow", thin: Sequence[ThinPlace] = (), stones: Mesh | None = None
) -> bytes:
    """Draw a mesh as a square PNG of `size` pixels. tint: one of TINTS, others look yellow.

    thin: places to mark. stones: drawn as glass. Raises ValueError for no triangles.
    """
    if len(mesh.faces) == 0:
        raise ValueError("nothing to draw")
    side = size * _SAMPLES
    scene, shadow = _arranged(mesh, stones, side)
    buffer = nearest_triangles(scene.seen, scene.mesh.faces, side)
    picture = np.empty((size, size, 3), np.uint8)
    _paint(
        buffer.triangle,
        buffer.depth,
        _backs_of_stones(scene, side),
        scene.metal_triangles,
        scene.seen,
        scene.mesh.faces,
        *_visible_normals(scene, buffer),
        _surroundings(side),
        _ground_darkness(shadow, scene.mesh.faces, size),
        TINTS.get(tint, TINTS["yellow"]),
        picture,
    )
    _mark_thin(picture, scene, buffer, thin)
    return _png(picture)


def _camera() -> Floats:
    """Rows: right, up, towards the viewer."""
    turn = np.array([[np.cos(_TURN), -np.sin(_TURN), 0], [np.sin(_TURN), np.cos(_TURN), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.sin(_TILT), np.cos(_TILT)], [0, -np.cos(_TILT), np.sin(_TILT)]])
    return np.asarray(tilt @ turn)


def _arranged(mesh: Mesh, stones: Mesh | None, side: int) -> tuple[_Scene, Floats]:
    """The scene, and the vertices of its shadow on the ground in samples; both fill the frame together."""
    whole = (mesh if stones is None else _together(mesh, stones)).for_kernels()
    view = _camera()
    onto_ground = np.ascontiguousarray(view * [1, 1, 0])
    ground = view[:, 2] * _bounds(whole.vertices, whole.faces, np.eye(3))[0, 2]
    above, below = (
        _bounds(whole.vertices, whole.faces, view),
        _bounds(whole.vertices, whole.faces, onto_ground) + ground,
    )
    low, high = np.minimum(above[0], below[0]), np.maximum(above[1], below[1])
    frame = _Frame((low + high) / 2, _FILL * side / max(float((high - low)[:2].max()), 1e-12), side)
    seen = _placed(whole.vertices, *frame.after(view, np.zeros(3)))
    return _Scene(whole, len(mesh.faces), view, seen, frame), _placed(whole.vertices, *frame.after(onto_ground, ground))


def _together(mesh: Mesh, stones: Mesh) -> Mesh:
    faces = np.concatenate([mesh.faces, stones.faces + np.int32(len(mesh.vertices))])
    return Mesh(np.concatenate([mesh.vertices, stones.vertices]), faces)


def _visible_normals(scene: _Scene, buffer: Buffer) -> tuple[Numbers, Floats]:
    """Which row of the normals each triangle has, and the corner normals of the visible metal in view space."""
    visible = np.zeros(len(scene.mesh.faces) + 1, np.bool_)
    visible[buffer.triangle] = True  # the background marks the last one
    visible[scene.metal_triangles :] = False
    rows = np.cumsum(visible, dtype=np.int32) - np.int32(1)
    wanted = np.flatnonzero(visible).astype(np.int32)
    return rows, np.ascontiguousarray(corner_normals(scene.mesh, wanted) @ scene.view.T)


def _backs_of_stones(scene: _Scene, side: int) -> Numbers:
    """The farthest triangle of the stones at each sample: the facets that one sees through them."""
    if scene.metal_triangles == len(scene.mesh.faces):
        return Buffer.empty(1).triangle
    behind = np.ascontiguousarray(scene.seen * [1, 1, -1])
    found = nearest_triangles(behind, scene.mesh.faces[scene.metal_triangles :], side).triangle
    return np.where(found == NOTHING, found, found + np.int32(scene.metal_triangles))


def _surroundings(side: int) -> Floats:
    """Where a sample looks for what stands close: (24, 3), rows, columns, distance in samples."""
    steps = [(radius, angle) for radius in (0.008, 0.02, 0.045) for angle in np.arange(8) * np.pi / 4 + radius * 40]
    around = [(round(r * side * np.sin(a)), round(r * side * np.cos(a)), r * side) for r, a in steps]
    return np.array(around, np.float64)


def _ground_darkness(shadow: Floats, faces: Faces, size: int) -> Floats:
    """Darkness of the ground, 0 … 1, (size, size): the piece as seen from above, laid on the ground and blurred."""
    coarse = size // 2
    covered = nearest_triangles(shadow * (coarse / (size * _SAMPLES)), faces, coarse).triangle != NOTHING
    mask = Image.fromarray((covered * 255).astype(np.uint8))
    near, far = (mask.filter(ImageFilter.GaussianBlur(coarse * share)) for share in (0.012, 0.045))
    both = np.asarray(near, np.float64) * 0.4 + np.asarray(far, np.float64) * 0.8
    smooth = Image.fromarray(np.minimum(both, 255).astype(np.uint8)).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(smooth, np.float64) / 255


def _mark_thin(picture: Picture, scene: _Scene, buffer: Buffer, thin: Sequence[ThinPlace]) -> None:
    if not thin:
        return
    points = np.array([[place.x, place.y, place.z] for place in thin], np.float64)
    walls = np.array([place.wall_mm for place in thin], np.float64)
    seen = _placed(points, *scene.frame.after(scene.view, np.zeros(3)))
    columns, rows = (seen[:, axis].astype(np.int64).clip(0, len(buffer.depth) - 1) for axis in (0, 1))
    # A thin place is seen from both sides of its wall.
    hidden = buffer.depth[rows, columns] > seen[:, 2] + walls * scene.frame.scale * 1.5 + 0.01 * len(buffer.depth)
    mark(picture, seen[:, :2] / _SAMPLES, hidden)


def _png(picture: Picture) -> bytes:
    file = io.BytesIO()
    # Pillow writes no time and no text of its own.
    Image.fromarray(picture).save(file, format="PNG", compress_level=6)
    return file.getvalue()


@kernel("float64[:, ::1](float64[:, ::1], float64[:, ::1], float64[::1])")
def _placed(points: Floats, matrix: Floats, offset: Floats) -> Floats:
    """Points, (k, 3), turned and moved."""
    moved = np.empty_like(points)
    for k in range(len(points)):
        x, y, z = points[k]
        for axis in range(3):
            moved[k, axis] = matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z + offset[axis]
    return moved


@kernel("float64[:, ::1](float64[:, ::1], int32[:, ::1], float64[:, ::1])")
def _bounds(vertices: Vertices, faces: Faces, matrix: Floats) -> Floats:
    """Smallest and largest coordinates, (2, 3), of the vertices that any triangle uses, turned by a matrix."""
    bounds = np.empty((2, 3))
    bounds[0], bounds[1] = np.inf, -np.inf
    for face in range(len(faces)):
        for corner in range(3):
            x, y, z = vertices[faces[face, corner]]
            for axis in range(3):
                at = matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z
                bounds[0, axis], bounds[1, axis] = min(bounds[0, axis], at), max(bounds[1, axis], at)
    return bounds


@part_of_kernel
def _towards_viewer(x: float, y: float, z: float) -> Colour:
    """A unit normal that faces the viewer. Along an outline a smooth normal may point away a little: it is bent back.
    One that points away clearly belongs to the back of an open or inverted surface: it is turned."""
    if z < -0.35 * sqrt(x * x + y * y + z * z):
        x, y, z = -x, -y, -z
    z = max(z, 0.02)
    scale = 1.0 / sqrt(x * x + y * y + z * z)
    return x * scale, y * scale, z * scale


@part_of_kernel
def _openness(depth: Depths, row: int, column: int, around: Floats) -> float:
    """How freely light reaches a sample, 0 … 1: less where the surroundings stand nearer to the viewer."""
    blocked, side, here = 0.0, len(depth), depth[row, column]
    for k in range(_CORNERS):
        there, aside, reach = row + int(around[k, 0]), column + int(around[k, 1]), around[k, 2]
        if 0 <= there < side and 0 <= aside < side:
            rise = depth[there, aside] - here
            # Only what rises a little blocks light: something far in front is another part, not a corner.
            blocked += min(max(rise / reach - 0.15, 0.0), 1.0) if rise < 5 * reach else 0.0
    return 1 - min(blocked / _CORNERS * 1.5, 0.85)


@part_of_kernel
def _smooth_normal(seen: Vertices, faces: Faces, face: int, column: float, row: float, normals: Floats) -> Colour:
    """The normal at one sample of a triangle, between those of its corners, (3, 3)."""
    a, b, c = faces[face]
    bx, by, cx, cy = seen[b, 0] - seen[a, 0], seen[b, 1] - seen[a, 1], seen[c, 0] - seen[a, 0], seen[c, 1] - seen[a, 1]
    x, y, area = column - seen[a, 0], row - seen[a, 1], bx * cy - cx * by
    of_b = min(max((x * cy - cx * y) / area, 0.0), 1.0)
    of_c = min(max((bx * y - x * by) / area, 0.0), 1.0)
    of_a = max(1 - of_b - of_c, 0.0)
    return _towards_viewer(
        of_a * normals[0, 0] + of_b * normals[1, 0] + of_c * normals[2, 0],
        of_a * normals[0, 1] + of_b * normals[1, 1] + of_c * normals[2, 1],
        of_a * normals[0, 2] + of_b * normals[1, 2] + of_c * normals[2, 2],
    )


@part_of_kernel
def _facet_normal(seen: Vertices, faces: Faces, face: int) -> Colour:
    """The unit normal of a triangle, turned to the viewer; its y is that of the picture, which runs down."""
    x, y, z, length = facet(seen, faces, face)
    scale = (1.0 if z >= 0 else -1.0) / max(length, 1e-300)
    return x * scale, -y * scale, max(z * scale, 0.02)


@part_of_kernel
def _background(row: int, column: int, size: float, darkness: Floats) -> Colour:
    """Ivory, a little darker towards the edges, with the piece's shadow; on the screen."""
    down, right = 2 * (row + 0.5) / size - 1, 2 * (column + 0.5) / size - 1
    glow, dark = 1 - 0.035 * (down * down + right * right), 0.5 * darkness[row, column]
    return (
        _IVORY[0] * glow + (_SHADE[0] - _IVORY[0] * glow) * dark,
        _IVORY[1] * glow + (_SHADE[1] - _IVORY[1] * glow) * dark,
        _IVORY[2] * glow + (_SHADE[2] - _IVORY[2] * glow) * dark,
    )


@part_of_kernel
def _light(
    row: int,
    column: int,
    triangle: Numbers,
    depth: Depths,
    backs: Numbers,
    metal_triangles: int,
    seen: Vertices,
    faces: Faces,
    rows: Numbers,
    normals: Floats,
    around: Floats,
    tint: Colour,
) -> Colour:
    """The screen colour of one covered sample."""
    face, openness = triangle[row, column], _openness(depth, row, column, around)
    if face < metal_triangles:
        x, y, z = _smooth_normal(seen, faces, face, column + 0.5, row + 0.5, normals[rows[face]])
        red, green, blue = metal_light(x, y, z, openness, tint)
    else:
        back = backs[row, column] if backs[row, column] >= 0 else face
        front = _facet_normal(seen, faces, face)
        red, green, blue = stone_light(front, _facet_normal(seen, faces, back), openness)
    return on_screen(red), on_screen(green), on_screen(blue)


@kernel(
    "void(int32[:, ::1], float32[:, ::1], int32[:, ::1], int64, float64[:, ::1], int32[:, ::1], int32[::1], "
    "float64[:, :, ::1], float64[:, ::1], float64[:, ::1], UniTuple(float64, 3), uint8[:, :, ::1])"
)
def _paint(
    triangle: Numbers,
    depth: Depths,
    backs: Numbers,
    metal_triangles: int,
    seen: Vertices,
    faces: Faces,
    rows: Numbers,
    normals: Floats,
    around: Floats,
    darkness: Floats,
    tint: Colour,
    picture: Picture,
) -> None:
    """Every pixel: the mean of its samples."""
    size = len(picture)
    for row in range(size):
        for column in range(size):
            ground = _background(row, column, size, darkness)
            red, green, blue = 0.0, 0.0, 0.0
            for sample in range(_SAMPLES * _SAMPLES):
                y, x = row * _SAMPLES + sample // _SAMPLES, column * _SAMPLES + sample % _SAMPLES
                colour = ground
                if triangle[y, x] != NOTHING:
                    colour = _light(
                        y, x, triangle, depth, backs, metal_triangles, seen, faces, rows, normals, around, tint
                    )
                red, green, blue = red + colour[0], green + colour[1], blue + colour[2]
            share = 255.0 / (_SAMPLES * _SAMPLES)
            picture[row, column, 0] = int(min(red * share, 255.0) + 0.5)
            picture[row, column, 1] = int(min(green * share, 255.0) + 0.5)
            picture[row, column, 2] = int(min(blue * share, 255.0) + 0.5)
