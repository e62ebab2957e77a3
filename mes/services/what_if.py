"""What each policy would make of a year: simulated at night, shown on the planner's page."""

from django.core.cache import caches

from mes.models import RoutingStep
from mes.selectors.dashboard import SIMULATED
from mes.selectors.simulations import generated_year, servers
from mes.simulation import generate, simulate
from mes.states import Policy

_LOAD = 0.6  # of the capacity, twice as much in the peak: where policies begin to differ
_SEED = 1


def compare_policies() -> dict[str, float]:
    """On time %, by policy, of one generated year; kept until the next night. Nothing without a routing for rings."""
    if not RoutingStep.objects.filter(routing__kind="ring").exists():
        return {}
    jobs = generate(generated_year(load=_LOAD, capacity=1.0, approval_days=0.0), seed=_SEED)
    stations = servers()
    found = {str(policy): simulate(jobs, stations, policy).on_time_percent for policy in Policy}
    caches["database"].set(SIMULATED, found)
    return found
