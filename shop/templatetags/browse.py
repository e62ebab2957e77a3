"""The words of the catalogue's filters."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.kernel.amounts import money_whole
from shop.browsing import PRICE_BANDS
from shop.selectors.catalogue import Option, Taken
from shop.words import CUTS

register = template.Library()

_FACETS: Mapping[str, Promise] = {
    "collection": gettext_lazy("Collection"),
    "metal": gettext_lazy("Metal"),
    "stone": gettext_lazy("Stones"),
    "price": gettext_lazy("Price"),
    "size": gettext_lazy("Size, mm"),
    "ready": gettext_lazy("Ready"),
}


@register.filter
def facet_words(facet: str) -> str | Promise:
    return _FACETS.get(facet, facet)


@register.filter
def option_words(option: Option | Taken, facet: str = "") -> str:
    """A value of a filter in words; names that the company gave are said as they are."""
    label = option.label
    if label in PRICE_BANDS:
        return _band(*PRICE_BANDS[label])
    if facet == "ready":
        weeks = int(label) // 7
        return ngettext("within %(n)s week", "within %(n)s weeks", weeks) % {"n": weeks}
    if facet == "stone":
        return _("Without stones") if label == "none" else capfirst(str(CUTS.get(label, label)))
    return label


def _band(low: int, high: int | None) -> str:
    if high is None:
        return _("%(low)s and more") % {"low": money_whole(low)}
    return _("%(low)s to %(high)s") % {"low": money_whole(low), "high": money_whole(high)}
