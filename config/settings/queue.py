"""The two clusters of the task queue: `default` for everything short, `pricing` for geometry.

The queue is django-q2's ORM broker in the application's own database (docs/decisions/0002-queue-in-the-database.md):
a task commits or rolls back with the change that causes it. config/checks.py refuses other arrangements.
"""

from config.env import Environment


def clusters(env: Environment, *, postgresql: bool) -> dict[str, object]:
    """Q_CLUSTER for this environment.

    `retry` must exceed the longest a task can hold its lock, which begins when it is fetched, not when it starts:
    with `queue_limit` waiting in front of it, that is about three times `timeout`; otherwise tasks run twice.
    """
    return {
        "name": "karat",  # the salt of the signatures: the same everywhere, never changed with tasks waiting
        "cluster_name": "default",
        "orm": "default",
        # SKIP LOCKED and first-in first-out on PostgreSQL; the stock broker's compare-and-set on SQLite
        **({"broker_class": "config.kernel.broker.SkipLockedBroker"} if postgresql else {}),
        "workers": env.default_workers,
        "timeout": 60,
        "retry": 300,
        "queue_limit": 4,
        "bulk": 1,
        "max_attempts": 3,
        "ack_failures": False,
        "save_limit": -1,  # successes aren't kept: 16 times faster; failures always are, and purged daily
        "catch_up": False,  # a schedule that was missed runs once, not once per missed slot
        "poll": 0.2,
        "guard_cycle": 0.5,
        "recycle": 500,
        "daemonize_workers": False,  # a worker starts a child process that handles the stranger's file
        "cache": "default",
        "label": "Queue",
        "ALT_CLUSTERS": {
            "pricing": {
                "workers": env.pricing_workers,
                "timeout": env.pricing_seconds + 60,  # the child is killed first, by its own deadline
                "retry": 3 * (env.pricing_seconds + 60) + 60,
                "queue_limit": 1,  # a waiting design stays in the table, where a worker on another host can take it
                "recycle": 500,  # what a design leaves behind dies with its child, not with the worker
            }
        },
    }
