"""What pricing refuses.

DomainError ─ FileEmpty 400 · FileTooLarge 400 · UnknownAlloy 400 · UnknownFinish 400 · BadQuantity 400 ·
UnknownPlating 400 · BadEngraving 400 · BadVolume 400 · UnitInDoubt 409 · QuoteNotPriced 409 · QuoteExpired 409 ·
QuoteUsed 409 · RatesMissing 409 · PriceListPublished 409 · PriceListUnusable 409 · AlloyImplausible 409 ·
MetalPricesRefused 400 · TooFewWeighings 409

What the engine refuses about a file is `pricing.engine.errors.ModelRefused`; it reaches people as the quote's refusal.
"""

from django.utils.translation import gettext_lazy as _

from config.kernel.errors import DomainError


class FileEmpty(DomainError):
    code = "empty_file"
    status = 400
    message = _("The file is empty. Please export the model again and upload the new file.")


class FileTooLarge(DomainError):
    code = "too_large"
    status = 400
    message = _("The file has %(size_mb)s MB and at most %(limit_mb)s MB can be taken. Export it with fewer triangles.")


class UnknownAlloy(DomainError):
    code = "unknown_alloy"
    status = 400
    message = _("There is no alloy “%(alloy)s”. Choose one of the list.")


class UnknownFinish(DomainError):
    code = "unknown_finish"
    status = 400
    message = _("There is no finish “%(finish)s”. Choose one of the list.")


class UnknownPlating(DomainError):
    code = "unknown_plating"
    status = 400
    message = _("There is no plating “%(plating)s”. Choose one of the list.")


class BadEngraving(DomainError):
    code = "bad_engraving"
    status = 400
    message = _("At most %(most)s printable characters can be engraved, on one line.")


class BadQuantity(DomainError):
    code = "bad_quantity"
    status = 400
    message = _("Between 1 and %(most)s pieces can be ordered at once.")


class BadVolume(DomainError):
    code = "bad_volume"
    status = 400
    message = _("Please give the volume of metal in mm³, above 0 and below a million.")


class UnitInDoubt(DomainError):
    code = "unit_in_doubt"
    message = _(
        "The unit of this model isn't known, so that its area and height would be priced wrongly as well. "
        "Ask the customer to choose the unit on the page of the price, or refuse the piece with a word why."
    )


class QuoteNotPriced(DomainError):
    code = "quote_not_priced"
    message = _("This quote has no price yet.")


class QuoteExpired(DomainError):
    code = "quote_expired"
    message = _("This quote has expired, because metal prices move. Ask for a new price.")


class QuoteUsed(DomainError):
    code = "quote_used"
    message = _("This quote was ordered already. Ask for a new price to order again.")


class RatesMissing(DomainError):
    code = "rates_missing"
    message = _("There is no published %(what)s yet.")


class PriceListPublished(DomainError):
    code = "price_list_published"
    message = _("A published price list never changes. Make a new one.")


class PriceListUnusable(DomainError):
    code = "price_list_unusable"
    message = _("This price list can't be used: %(why)s.")


class AlloyImplausible(DomainError):
    code = "alloy_implausible"
    message = _("This alloy contradicts itself: %(why)s.")


# What pricing.engine.composition finds, by its code.
IMPLAUSIBLE = {
    "composition_unreadable": _("the composition can't be read (%(why)s)"),
    "unknown_element": _("the density of %(element)s is not known"),
    "composition_incomplete": _("its mass fractions add up to %(total)s, not to 1"),
    "fineness_differs": _("the composition has %(share)s of %(metal)s, which is not a fineness of %(fineness)s"),
    "density_differs": _("a density of %(density)s g/cm³ does not fit the composition, expected is %(expected)s"),
}


class MetalPricesRefused(DomainError):
    """Metal prices from outside can't be taken. `problems`: (line, what is wrong with it); nothing was stored."""

    code = "metal_prices_refused"
    status = 400
    message = _("No metal price was stored. %(why)s")


class TooFewWeighings(DomainError):
    code = "too_few_weighings"
    message = _("There are %(count)s weighings and at least %(least)s are needed.")
