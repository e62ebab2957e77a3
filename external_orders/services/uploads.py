"""Uploads in two steps: announced with a key, sent without one, and made a model of with a key again.

So a partner's own customer can send a file straight from his browser, and a file that arrived damaged is never a model.
"""

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from config.kernel.locking import lock_one
from external_orders.errors import NotFound, UploadMismatch, UploadUsed
from external_orders.models import Partner, PartnerModel, Upload
from external_orders.services.models import register_design, shown_name
from pricing.errors import FileTooLarge
from pricing.services.designs import store_design

_GOOD_FOR = timedelta(hours=1)
_KEPT = timedelta(days=1)
_MB = 1024 * 1024
_CHUNK = 256 * 1024
_FORGET_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """An announced upload with the secret of its address, which is told once."""

    upload: Upload
    secret: str


def announce_upload(*, partner: Partner, livemode: bool, sha256: str, size_bytes: int, filename: str) -> Ticket:
    """Give a ticket for a file. Refuses with FileTooLarge."""
    if size_bytes > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(size_mb=-(-size_bytes // _MB), limit_mb=settings.MAX_UPLOAD_BYTES // _MB)
    secret = secrets.token_urlsafe(32)
    upload = Upload.objects.create(
        partner=partner,
        livemode=livemode,
        secret_sha256=_digest(secret),
        sha256=sha256,
        size_bytes=size_bytes,
        filename=shown_name(filename),
        expires_at=timezone.now() + _GOOD_FOR,
    )
    return Ticket(upload, secret)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def receive_upload(*, secret: str, stream: IO[bytes]) -> Upload:
    """Take the file that was announced, once; read to disk before any row is locked, and no further than announced.

    Locks the upload. Refuses with NotFound (also when its hour is over), UploadUsed, UploadMismatch (it stays good).
    """
    upload = _open_upload(secret)
    with tempfile.TemporaryFile() as arrived:
        found = hashlib.sha256()
        for chunk in _no_longer_than(upload.size_bytes, stream):
            arrived.write(chunk)
            found.update(chunk)
        if (arrived.tell(), found.hexdigest()) != (upload.size_bytes, upload.sha256):
            raise UploadMismatch
        return _keep(upload, File(arrived, name=upload.filename))


def _open_upload(secret: str) -> Upload:
    upload: Upload | None = Upload.objects.filter(secret_sha256=_digest(secret), expires_at__gt=timezone.now()).first()
    if upload is None:
        raise NotFound
    if upload.design_id is not None:
        raise UploadUsed
    return upload


def _no_longer_than(most: int, stream: IO[bytes]) -> Iterator[bytes]:
    left = most + 1
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk


@transaction.atomic
def _keep(upload: Upload, file: "File[bytes]") -> Upload:
    locked: Upload = lock_one(Upload.objects.filter(pk=upload.pk))
    if locked.design_id is not None:
        raise UploadUsed
    locked.design = store_design(upload=file)
    locked.save(update_fields=["design"])
    return locked


@transaction.atomic
def register_uploaded(*, partner: Partner, livemode: bool, upload_id: str) -> tuple[PartnerModel, bool]:
    """Make a model of a file that arrived; asked again it is the same model. True when it is new.

    Refuses with NotFound (also when nothing has arrived), TooManyModels.
    """
    own: Upload | None = (
        Upload.objects.of_partner(partner, livemode=livemode)
        .filter(public_id=upload_id, design__isnull=False)
        .select_related("design")
        .first()
    )
    if own is None or own.design is None:
        raise NotFound
    return register_design(partner=partner, livemode=livemode, design=own.design, filename=own.filename)


def forget_old_uploads(*, at: datetime | None = None) -> None:
    """Tickets of yesterday: what came of them is a model, or nothing. Uses index upload_oldest."""
    old = Upload.objects.filter(expires_at__lt=(at or timezone.now()) - _KEPT).order_by("expires_at")
    Upload.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_FORGET_AT_MOST])).delete()
