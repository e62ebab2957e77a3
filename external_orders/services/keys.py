"""Partners' keys: issued once in plain, kept as a hash, found by their prefix.

A key reads `jwl_live_<8 letters>_<43 letters>_<6 letters>`: the prefix that Karat finds it by, 256 random bits, and a
CRC-32 of all before it, by which a scanner of source code tells a leaked key from any other text.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.kernel.locking import lock_one
from external_orders.errors import BadNetwork, KeyRevoked, PrefixMistyped
from external_orders.models import Partner, PartnerKey
from external_orders.states import all_scopes

_LETTERS = string.digits + string.ascii_letters
_FORM = re.compile(r"jwl_(?:live|test)_([0-9A-Za-z]{8})_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}")
API_VERSION = "2026-12-01"
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its plain text, which exists nowhere else and can't be shown again."""

    key: PartnerKey
    plain: str


@transaction.atomic
def issue_key(
    *,
    partner_id: int,
    actor: User | None,
    livemode: bool = True,
    expires_at: datetime | None = None,
    scopes: Sequence[str] = (),
    networks: Sequence[str] = (),
) -> IssuedKey:
    """Make a key for a partner. Its plain text is returned this once; the database keeps a hash.

    Without scopes it may be used for everything, without networks from everywhere. Refuses with BadNetwork.
    """
    allowed = _networks(networks)
    partner = lock_one(Partner.objects.filter(pk=partner_id))
    prefix = _random(8)
    body = f"jwl_{'live' if livemode else 'test'}_{prefix}_{_random(43)}"
    plain = f"{body}_{_checksum(body)}"
    key = PartnerKey.objects.create(
        partner=partner,
        livemode=livemode,
        prefix=prefix,
        sha256=_digest(plain),
        created_by=actor,
        expires_at=expires_at,
        scopes=list(scopes) or all_scopes(),
        networks=allowed,
    )
    return IssuedKey(key, plain)


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def _checksum(body: str) -> str:
    """CRC-32 in base 62, six letters."""
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        letters = _LETTERS[rest] + letters
    return letters


@transaction.atomic
def rotate_key(*, key_id: int, overlap: timedelta, actor: User | None) -> IssuedKey:
    """Make a key like another one, which ends with the overlap: the partner changes without a pause.

    Locks the key. Refuses with KeyRevoked.
    """
    old = lock_one(PartnerKey.objects.filter(pk=key_id))
    if old.revoked_at is not None:
        raise KeyRevoked
    now = timezone.now()
    lifetime = old.expires_at - old.created_at if old.expires_at else None
    issued = issue_key(
        partner_id=old.partner_id,
        actor=actor,
        livemode=old.livemode,
        expires_at=now + lifetime if lifetime else None,
        scopes=old.scopes,
        networks=old.networks,
    )
    old.expires_at = min(old.expires_at or now + overlap, now + overlap)
    old.save(update_fields=["expires_at"])
    return issued


@transaction.atomic
def revoke_key(*, key_id: int, typed_prefix: str) -> PartnerKey:
    """End a key from this moment on; one that was revoked keeps its time. Locks the key.

    Whoever revokes types the key's prefix, for a partner's orders stop with it. Refuses with PrefixMistyped.
    """
    key = lock_one(PartnerKey.objects.filter(pk=key_id))
    if typed_prefix.strip() != key.prefix:
        raise PrefixMistyped
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    return key


def _networks(wanted: Sequence[str]) -> list[str]:
    """Networks as they are written down: `192.0.2.7/32`. Refuses with BadNetwork."""
    try:
        return sorted({str(ip_network(one.strip(), strict=False)) for one in wanted if one.strip()})
    except ValueError:
        raise BadNetwork from None


@transaction.atomic
def restrict_key(*, key_id: int, networks: Sequence[str]) -> PartnerKey:
    """From which networks a key may be used; none: from everywhere. Locks the key. Refuses with BadNetwork."""
    allowed = _networks(networks)
    key = lock_one(PartnerKey.objects.filter(pk=key_id))
    key.networks = allowed
    key.save(update_fields=["networks"])
    return key


def _is_allowed_from(key: PartnerKey, address: str) -> bool:
    if not key.networks:
        return True
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(caller, "ipv4_mapped", None)
    return any((mapped or caller) in ip_network(one) for one in key.networks)


def authenticate(*, plain: str, address: str = "") -> PartnerKey | None:
    """The key behind its plain text with its partner; None for whatever reason it isn't valid from an address."""
    form = _FORM.fullmatch(plain)
    if form is None or not hmac.compare_digest(_checksum(plain[:-7]), plain[-6:]):
        return None
    now = timezone.now()
    valid = PartnerKey.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)
    key = valid.select_related("partner").filter(prefix=form[1], partner__is_active=True).first()
    if key is None or not hmac.compare_digest(key.sha256, _digest(plain)):
        return None
    if not _is_allowed_from(key, address):
        return None
    _note_use(key, now)
    return key


def _note_use(key: PartnerKey, now: datetime) -> None:
    """At most one write a minute and key, however many requests come with it. The first use fixes its version."""
    if key.last_used_at is None or key.last_used_at < now - _USE_IS_NOTED_EVERY:
        key.api_version = key.api_version or API_VERSION
        PartnerKey.objects.filter(pk=key.pk).update(last_used_at=now, api_version=key.api_version)
