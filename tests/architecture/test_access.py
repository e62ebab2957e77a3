"""Who may open what: every page of both admin sites and of the bench, for every kind of user."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from config.demo.people import LOGINS, PASSWORD, seed_people
from config.kernel.sites import operators, sellers
from tests.factories.mes import make_work_order, make_workshop
from tests.factories.shop import make_order

pytestmark = pytest.mark.django_db

MAY_OPEN = {
    "sellers": {"seller", "senior", "pricing"},
    "operators": {"planner", "partners"},
    "bench": {"operator"},
}


@pytest.fixture
def people(client):
    make_workshop()
    seed_people()
    return {login.email.split("@")[0]: login.email for login in LOGINS} | {"nobody": None}


def _status(client, email, url):
    client.logout()
    if email:
        assert client.login(username=email, password=PASSWORD)
    return client.get(url).status_code


@pytest.mark.parametrize(("site", "url"), [("sellers", "/crm/"), ("operators", "/mes/"), ("bench", "/mes/bench/")])
def test_the_door_of_each_place_opens_to_its_people_only(client, people, site, url):
    opened = {name for name, email in people.items() if _status(client, email, url) == 200}

    assert opened == MAY_OPEN[site]


@pytest.mark.parametrize("site", [sellers, operators], ids=lambda site: site.name)
def test_every_list_of_a_site_is_closed_to_the_people_of_the_other(client, people, site):
    outsiders = [email for name, email in people.items() if name not in MAY_OPEN[site.name]]
    for model in site._registry:
        url = reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for email in outsiders:
            assert _status(client, email, url) in {302, 403}, (email, url)


def test_a_seller_cannot_reach_price_lists_and_a_partner_manager_no_routings(client, people):
    assert _status(client, people["seller"], "/crm/pricing/pricelist/") == 403
    assert _status(client, people["pricing"], "/crm/pricing/pricelist/") == 200
    assert _status(client, people["partners"], "/mes/mes/routing/") == 403
    assert _status(client, people["planner"], "/mes/mes/routing/") == 200


def test_every_list_and_page_opens_to_those_who_may(client, people):
    make_order()
    work_order = make_work_order()

    for name, site in (("pricing", sellers), ("planner", operators)):
        client.login(username=people[name], password=PASSWORD)
        for model in site._registry:
            url = reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist")
            answer = client.get(url)
            assert answer.status_code in {200, 403}, url
            for thing in model._default_manager.all()[:1]:
                page = reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_change", args=[thing.pk])
                assert client.get(page).status_code in {200, 302, 403}, page
    assert client.get(reverse("operators:mes_workorder_change", args=[work_order.pk])).status_code == 200


def test_a_decision_needs_its_permission_and_changes_nothing_without_it(client, people):
    order = make_order()
    User.objects.get(username=people["seller"]).groups.set(Group.objects.filter(name="pricing manager"))
    client.login(username=people["seller"], password=PASSWORD)

    answer = client.post(f"/crm/shop/order/{order.pk}/reject/", {"text": "no"})

    order.refresh_from_db()
    assert answer.status_code == 403
    assert order.status == "placed"


def test_every_permission_that_an_action_names_exists():
    named = set()
    for site in (sellers, operators):
        for model_admin in site._registry.values():
            for entry in [*model_admin.actions_detail, *model_admin.actions_row]:
                for name in entry["items"] if isinstance(entry, dict) else [entry]:
                    named |= set(getattr(model_admin, name).allowed_permissions)

    existing = {f"{app}.{code}" for app, code in Permission.objects.values_list("content_type__app_label", "codename")}
    assert named
    assert named <= existing


def test_the_queues_own_admin_pages_are_nowhere(client, people):
    registered = {model._meta.app_label for site in (sellers, operators) for model in site._registry}

    assert "django_q" not in registered
    assert _status(client, people["planner"], "/admin/") == 404
