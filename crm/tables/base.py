"""What every table shares: a file is looked at as a whole, and all of it is taken or nothing.

A row that is stored as it stands in the file is left alone, so a file taken twice changes nothing more. What differs
goes through the service that guards it; what that refuses, or a field doesn't take, is named with its line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from tablib import Dataset
from typing_extensions import override

from config.kernel.errors import DomainError
from config.kernel.tables import XLSX, TableRefused
from config.kernel.transitions import Actor
from crm.tables.cells import cell_of

MOST_OUT: Final = 100_000
MOST_OUT_XLSX: Final = 20_000
MOST_PROBLEMS: Final = 50
MOST_CHANGES: Final = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of the file; line 1 is the heading."""

    line: int
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a line of the file would change, as cells before and after; a new row has none before."""

    line: int
    name: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a file would do, or did. With a problem, nothing of it was stored."""

    new: int
    changed: int
    same: int
    problems: tuple[Problem, ...]
    first_changes: tuple[Change, ...] = ()

    @property
    def changes(self) -> int:
        return self.new + self.changed


class Table(Resource):
    """A table of one model. `key` names its rows; taking a file needs `permissions_in`, else it only goes out."""

    code: ClassVar[str]
    title: ClassVar[str | Promise]
    model: ClassVar[type[models.Model]]
    key: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]]
    permission_out: ClassVar[str] = ""
    permissions_in: ClassVar[tuple[str, ...]] = ()
    takes_new: ClassVar[bool] = True
    unknown: ClassVar[Promise] = gettext_lazy("There is no such row, and none can be added here.")
    asks_dates: ClassVar[bool] = False
    most_rows: ClassVar[int] = 2_000  # a request takes them all
    is_checked: ClassVar[bool] = True  # by the model's own validation, besides the service's

    class Meta:
        using_db = "default"
        skip_diff = True  # `skip_row` compares cells, without copying rows
        use_transactions = True
        instance_loader_class = BaseInstanceLoader  # unused: `get_instance` looks up by the key

    def __init__(self, actor: Actor = None) -> None:
        super().__init__()
        self.actor = actor
        self.fields = {name: Field(name, name, cell_of(self.model, name)) for name in self.columns}
        self._before: list[Any] | None = None
        self._seen: dict[tuple[str, ...], int] = {}
        self._changes: list[Change] = []

    # --- out --------------------------------------------------------------------------------------------------------

    def rows(self, **_chosen: Any) -> models.QuerySet[Any]:
        """The rows that go out, in the order of the key."""
        points = [name for name in self.columns if self.model._meta.get_field(name).is_relation]
        return self.model._default_manager.select_related(*points).order_by(*self.key)

    def lines(self, *, ending: str, **chosen: Any) -> Iterator[list[Any]]:
        """The cells of the rows, up to a bound. Refuses with TableRefused when there are more."""
        most = MOST_OUT_XLSX if ending == XLSX else MOST_OUT
        found = self.rows(**chosen)
        if found.values("pk")[most : most + 1]:
            raise TableRefused(why=_("it has more than %(most)s rows.") % {"most": most})
        return (self.cells(row) for row in found[:most].iterator(chunk_size=2000))

    def cells(self, row: Any) -> list[Any]:
        return [field.widget.render(getattr(row, name, None)) for name, field in self.fields.items()]

    # --- in ---------------------------------------------------------------------------------------------------------

    def store(self, thing: Any, *, is_new: bool) -> None:
        """Hand a row that is new or changed to the service that guards it."""
        raise NotImplementedError

    def take(self, dataset: Dataset, *, is_trial: bool) -> Report:
        """Store a whole file, or only look what it would do.

        Refuses with TableRefused when its columns are wrong, or when it has too many rows for one request.
        """
        if len(dataset) > self.most_rows:
            raise TableRefused(why=_("it has more than %(most)s rows.") % {"most": self.most_rows})
        unknown = [name for name in dataset.headers if name not in self.columns]
        missing = [name for name in self.key if name not in dataset.headers]
        if unknown or missing:
            told = _("the column %(name)s is not known here.") if unknown else _("the column %(name)s is missing.")
            raise TableRefused(why=told % {"name": (unknown or missing)[0]})
        result = self.import_data(dataset, dry_run=is_trial, rollback_on_validation_errors=True)
        counts = result.totals
        problems = tuple(sorted(self._problems(result), key=lambda one: one.line))[:MOST_PROBLEMS]
        return Report(counts["new"], counts["update"], counts["skip"], problems, tuple(self._changes))

    def _problems(self, result: Any) -> Iterator[Problem]:
        for error in result.base_errors:
            yield Problem(1, "", _said(error.error))
        for number, errors in result.row_errors():
            yield from (Problem(number + 1, "", _said(error.error)) for error in errors)
        for row in result.invalid_rows:
            for name, texts in row.error.message_dict.items():
                field = "" if name == NON_FIELD_ERRORS else self._name(name)
                yield from (Problem(row.number + 1, field, text) for text in texts)

    def _name(self, column: str) -> str:
        """A column with its name in the reader's language."""
        words = str(getattr(self.model._meta.get_field(column), "verbose_name", column))
        return column if words == column else f"{column} ({words})"

    # --- what django-import-export asks -----------------------------------------------------------------------------

    @override
    def get_import_id_fields(self) -> list[str]:
        return list(self.key)

    @override
    def before_import_row(self, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Two lines about one thing would be taken or not by their order."""
        named = tuple(str(row[name]).strip() for name in self.key)
        number = kwargs["row_number"]
        if self._seen.setdefault(named, number) != number:
            raise ValidationError(
                {self.key[0]: _("line %(line)s is about the same.") % {"line": self._seen[named] + 1}}
            )

    @override
    def get_instance(self, instance_loader: Any, row: Mapping[str, Any]) -> Any:
        """The stored row; none when a cell of the key can't be read, which `import_instance` then says."""
        try:
            found = {name: self.fields[name].widget.clean(row[name]) for name in self.key}
        except ValidationError:
            return None
        return self.model._default_manager.filter(**found).first()

    @override
    def init_instance(self, row: Any = None) -> Any:
        return self.model()

    @override
    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        self._before = None if new else self.cells(instance)

    @override
    def import_instance(self, instance: Any, row: Mapping[str, Any], **kwargs: Any) -> None:
        """Read every cell before complaining, so that all that is wrong in a line is said at once."""
        errors = {}
        for name, field in self.fields.items():
            if name in row:
                try:
                    setattr(instance, name, field.widget.clean(row[name]))
                except (ValidationError, ValueError, ArithmeticError) as wrong:
                    errors[name] = wrong if isinstance(wrong, ValidationError) else ValidationError(_("can't be read."))
        if errors:
            raise ValidationError(errors)

    @override
    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        return not import_validation_errors and self._before is not None and self.cells(instance) == self._before

    @override
    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        errors = dict(import_validation_errors or {})
        if self._before is None and not self.takes_new and not errors:
            errors = {self.key[0]: [ValidationError(str(self.unknown))]}
        if self.is_checked and not errors:
            instance.full_clean()
        if errors:
            raise ValidationError(errors)

    @override
    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        if len(self._changes) < MOST_CHANGES:
            self._changes.append(self._change(instance, kwargs["row_number"] + 1))
        self.store(instance, is_new=is_create)

    def _change(self, thing: Any, line: int) -> Change:
        before = self._before or [None] * len(self.columns)
        cells = zip(self.columns, map(_text, before), map(_text, self.cells(thing)), strict=True)
        named = dict(zip(self.columns, map(_text, self.cells(thing)), strict=True))
        return Change(
            line, " · ".join(named[name] for name in self.key), tuple(one for one in cells if one[1] != one[2])
        )


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _said(error: Exception) -> str:
    """A refusal in its own words; what nobody foresaw without its inner parts."""
    if isinstance(error, DomainError):
        return str(error)
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return _("This can't be stored.")
