"""How often a partner may call, with Redis, without it, and while it doesn't answer."""

import time

import pytest
import redis
from django.conf import settings as django_settings

from external_orders.api import throttles
from external_orders.api.throttles import Policy, take
from tests.factories.external_orders import make_quote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_buckets(monkeypatch) -> None:
    monkeypatch.setattr(throttles, "_shared", throttles._Shared())
    monkeypatch.setattr(throttles, "_local", throttles._Local())


def _few(settings, burst: int = 3) -> None:
    settings.API_REQUESTS_PER_SECOND, settings.API_BURST = 1, burst


def test_every_answer_tells_the_limit_and_what_is_left_of_it(api, settings) -> None:
    _few(settings)
    first, second = api.get("me"), api.get("me")

    assert first["RateLimit-Policy"] == '"requests";q=3;w=3'
    assert (first["RateLimit"], second["RateLimit"]) == ('"requests";r=2;t=1', '"requests";r=1;t=2')


def test_the_request_too_many_waits_and_another_key_doesnt(api, partner, caller_of, settings) -> None:
    _few(settings)
    answers = [api.get("me").status_code for _ in range(3)]
    refused = api.get("orders")

    assert answers == [200] * 3
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (429, "rate_limited", "1")
    assert refused["RateLimit"] == '"requests";r=0;t=3'
    assert caller_of(partner).get("me").status_code == 200


def test_models_to_price_have_a_limit_of_their_own_and_a_refusal_keeps_nothing(api, partner, settings) -> None:
    model = make_quote(partner).items.get().model
    line = {"model_id": model.public_id, "alloy": "ag925", "kind": "ring"}
    _few(settings, burst=4)

    taken = api.post("quotes", {"items": [line] * 4}, key="a")
    refused = api.post("quotes", {"items": [line]}, key="b")

    assert (taken.status_code, refused.status_code) == (202, 429)
    assert refused["RateLimit-Policy"] == '"models";q=4;w=40'
    assert int(refused["Retry-After"]) >= 9


def test_bad_keys_of_an_address_are_counted_and_good_ones_are_not(api) -> None:
    bad = [api.get("me", Authorization="Bearer jwl_live_x").status_code for _ in range(11)]

    assert bad == [401] * 10 + [429]
    assert api.get("me").status_code == 200


def test_tokens_come_back_with_time(monkeypatch) -> None:
    policy = Policy("test", 8, 2)
    now = [128.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setitem(django_settings.CACHES["default"], "BACKEND", "none")

    assert [take(policy, "a").is_allowed for _ in range(3)] == [True, True, False]
    now[0] += 0.125
    assert [take(policy, "a").is_allowed for _ in range(2)] == [True, False]
    now[0] += 3600
    assert [take(policy, "a").is_allowed for _ in range(3)] == [True, True, False]


def test_a_process_keeps_a_bounded_number_of_buckets(monkeypatch) -> None:
    monkeypatch.setattr(throttles, "_MOST_LOCAL", 5)
    monkeypatch.setitem(django_settings.CACHES["default"], "BACKEND", "none")
    for number in range(50):
        take(Policy("test", 1, 1), number)

    assert len(throttles._local._buckets) == 5


def test_while_redis_is_away_a_quarter_is_served_and_it_is_asked_once(monkeypatch) -> None:
    asked = []

    def fail(**_: object) -> None:
        asked.append(1)
        raise redis.ConnectionError

    monkeypatch.setitem(django_settings.CACHES["default"], "BACKEND", "django_redis.cache.RedisCache")
    monkeypatch.setattr(throttles._Shared, "script", lambda self: fail)
    policy = Policy("test", 0.001, 8)

    assert [take(policy, "a").is_allowed for _ in range(4)] == [True, True, False, False]
    assert len(asked) == 1


@pytest.mark.postgres
def test_in_redis_no_token_is_taken_twice(at_once) -> None:
    policy, whose = Policy("test", 0.001, 20), time.time_ns()
    outcomes = at_once(*[lambda: [take(policy, whose).is_allowed for _ in range(10)]] * 8)

    assert sum(sum(one) for one in outcomes) == 20
    assert throttles._shared._script is not None


@pytest.mark.postgres
def test_in_redis_tokens_come_back_too() -> None:
    policy, whose = Policy("test", 20, 2), time.time_ns()
    before = [take(policy, whose).is_allowed for _ in range(3)]
    time.sleep(0.06)

    assert before == [True, True, False]
    assert take(policy, whose).is_allowed
