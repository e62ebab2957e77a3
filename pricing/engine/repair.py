"""Mend what files of jewellery come with, so that every shell is manifold, oriented in itself, and closed if it can be.

In this order, each step only when there is cause: corners that nearly meet become one, vertices on open edges split
the face beyond (`gaps`), repeated faces go (`duplicates`), faces at a crowded edge are paired and the faces of a shell
agree about the outside (`pairing`), small holes are filled (`holes`). Whether a shell as a whole is inside out is not
decided here but by nesting (`shells`).

Every step is linear or sorts; a search by place gives up on a place that a hostile file crowds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pricing.engine.duplicates import drop_duplicates
from pricing.engine.edges import Edges, edges_of
from pricing.engine.gaps import merge_near, split_at_vertices
from pricing.engine.holes import fill_holes
from pricing.engine.measurement import Repair
from pricing.engine.mesh import Mesh
from pricing.engine.pairing import make_manifold
from pricing.engine.topology import Survey, survey


@dataclass(frozen=True, slots=True)
class Mended:
    """The mesh, every edge met by at most two faces, which agree; what was done; edges that are still open; and what
    the mesh was like as it came."""

    mesh: Mesh
    repairs: tuple[Repair, ...]
    open_edges: int
    found: Survey


def mend(mesh: Mesh, *, apart: bool = False) -> Mended:
    """Mend a welded mesh; a clean one is returned as it is.

    apart: bodies that share a wall of no thickness stay two, as a stone in a seat that was cut with it; else they are
    one.
    """
    found = survey(mesh)
    if found.is_clean:
        return Mended(mesh, (), 0, found)
    edges = edges_of(mesh)
    counts = dict.fromkeys(["merged_vertices", "split_edges"], 0)
    if found.open_edges:
        mesh, edges, counts["merged_vertices"] = _step(merge_near, mesh, edges)
        mesh, edges, counts["split_edges"] = _step(split_at_vertices, mesh, edges)
    mesh, edges, counts["duplicate_faces"] = _step(partial(drop_duplicates, apart=apart), mesh, edges)
    mesh, twins, counts["parted_edges"], counts["turned_faces"] = make_manifold(mesh, edges, apart=apart)
    mesh, counts["filled_holes"], still_open = fill_holes(mesh, twins)
    repairs = tuple(Repair(code, count) for code, count in counts.items() if count)
    return Mended(mesh, repairs, still_open, found)


def _step(repair: Callable[[Mesh, Edges], tuple[Mesh, int]], mesh: Mesh, edges: Edges) -> tuple[Mesh, Edges, int]:
    """One repair, and the edges afterwards."""
    mesh, count = repair(mesh, edges)
    return mesh, edges_of(mesh) if count else edges, count
