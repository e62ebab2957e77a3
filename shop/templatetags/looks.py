"""How money, grams, millimetres and dates look in the reader's language, and the words of closed lists."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kernel.amounts import money
from config.kernel.languages import speaks_russian
from shop.states import COUNTRIES

register = template.Library()

_NARROW = "\N{NARROW NO-BREAK SPACE}"

_PARTS: Mapping[str, Promise] = {
    "metal": _("Metal"),
    "refining": _("Refining leftover metal"),
    "print": _("Wax model"),
    "casting": _("Casting"),
    "cleanup": _("Cleaning up the casting"),
    "finishing": _("Finishing by hand"),
    "plating": _("Plating"),
    "setting": _("Setting the stones"),
    "engraving": _("Engraving"),
    "hallmark": _("Hallmark"),
    "inspection": _("Inspection"),
    "packing": _("Packing"),
    "setup": _("Setting up your piece"),
    "margin": _("Our work and guarantee"),
    "discount": _("Discount for the quantity"),
    "rush": _("Made before others"),
    "minimum": _("Up to our smallest order"),
}

_COLOURS: Mapping[str, Promise] = {
    "yellow": _("yellow"),
    "rose": _("rose"),
    "white": _("white"),
    "silver": _("silver"),
    "platinum": _("platinum"),
}

_STATES: Mapping[str, Promise] = {
    "requested": _("waiting"),
    "in_review": _("with a jeweller"),
    "calculating": _("being measured"),
    "priced": _("priced"),
    "not_manufacturable": _("can't be made yet"),
    "failed": _("needs a look"),
    "accepted": _("ordered"),
    "expired": _("price expired"),
}


@register.simple_tag
def three_url() -> str:
    """Where three.js is served; empty where it isn't installed, and pages show the picture alone."""
    return static("three/three.module.js") if settings.HAS_THREE else ""


register.filter("money", money)


@register.filter
def grams(mass_g: Decimal | float | None) -> str:
    """A mass to a hundredth of a gram, as a customer reads it."""
    if mass_g is None:
        return ""
    return f"{number_format(Decimal(mass_g), 2, use_l10n=True)}{_NARROW}{_('g')}"


@register.filter
def millimetres(box_mm: tuple[float, ...]) -> str:
    """21.3 × 6.0 × 20.9 mm"""
    sides = " × ".join(number_format(Decimal(str(side)), 1, use_l10n=True) for side in box_mm)
    return f"{sides}{_NARROW}{_('mm')}" if sides else ""


@register.filter
def wall(thickness_mm: float) -> str:
    """0.42 mm, rounded down like the verdict on it."""
    return f"{number_format(Decimal(int(thickness_mm * 100)) / 100, 2, use_l10n=True)}{_NARROW}{_('mm')}"


@register.filter
def amount(value: Decimal) -> str:
    """An amount for a form's hidden field."""
    return f"{value:.2f}"


@register.filter
def unlocalized(value: float) -> str:
    """A figure for a program."""
    return repr(value)


@register.filter
def day(value: date | None) -> str:
    """3 December"""
    return date_format(value, "j E" if speaks_russian() else "j F") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """3 December, 14:05"""
    return date_format(timezone.localtime(value), "j E, H:i" if speaks_russian() else "j F, H:i") if value else ""


@register.filter
def part_words(code: str) -> str | Promise:
    """A component of a price in words."""
    return _PARTS.get(code, code)


@register.filter
def colour_words(colour: str) -> str | Promise:
    return _COLOURS.get(colour, colour)


@register.filter
def country_words(code: str) -> str | Promise:
    return dict(COUNTRIES).get(code, code)


@register.filter
def state_words(state: str) -> str | Promise:
    """A quote's state in a list."""
    return _STATES.get(state, state)
