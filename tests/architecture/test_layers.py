"""What import-linter can't see: foreign keys, dotted task paths, writes in doors."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

from config.env import BASE_DIR
from config.schedules import SCHEDULES
from config.subscriptions import SUBSCRIPTIONS

BELOW = {
    "pricing": set(),
    "mes": {"pricing"},
    "shop": {"mes", "pricing"},
    "crm": {"shop", "mes", "pricing"},
    "external_orders": {"mes", "pricing"},
}
DOORS = ["admin", "api", "views", "tasks", "management"]
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "save"}


def _foreign_keys():
    for app in BELOW:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if field.is_relation and field.concrete and field.related_model:
                    yield app, model.__name__, field.name, field.related_model._meta.app_label


def test_foreign_keys_point_down():
    wrong = [key for key in _foreign_keys() if key[3] not in BELOW[key[0]] | {key[0], "auth"}]

    assert wrong == []


def test_every_listener_and_every_schedule_is_a_task_of_some_app():
    paths = {path for listeners in SUBSCRIPTIONS.values() for path in listeners} | {one.task for one in SCHEDULES}

    assert all(path.split(".")[-2] == "tasks" and callable(import_string(path)) for path in paths)


def test_facts_are_heard_above_where_they_happen_or_beside():
    for fact, listeners in SUBSCRIPTIONS.items():
        app = fact.split(".")[0]
        for listener in listeners:
            hears = listener.split(".")[0]
            assert hears == app or app in BELOW[hears], f"{hears} may not hear {fact}"


def _door_files():
    for app in BELOW:
        for door in DOORS:
            yield from (BASE_DIR / app / door).rglob("*.py")
            yield from (BASE_DIR / app).glob(f"{door}.py")


@pytest.mark.parametrize("path", sorted(_door_files()), ids=lambda path: str(path.relative_to(BASE_DIR)))
def test_doors_translate_and_services_write(path: Path):
    found = [
        f"{path.name}:{call.lineno}"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in WRITES
    ]

    assert found == []


def test_the_kernel_has_no_models():
    assert not any(model.__module__.startswith("config.kernel") for model in apps.get_models())


def test_no_model_overrides_save_or_deletes_by_default():
    for app in BELOW:
        for model in apps.get_app_config(app).get_models():
            assert "save" not in vars(model), model
