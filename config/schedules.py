"""What runs by the clock. Sweeps find what the queue lost: the row is the truth, the queue a wake-up."""

from django.conf import settings

from config.kernel.schedules import Clockwork

SCHEDULES = [
    Clockwork("pricing.tasks.sweep_quotes", every_minutes=1),
    Clockwork("shop.tasks.refresh_catalogue_prices", every_minutes=60),
    Clockwork("crm.tasks.sweep_orders", every_minutes=1),
    Clockwork("shop.tasks.sweep_letters", every_minutes=1),
    Clockwork("crm.tasks.sweep_tallies", every_minutes=10),
    Clockwork("external_orders.tasks.sweep_external_orders", every_minutes=1),
    Clockwork("mes.tasks.publish_worklists", daily_at=settings.WORKLIST_PUBLISH_HOUR),
    Clockwork("mes.tasks.fold_tallies", every_minutes=1),
    Clockwork("mes.tasks.compare_policies", daily_at=3),
    Clockwork("config.tasks.clean_up", daily_at=4),
    Clockwork("config.tasks.clean_profiler", every_minutes=10),
]
