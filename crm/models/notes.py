"""What sellers write down about a customer."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from shop.models import Customer


class CustomerNote(models.Model):
    """A line that a seller wrote about a customer. Only added; gone with the customer's personal data."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes", verbose_name=_("customer"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("note about a customer")
        verbose_name_plural = _("notes about customers")
        ordering = ["-pk"]
        permissions = [("change_standing", _("Can change how far a customer is trusted"))]

    @override
    def __str__(self) -> str:
        return self.text[:40]
