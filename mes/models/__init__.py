from mes.models.metal import Hallmark, Inspection, MetalMovement, MetalTolerance, Weighing
from mes.models.resources import DayOff, Operator, Shift, WorkCentre, WorkCentreLog
from mes.models.routings import Routing, RoutingStep, WorkContent
from mes.models.tallies import Tally, TallyEntry
from mes.models.work_orders import Operation, OperationLog, WorkOrder, WorkOrderLog
from mes.models.worklists import Worklist, WorklistEntry

__all__ = [
    "DayOff",
    "Hallmark",
    "Inspection",
    "MetalMovement",
    "MetalTolerance",
    "Operation",
    "OperationLog",
    "Operator",
    "Routing",
    "RoutingStep",
    "Shift",
    "Tally",
    "TallyEntry",
    "Weighing",
    "WorkCentre",
    "WorkCentreLog",
    "WorkContent",
    "WorkOrder",
    "WorkOrderLog",
    "Worklist",
    "WorklistEntry",
]
