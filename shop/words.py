"""What the engine's codes are called before a customer."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REPAIRS: Mapping[str, Promise] = {
    "merged_vertices": _("corners that nearly met were joined"),
    "split_edges": _("edges that met in the middle of others were joined"),
    "duplicate_faces": _("faces that were there twice were removed"),
    "parted_edges": _("bodies that touched along an edge were parted"),
    "turned_faces": _("faces that looked inward were turned"),
    "filled_holes": _("small holes were filled"),
    "turned_shells": _("bodies that were inside out were turned"),
}

CUTS: Mapping[str, Promise] = {
    "round": _("round"),
    "princess": _("princess"),
    "emerald": _("emerald"),
    "oval": _("oval"),
    "pear": _("pear"),
    "marquise": _("marquise"),
    "cushion": _("cushion"),
    "trillion": _("trillion"),
    "baguette": _("baguette"),
    "other": _("other"),
}
