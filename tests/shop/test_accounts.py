"""Accounts: an address is proved by a code, a forgotten password is replaced, nobody learns who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from django.urls import reverse

from config.demo.people import LOGINS, PASSWORD, seed_people
from shop.models import BasketLine
from tests.factories.mes import make_workshop
from tests.factories.shop import make_basket_line, make_customer

pytestmark = pytest.mark.django_db

NEW = {"name": "Vera", "email": "Vera@Karat.Example", "password": "nine lives of gold"}


def sign_up(client, **changed):
    return client.post(reverse("shop:sign_up"), NEW | changed)


def code_in(message):
    return re.search(r"code: (\S+)", message.body).group(1)


def test_an_account_opens_with_the_code_and_keeps_the_basket_and_the_way(client, mailoutbox):
    from shop.models import Customer

    visitor = Customer.objects.create()
    session = client.session
    session["customer_key"] = visitor.key
    session.save()
    make_basket_line(visitor)

    waits = sign_up(client, next="/checkout/")
    assert waits.url.startswith("/sign-up/code/")
    assert "_auth_user_id" not in client.session
    [message] = mailoutbox
    assert (message.to, message.subject) == (["vera@karat.example"], "Your code for Karat")
    opened = client.post(waits.url, {"code": code_in(message), "next": "/checkout/"})

    assert opened.url == "/checkout/"
    user = User.objects.get()
    assert (user.username, user.first_name) == ("vera@karat.example", "Vera")
    assert user.groups.get().name == "customer"
    assert BasketLine.objects.get().customer == user.customer
    assert EmailAddress.objects.get().verified


def test_a_wrong_code_opens_nothing(client, mailoutbox):
    waits = sign_up(client)

    page = client.post(waits.url, {"code": "WRONG1"})

    assert page.status_code == 400
    assert "_auth_user_id" not in client.session


def test_until_the_address_is_proved_nobody_signs_in_with_it(client, mailoutbox):
    sign_up(client)
    client.cookies.clear()
    cache.clear()  # another code is sent after ten seconds only

    answer = client.post(reverse("shop:sign_in"), {"email": NEW["email"], "password": NEW["password"]})

    assert answer.url.startswith("/sign-up/code/")
    assert "_auth_user_id" not in client.session


def test_an_address_that_has_an_account_looks_like_a_new_one_and_its_owner_is_written_to(client, mailoutbox):
    make_customer("vera")
    fresh = sign_up(client, email="new@karat.example").url
    client.cookies.clear()

    known = sign_up(client, email="vera@karat.example").url

    assert known == fresh
    assert User.objects.filter(email__iexact="vera@karat.example").count() == 1
    assert [message.subject for message in mailoutbox] == ["Your code for Karat", "You have an account at Karat"]


def test_a_weak_password_makes_no_account(client):
    page = sign_up(client, password="short")

    assert page.status_code == 400
    assert "password1" in page.context["form"].errors
    assert User.objects.count() == 0


def test_a_forgotten_password_is_replaced_by_the_link_once(client, mailoutbox):
    make_customer("vera")
    client.post(reverse("account_reset_password"), {"email": "vera@karat.example"})
    link = re.search(r"https?://\S+(/password/\S+)", mailoutbox[0].body).group(1)
    form = client.get(link).url
    new = {"password1": "a heron of silver", "password2": "a heron of silver"}

    client.post(form, new)
    client.cookies.clear()
    used = client.get(link, follow=True)

    assert User.objects.get().check_password("a heron of silver")
    assert used.context["token_fail"]


def test_asking_for_a_password_of_nobody_answers_the_same_and_writes_to_nobody(client, mailoutbox):
    make_customer("vera")
    known = client.post(reverse("account_reset_password"), {"email": "vera@karat.example"})

    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@karat.example"})

    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert len(mailoutbox) == 1


def test_trying_passwords_is_stopped_even_with_the_right_one_at_the_end(client):
    make_customer("vera")
    for _ in range(5):
        client.post(reverse("shop:sign_in"), {"email": "vera@karat.example", "password": "wrong"})

    page = client.post(reverse("shop:sign_in"), {"email": "vera@karat.example", "password": "shop-password"})

    assert page.status_code in {400, 429}
    assert "_auth_user_id" not in client.session


def test_every_demo_login_opens_without_a_code(client):
    make_workshop()
    seed_people()

    for login in LOGINS:
        client.logout()
        answer = client.post(reverse("shop:sign_in"), {"email": login.email, "password": PASSWORD})
        assert answer.status_code == 302, login.email
        assert not answer.url.startswith("/sign-up/"), login.email
        assert "_auth_user_id" in client.session, login.email


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_of_an_account_is_ours_in_both_languages(client, mailoutbox, language):
    client.cookies["django_language"] = language
    pages = [
        client.get(path) for path in ("/sign-in/", "/sign-up/", "/password/", "/password/sent/", "/password/x-set/")
    ]
    pages.append(client.get(sign_up(client).url))

    for page in pages:
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.content.decode()
        assert "karat/base.css" in page.content.decode()
