"""The only caller of django-q2: tasks go in with the change that causes them, and its age can be read."""

from datetime import timedelta
from typing import Final

from django.db.models import Min
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task  # noqa: TID251  (this is the one place)

DEFAULT: Final = "default"
PRICING: Final = "pricing"
WEBHOOKS: Final = "webhooks"  # no queue of tasks: what is to be sent waits in rows of its own


def enqueue(task: str, queue: str = DEFAULT, /, **ids: int | str) -> None:
    """Ask for a task, in the caller's transaction: it commits or rolls back with it.

    `task` is a dotted path; the arguments are ids only, for the task reads the rows anew and may run twice.
    """
    async_task(task, **ids, q_options={"cluster": queue})


def waiting(queue: str) -> int:
    """How many tasks no worker has taken yet."""
    return OrmQ.objects.filter(key=queue, lock__lt=timezone.now()).count()


def oldest_waiting(queue: str) -> timedelta:
    """How long the oldest task has waited for a worker: the one number to alarm on."""
    since = OrmQ.objects.filter(key=queue, lock__lt=timezone.now()).aggregate(since=Min("lock"))["since"]
    return timezone.now() - since if since else timedelta(0)
