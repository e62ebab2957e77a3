from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule

from config.kernel.schedules import Clockwork, keep_schedules
from config.schedules import SCHEDULES

pytestmark = pytest.mark.django_db


def test_the_schedule_is_made_equal_to_what_is_wanted_and_stays_so():
    Schedule.objects.create(name="gone.task", func="gone.task")

    keep_schedules(SCHEDULES)
    keep_schedules(SCHEDULES)

    assert sorted(Schedule.objects.values_list("name", flat=True)) == sorted(one.task for one in SCHEDULES)


def test_another_hour_takes_effect_at_the_next_start():
    keep_schedules([Clockwork("mes.tasks.publish_worklists", daily_at=5)])

    keep_schedules([Clockwork("mes.tasks.publish_worklists", daily_at=7)])

    assert timezone.localtime(Schedule.objects.get().next_run).hour == 7


def test_a_schedule_that_is_kept_does_not_start_anew():
    keep_schedules([Clockwork("pricing.tasks.sweep_quotes", every_minutes=1)])
    later = timezone.now() + timedelta(seconds=40)
    Schedule.objects.update(next_run=later)

    keep_schedules([Clockwork("pricing.tasks.sweep_quotes", every_minutes=1)])

    assert Schedule.objects.get().next_run == later


def test_doubled_rows_are_made_one():
    for _ in range(2):
        Schedule.objects.create(name="crm.tasks.sweep_orders", func="crm.tasks.sweep_orders")

    keep_schedules([Clockwork("crm.tasks.sweep_orders", every_minutes=1)])

    assert Schedule.objects.count() == 1
