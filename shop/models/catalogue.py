"""What the shop offers: pieces of its own, each made in several alloys."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from pricing.models import Alloy, Design, Quote
from pricing.states import MOST_ENGRAVED, Finish, Kind
from shop.querysets import ProductQuerySet


class Category(models.Model):
    """A shelf of the catalogue."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_ru = models.CharField(_("name in Russian"), max_length=60, blank=True)
    rank = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["rank", "slug"]

    @override
    def __str__(self) -> str:
        return self.name


class Collection(models.Model):
    """Pieces of several categories that belong together."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_ru = models.CharField(_("name in Russian"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    description_ru = models.CharField(_("description in Russian"), max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ["rank", "slug"]

    @override
    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A catalogue piece with the design behind it. `pieces` make one, such as the two of a pair of earrings.

    search_text: what a search compares with, written by shop.services.catalogue; on PostgreSQL with a trigram index.
    """

    slug = models.SlugField(_("slug"), unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="products", verbose_name=_("category"))
    collection = models.ForeignKey(
        Collection, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("collection")
    )
    name = models.CharField(_("name"), max_length=80)
    name_ru = models.CharField(_("name in Russian"), max_length=80, blank=True)
    description = models.TextField(_("description"))
    description_ru = models.TextField(_("description in Russian"), blank=True)
    kind = models.CharField(_("kind of piece"), max_length=12, choices=Kind.choices)
    design = models.ForeignKey(Design, models.PROTECT, related_name="+", verbose_name=_("design"))
    pieces = models.PositiveSmallIntegerField(_("pieces in one"), default=1)
    is_engravable = models.BooleanField(_("can be engraved"), default=False)
    most_engraved = models.PositiveSmallIntegerField(
        _("most signs engraved"),
        default=MOST_ENGRAVED,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ENGRAVED)],
    )
    search_text = models.TextField(editable=False, default="", blank=True)
    is_for_sale = models.BooleanField(_("for sale"), default=True)
    rank = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["rank", "slug"]
        constraints = [
            models.CheckConstraint(condition=models.Q(pieces__gte=1, pieces__lte=12), name="product_pieces_in_one"),
            models.CheckConstraint(
                condition=models.Q(most_engraved__gte=1, most_engraved__lte=MOST_ENGRAVED), name="product_most_engraved"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """One orderable combination of a product. Its price is a quote that workers keep fresh; no page computes it.

    A size that changes the shape, as a ring's does, has a design of its own; otherwise the product's is meant.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants", verbose_name=_("product"))
    sku = models.SlugField("SKU", unique=True)
    alloy = models.ForeignKey(Alloy, models.PROTECT, related_name="+", verbose_name=_("alloy"))
    size = models.CharField(_("size"), max_length=16, blank=True)
    finish = models.CharField(_("finish"), max_length=24, choices=Finish.choices, default=Finish.POLISHED)
    design = models.ForeignKey(
        Design, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("design in this size")
    )
    quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price in force")
    )
    next_quote = models.ForeignKey(
        Quote, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price being calculated")
    )

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["alloy__rank", "size"]
        constraints = [models.UniqueConstraint(fields=["product", "alloy", "size", "finish"], name="variant_once")]

    @override
    def __str__(self) -> str:
        return self.sku

    @property
    def made_from(self) -> Design:
        """The design that is cast for this variant."""
        return self.design or self.product.design
