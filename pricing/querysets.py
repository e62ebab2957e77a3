"""The vocabulary of reading prices: filters that chain, time as an argument."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from pricing.states import UNSETTLED, Metal, QuoteStatus

MAX_ATTEMPTS = 3
HUGE_BYTES = 16 * 1024 * 1024  # some 330 thousand triangles of binary STL: seconds to measure, not moments


class QuoteQuerySet(QuerySet[Any]):
    def unsettled(self) -> Self:
        return self.filter(status__in=UNSETTLED)

    def free_to_start(self, *, at: datetime) -> Self:
        """Waiting, or abandoned by an attempt whose lease ran out, with attempts left."""
        abandoned = Q(status=QuoteStatus.CALCULATING, lease_until__lt=at)
        return self.filter(Q(status=QuoteStatus.REQUESTED) | abandoned, attempts__lt=MAX_ATTEMPTS)

    def in_turn(self) -> Self:
        """The one that should be started first comes first. After `free_to_start` it uses index quote_in_turn."""
        return self.order_by("start_by", "pk")

    def held(self, *, at: datetime) -> Self:
        """In the hands of an attempt whose lease has not run out. Uses index quote_in_work."""
        return self.filter(status=QuoteStatus.CALCULATING, lease_until__gte=at)

    def of_idle_designs(self, *, at: datetime) -> Self:
        """Those whose design nobody is measuring for another quote."""
        twins = self.model._default_manager.held(at=at).filter(design=OuterRef("design"), unit=OuterRef("unit"))
        return self.exclude(Exists(twins))

    def huge(self) -> Self:
        return self.filter(design__size_bytes__gte=HUGE_BYTES)

    def not_huge(self) -> Self:
        return self.filter(design__size_bytes__lt=HUGE_BYTES)

    def exhausted(self, *, at: datetime) -> Self:
        """All attempts used up and the last one's lease over. Uses index quote_unsettled."""
        return self.unsettled().filter(attempts__gte=MAX_ATTEMPTS, lease_until__lt=at)

    def too_late(self, *, at: datetime) -> Self:
        """Not settled in the time a customer is asked to wait, and in nobody's hands. Uses index quote_unsettled."""
        is_held = Q(status=QuoteStatus.CALCULATING, lease_until__gte=at)
        return self.unsettled().filter(give_up_at__lte=at).exclude(is_held)

    def forgotten(self, *, since: datetime, at: datetime) -> Self:
        """Free to start and untouched for a while: the queue lost them. Uses index quote_unsettled."""
        return self.free_to_start(at=at).filter(hinted_at__lt=since)

    def overdue(self, *, at: datetime) -> Self:
        """Priced, never ordered, no longer valid. Uses index quote_open_until."""
        return self.filter(status=QuoteStatus.PRICED, valid_until__lte=at)


class MetalPriceQuerySet(QuerySet[Any]):
    def valid_at(self, at: datetime, *, currency: str) -> Self:
        """The newest row of each metal at a moment. Uses the unique index on metal, currency and moment."""
        rows = self.filter(currency=currency, valid_from__lte=at).order_by("-valid_from")
        newest = [rows.filter(metal=metal).values("pk")[:1] for metal in Metal.values]
        return self.filter(reduce(or_, (Q(pk__in=one) for one in newest)))


class PriceListQuerySet(QuerySet[Any]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self, *, at: datetime) -> Self:
        return self.published().filter(published_at__lte=at).order_by("-published_at")
