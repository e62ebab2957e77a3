from datetime import timedelta

import pytest
from django.utils import timezone

from external_orders.errors import BadNetwork, KeyRevoked, PrefixMistyped
from external_orders.models import Partner, PartnerKey
from external_orders.services.keys import authenticate, issue_key, restrict_key, revoke_key, rotate_key

pytestmark = pytest.mark.django_db


def test_a_key_is_kept_as_a_hash_only(partner: Partner) -> None:
    issued = issue_key(partner_id=partner.pk, actor=None)

    row = PartnerKey.objects.values().get()
    secret = issued.plain.split("_")[3]
    assert not any(secret in str(value) for value in row.values())
    assert authenticate(plain=issued.plain) == issued.key


def test_a_key_has_the_shape_that_scanners_look_for(partner: Partner) -> None:
    parts = issue_key(partner_id=partner.pk, actor=None).plain.split("_")

    assert [len(part) for part in parts] == [3, 4, 8, 43, 6]
    assert parts[:2] == ["jwl", "live"]


@pytest.mark.parametrize(
    "spoil",
    [lambda k: k[:-1], lambda k: k[:-8] + ("y" if k[-8] == "x" else "x") + k[-7:], lambda k: "", lambda k: k.upper()],
)
def test_a_mistyped_key_is_no_key(partner: Partner, spoil) -> None:
    plain = issue_key(partner_id=partner.pk, actor=None).plain

    assert authenticate(plain=spoil(plain)) is None


def test_another_secret_behind_a_known_prefix_is_refused(partner: Partner) -> None:
    first, second = (issue_key(partner_id=partner.pk, actor=None) for _ in range(2))
    PartnerKey.objects.filter(pk=second.key.pk).update(prefix="00000000")
    PartnerKey.objects.filter(pk=first.key.pk).update(prefix=second.plain.split("_")[2])

    assert authenticate(plain=second.plain) is None


def test_a_revoked_an_expired_and_an_inactive_partners_key_are_refused_alike(partner: Partner, api) -> None:
    revoked = issue_key(partner_id=partner.pk, actor=None)
    revoke_key(key_id=revoked.key.pk, typed_prefix=revoked.key.prefix)
    expired = issue_key(partner_id=partner.pk, actor=None, expires_at=timezone.now() - timedelta(seconds=1))
    answers = []
    for plain in (revoked.plain, expired.plain, "jwl_live_nonsense"):
        answer = api.get("me", Authorization=f"Bearer {plain}")
        answers.append((answer.status_code, {**answer.json(), "instance": ""}, answer["WWW-Authenticate"]))
    Partner.objects.update(is_active=False)
    answer = api.get("me")
    answers.append((answer.status_code, {**answer.json(), "instance": ""}, answer["WWW-Authenticate"]))

    assert answers[0][0] == 401
    assert all(one == answers[0] for one in answers)


def test_a_key_isnt_revoked_by_a_wrong_prefix(partner: Partner) -> None:
    issued = issue_key(partner_id=partner.pk, actor=None)

    with pytest.raises(PrefixMistyped):
        revoke_key(key_id=issued.key.pk, typed_prefix="other")

    assert authenticate(plain=issued.plain) is not None


def test_use_is_noted_once_a_minute(partner: Partner, django_assert_num_queries) -> None:
    issued = issue_key(partner_id=partner.pk, actor=None)

    with django_assert_num_queries(2):
        authenticate(plain=issued.plain)
    with django_assert_num_queries(1):
        authenticate(plain=issued.plain)


def test_a_replaced_key_and_its_successor_are_valid_together_until_the_overlap_ends(partner: Partner) -> None:
    old = issue_key(partner_id=partner.pk, actor=None, livemode=False, scopes=["orders:read"])
    new = rotate_key(key_id=old.key.pk, overlap=timedelta(hours=1), actor=None)

    assert authenticate(plain=old.plain) == old.key
    key = authenticate(plain=new.plain)
    assert key is not None
    assert (key.livemode, key.scopes) == (False, ["orders:read"])
    PartnerKey.objects.filter(pk=old.key.pk).update(expires_at=timezone.now())
    assert authenticate(plain=old.plain) is None


def test_replacing_never_prolongs_a_key_and_a_revoked_one_isnt_replaced(partner: Partner) -> None:
    ends = timezone.now() + timedelta(minutes=5)
    old = issue_key(partner_id=partner.pk, actor=None, expires_at=ends).key
    rotate_key(key_id=old.pk, overlap=timedelta(days=1), actor=None)
    old.refresh_from_db()
    assert old.expires_at == ends

    revoke_key(key_id=old.pk, typed_prefix=old.prefix)
    with pytest.raises(KeyRevoked):
        rotate_key(key_id=old.pk, overlap=timedelta(days=1), actor=None)


def test_the_first_use_fixes_the_version_of_a_key(partner: Partner, api) -> None:
    answer = api.get("me")

    assert PartnerKey.objects.get().api_version == answer["Api-Version"] == answer.json()["api_version"] == "2026-12-01"
    assert api.get("me", **{"Api-Version": "2026-12-01"}).status_code == 200
    assert api.get("me", **{"Api-Version": "1999-01-01"}).json()["code"] == "unknown_version"


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("192.0.2.7", True),
        ("::ffff:192.0.2.7", True),
        ("2001:db8::1", True),
        ("192.0.3.7", False),
        ("2001:db9::1", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_a_key_bound_to_networks_is_no_key_from_elsewhere(partner: Partner, address: str, is_good: bool) -> None:
    issued = issue_key(partner_id=partner.pk, actor=None, networks=["192.0.2.9/24", "2001:db8::/32"])

    assert issued.key.networks == ["192.0.2.0/24", "2001:db8::/32"]
    assert (authenticate(plain=issued.plain, address=address) is not None) is is_good


def test_a_successor_is_bound_as_its_key_was_and_a_mistyped_network_changes_nothing(partner: Partner) -> None:
    key = issue_key(partner_id=partner.pk, actor=None).key
    restrict_key(key_id=key.pk, networks=["192.0.2.7"])
    with pytest.raises(BadNetwork):
        restrict_key(key_id=key.pk, networks=["192.0.2.300"])

    successor = rotate_key(key_id=key.pk, overlap=timedelta(hours=1), actor=None).key

    assert successor.networks == ["192.0.2.7/32"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [(0, "192.0.2.7", 401), (1, "192.0.2.7", 200), (1, "192.0.2.7, 198.51.100.1", 401), (1, "", 401)],
)
def test_the_address_is_the_one_our_proxy_saw(partner, settings, client, proxies, forwarded, status) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    plain = issue_key(partner_id=partner.pk, actor=None, networks=["192.0.2.7"]).plain

    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {plain}", "X-Forwarded-For": forwarded})

    assert answer.status_code == status
