"""How a column of a model stands in a cell: read by Django's own field, which complains in the reader's language."""

import json
import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.widgets import Widget
from typing_extensions import override

# By what a row that others point at is known in a table.
_NAMES = {
    "alloy": "code",
    "category": "slug",
    "collection": "slug",
    "product": "slug",
    "price_list": "version",
    "delivery_way": "code",
}


_EITHER = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")  # one and a bit, or more than a thousand


class Cell(Widget):
    """A value as its field reads it; an empty cell is the field's empty value."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.field = field

    @override
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value).strip() if value is not None else ""
        if text == "":
            return self._empty()
        read = self.field.to_python(text)
        if isinstance(read, datetime) and timezone.is_naive(read):
            return timezone.make_aware(read)
        return read

    def _empty(self) -> Any:
        if self.field.empty_strings_allowed:
            return ""
        if self.field.null:
            return None
        raise ValidationError(self.field.error_messages["blank"])

    @override
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return int(value) if isinstance(value, bool) else value


class DecimalCell(Cell):
    """Compared and written with the field's own places, so that 1.5 and 1.5000 are one."""

    @override
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value).strip()
        if _EITHER.fullmatch(text):
            raise ValidationError(
                _("Please write %(value)s with a decimal point: a comma can mean two things.") % {"value": text}
            )
        return super().clean(text.replace(",", "."), row, **kwargs)

    @override
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return None if value is None else self._rounded(value)

    def _rounded(self, value: Any) -> Any:
        places = self.field.decimal_places
        exact = self.field.to_python(value)
        rounded = round(exact, places)
        return rounded if rounded == exact else exact


class JsonCell(Cell):
    @override
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        try:
            return json.loads(str(value) or "{}")
        except ValueError as wrong:
            raise ValidationError(self.field.error_messages["invalid"]) from wrong

    @override
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)


class PointerCell(Cell):
    """A row of another table by its name."""

    @override
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value).strip() if value is not None else ""
        if text == "" and self.field.null:
            return None
        name = _NAMES[self.field.name]
        known = self.field.related_model._meta.get_field(name).to_python(text or None)
        found = self.field.related_model._default_manager.filter(**{name: known}).first()
        if found is None:
            raise ValidationError(_("“%(name)s” is not known.") % {"name": text})
        return found

    @override
    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else getattr(value, _NAMES[self.field.name])


def cell_of(model: type[models.Model], name: str) -> Cell:
    field: Any = model._meta.get_field(name)
    if field.is_relation:
        return PointerCell(field)
    if isinstance(field, models.DecimalField):
        return DecimalCell(field)
    return JsonCell(field) if isinstance(field, models.JSONField) else Cell(field)
