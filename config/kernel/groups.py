"""Groups and their permissions, for the data migrations that make them."""

from typing import Any


def grant(apps: Any, group: str, app_label: str, codenames: list[str]) -> None:
    """Give a group permissions of one app, making the group and the permissions when they aren't there yet.

    Django makes permissions after all migrations have run, which is too late for a migration that grants them; rows
    made here are found and kept by it.
    """
    the_group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group)
    for codename in codenames:
        the_group.permissions.add(_permission(apps, app_label, codename))


def _permission(apps: Any, app_label: str, codename: str) -> Any:
    content_types = apps.get_model("contenttypes", "ContentType").objects
    model, name = _model_and_name(apps, app_label, codename)
    content_type, _ = content_types.get_or_create(app_label=app_label, model=model)
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return permission


def _model_and_name(apps: Any, app_label: str, codename: str) -> tuple[str, str]:
    for model in apps.get_app_config(app_label).get_models():
        for own_codename, name in model._meta.permissions:
            if own_codename == codename:
                return model._meta.model_name, name
        for action in model._meta.default_permissions:
            if codename == f"{action}_{model._meta.model_name}":
                return model._meta.model_name, f"Can {action} {model._meta.verbose_name_raw}"
    raise LookupError(f"{app_label} has no permission {codename}")
