"""`manage.py worker [default|pricing|webhooks]`: start one cluster, or the sender, and stop it in order on a signal."""

import logging
import sys
import time
from typing import Any

from django import db
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string
from typing_extensions import override

from config.checks import QUEUE_CHECKS
from config.env import read_environment
from config.kernel import heartbeat
from config.kernel.queue import DEFAULT, PRICING, WEBHOOKS

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Start the workers of a queue: `default` (short tasks) or `pricing` (3D models); or the sender of `webhooks`."
    )
    # Ours, above all that no task is lost or doubled. Django's own look at pages, admin and templates, which a worker
    # never loads; `manage.py check` and the web's start do that.
    requires_system_checks = [QUEUE_CHECKS]

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queue", nargs="?", default=DEFAULT, choices=[DEFAULT, PRICING, WEBHOOKS])

    @override
    def handle(self, *args: Any, queue: str, **options: Any) -> None:
        if queue == WEBHOOKS:  # no tasks: the rows say what is due
            self._send()
            return
        if read_environment().queue_name != queue:
            # django-q2 reads the name of its queue once, at import; manage.py tells it before that (`choose_queue`).
            raise CommandError(f"start it as `manage.py worker {queue}`, not from within another process")
        if queue == DEFAULT:
            keep_schedules = import_string("config.kernel.schedules.keep_schedules")
            keep_schedules(import_string("config.schedules.SCHEDULES"))
        db.connections.close_all()  # nothing of the database may be shared with the children
        self._serve(queue)

    def _send(self) -> None:
        sender = import_string("external_orders.sender.Sender")(at_once=read_environment().webhooks_at_once)
        logger.info("workers of “%s” are ready", WEBHOOKS)
        sender.serve(_Beat(WEBHOOKS, workers=sender.at_once))
        logger.info("workers of “%s” have stopped", WEBHOOKS)

    def _serve(self, queue: str) -> None:
        from django_q.cluster import Cluster

        from config.kernel.cluster import install

        install(queue)
        cluster = Cluster()
        cluster.start()
        logger.info("workers of the queue “%s” are ready", queue)
        beat = _Beat(queue, workers=import_string("django_q.conf.Conf").WORKERS)  # it reads its name once, at import
        while cluster.sentinel.is_alive():
            beat.now()
            cluster.sentinel.join(heartbeat.BEAT_SECONDS)
        if not cluster.has_stopped:
            sys.exit(f"karat: the guard of the queue “{queue}” died; the supervisor starts it again")
        logger.info("workers of the queue “%s” have stopped", queue)


class _Beat:
    """A sign of life: at once, or every few seconds however often it is called."""

    def __init__(self, queue: str, *, workers: int) -> None:
        self.queue, self.workers, self._next = queue, workers, 0.0

    def __call__(self) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + heartbeat.BEAT_SECONDS
            self.now()

    def now(self) -> None:
        try:
            heartbeat.beat(self.queue, workers=self.workers)
        except db.Error as error:  # a database that is away for a while must not end the cluster
            logger.warning("no heartbeat of “%s”: %s", self.queue, str(error).partition("\n")[0])
        db.close_old_connections()
