"""Uploads that were announced: a file that comes to an address of its own, without a key."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from external_orders import references
from external_orders.models.partners import Partner
from external_orders.querysets import OwnedQuerySet
from pricing.models import Design


class Upload(models.Model):
    """A ticket: whoever knows its secret may send this one file, once, for an hour."""

    public_id = models.CharField(_("id"), max_length=32, unique=True, default=references.upload_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("partner"))
    livemode = models.BooleanField(_("live"), default=True)
    secret_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64)
    size_bytes = models.PositiveIntegerField(_("bytes"))
    filename = models.CharField(_("file name"), max_length=120)
    expires_at = models.DateTimeField(_("expires at"))
    design = models.ForeignKey(
        Design, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("design")
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced upload")
        verbose_name_plural = _("announced uploads")
        indexes = [models.Index(fields=["expires_at"], name="upload_oldest")]

    @override
    def __str__(self) -> str:
        return self.public_id
