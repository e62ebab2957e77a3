"""Ids for the outside: 128 random bits behind a prefix, so that they tell neither age nor count."""

from config.kernel.references import public_id


def model_id() -> str:
    return public_id("mdl")


def upload_id() -> str:
    return public_id("upl")


def quote_id() -> str:
    return public_id("qte")


def order_id() -> str:
    return public_id("ord")


def event_id() -> str:
    return public_id("evt")


def endpoint_id() -> str:
    return public_id("whe")


def message_id() -> str:
    return public_id("msg")
