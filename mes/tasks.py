"""Doors for the queue."""

from mes.services import planning, tallies, what_if


def publish_worklists() -> None:
    planning.publish_worklists()


def publish_if_dry(work_centre_id: int) -> None:
    planning.publish_if_dry(work_centre_id=work_centre_id)


def fold_tallies() -> None:
    tallies.fold_tallies()


def compare_policies() -> None:
    what_if.compare_policies()
