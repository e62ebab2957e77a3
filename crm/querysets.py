"""The vocabulary of approval: filters that chain."""

from typing import Any, Self

from django.db.models import Case, QuerySet, Subquery, Value, When

from crm.states import ChangeOutcome


class RuleSetQuerySet(QuerySet[Any]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current_first(self) -> Self:
        """The one in force is the one that was published last: there is always exactly one, and no flag to move."""
        return self.published().order_by("-published_at", "-version")

    def with_state(self) -> Self:
        """Each with `is_current`."""
        current = Subquery(self.model._default_manager.current_first().values("pk")[:1])
        return self.annotate(is_current=Case(When(pk=current, then=Value(True)), default=Value(False)))


class LineChangeQuerySet(QuerySet[Any]):
    def open(self) -> Self:
        """Asked for, and neither taken nor dropped. Uses index line_change_open_once."""
        return self.filter(outcome=ChangeOutcome.OPEN)
