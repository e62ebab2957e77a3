"""The one way a status changes: the table of moves is checked, the move is written to the log, the row is saved."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kernel.errors import IllegalTransition

Actor = AbstractBaseUser | AnonymousUser | None  # None: Karat itself


class StatusLog(models.Model):
    """Who moved a thing from which status to which, when and why. Written by `move`, never changed."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    from_status = models.CharField(_("from"), max_length=24, blank=True)
    to_status = models.CharField(_("to"), max_length=24)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]


def move(thing: Any, to: str, *, actor: Actor = None, reason: str = "", **changes: Any) -> None:
    """Move a locked row to another status and write other fields with it.

    The caller holds the row's lock (`config.kernel.locking`). Raises IllegalTransition and changes nothing when the
    table has no such move.
    """
    _require_move(thing, to)
    write_log(thing, to, actor=actor, reason=reason)
    thing.status = to
    for name, value in changes.items():
        setattr(thing, name, value)
    thing.save(update_fields=["status", *changes])


def move_all(things: Sequence[Any], to: str, *, actor: Actor = None, reason: str = "") -> None:
    """Move locked rows of one table to the same status, all or none, in two statements however many there are."""
    for thing in things:
        _require_move(thing, to)
    write_logs([(thing, thing.status, to, reason) for thing in things], actor=actor)
    rows = type(things[0])._default_manager.filter(pk__in=[thing.pk for thing in things])
    rows.update(status=to)
    for thing in things:
        thing.status = to


def _require_move(thing: Any, to: str) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("move() outside a transaction: its log and its row could part")
    if to not in type(thing).transitions[thing.status]:
        raise IllegalTransition(thing=str(thing), current=thing.status, wanted=to)


def write_log(thing: Any, to: str, *, actor: Actor = None, reason: str = "", from_status: str | None = None) -> None:
    """Write a line of the log; `move` does so by itself, the creation of a row calls this."""
    if from_status is None:
        from_status = "" if thing.status == to else thing.status
    write_logs([(thing, from_status, to, reason)], actor=actor)


def write_logs(lines: Sequence[tuple[Any, str, str, str]], *, actor: Actor = None) -> None:
    """Lines of one kind of log as thing, from, to and reason, written in one statement."""
    log = lines[0][0].log
    log.model._default_manager.bulk_create(
        log.model(**{log.field.name: thing}, actor=person(actor), from_status=before, to_status=to, reason=reason[:500])
        for thing, before, to, reason in lines
    )


def person(actor: Actor) -> Any:
    """The user behind an actor, or None for Karat itself."""
    return actor if actor is not None and actor.is_authenticated else None
