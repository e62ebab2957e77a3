"""The first free piece of a published list, given to an operator. Both ways leave the same rows.

Fifty operators take from one list at once: on PostgreSQL a claim is a single statement, so that no lock outlives a
round trip and no transaction has to be opened for it (decision 36). It is the one move that doesn't pass through
`config.kernel.transitions.move`; `test_both_ways_to_claim_leave_the_same_rows` holds them together.
"""

from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from config.kernel.locking import take_next
from config.kernel.transitions import move
from mes.models import Operation, Operator
from mes.selectors import claimable_for, runs_dry
from mes.services.tallies import count
from mes.states import OperationStatus

# Uses indexes worklist_newest, worklist_rank_once and the operations' primary key; stops at the first free row.
_CLAIM: Final = """
WITH someone AS (
    SELECT operator.id FROM mes_operator operator
    JOIN mes_operator_work_centres qualified ON qualified.operator_id = operator.id
    WHERE operator.user_id = %(user)s AND qualified.workcentre_id = %(work_centre)s
), free AS (
    SELECT operation.id FROM mes_worklistentry entry
    JOIN mes_operation operation ON operation.id = entry.operation_id
    WHERE entry.worklist_id = (
        SELECT id FROM mes_worklist WHERE work_centre_id = %(work_centre)s ORDER BY published_at DESC LIMIT 1
    )
    AND operation.status = 'ready' AND operation.work_centre_id = %(work_centre)s
    AND (operation.pinned_to_id IS NULL OR operation.pinned_to_id = (SELECT id FROM someone))
    AND EXISTS (SELECT FROM someone)
    ORDER BY entry.rank LIMIT 1
    FOR NO KEY UPDATE OF operation SKIP LOCKED
), taken AS (
    UPDATE mes_operation operation SET status = 'claimed', operator_id = (SELECT id FROM someone)
    FROM free WHERE operation.id = free.id RETURNING operation.*
), logged AS (
    INSERT INTO mes_operationlog (operation_id, at, actor_id, from_status, to_status, reason)
    SELECT id, %(now)s, %(user)s, 'ready', 'claimed', '' FROM taken
), counted AS (
    INSERT INTO mes_tallyentry (measure, day, place, amount)
    SELECT 'claims', %(today)s, %(work_centre)s, 1 FROM taken
), few AS (
    SELECT greatest(%(enough)s, least(%(half)s, count(*))) AS rows
    FROM mes_operator_work_centres WHERE workcentre_id = %(work_centre)s
)
SELECT taken.*, (
    SELECT count(*) FROM (
        SELECT FROM mes_worklistentry entry JOIN mes_operation operation ON operation.id = entry.operation_id
        WHERE entry.worklist_id = (
            SELECT id FROM mes_worklist WHERE work_centre_id = %(work_centre)s ORDER BY published_at DESC LIMIT 1
        )
        AND operation.status = 'ready' AND operation.work_centre_id = %(work_centre)s
        LIMIT (SELECT rows + 1 FROM few)
    ) seen
) <= (SELECT rows FROM few) AS runs_dry FROM taken
"""


def claim_first(*, work_centre_id: int, actor: User) -> tuple[Operation, bool] | None:
    """Claim the first piece of the list that nobody else is taking; None when the actor can take none.

    Returns it and whether the list runs dry. Locks the operation, waits for no one.
    """
    one_statement = connection.vendor == "postgresql"
    return _in_one_statement(work_centre_id, actor) if one_statement else _step_by_step(work_centre_id, actor)


def _in_one_statement(work_centre_id: int, actor: User) -> tuple[Operation, bool] | None:
    """The count sees the list as it was before the claim, so the claimed row is on it. `few` is the selectors' rule."""
    given = {
        "user": actor.pk,
        "work_centre": work_centre_id,
        "now": timezone.now(),
        "today": timezone.localdate(),
        "enough": settings.WORKLIST_REFILL_BELOW,
        "half": settings.WORKLIST_SIZE // 2,
    }
    for operation in Operation.objects.raw(_CLAIM, given):
        return operation, vars(operation)["runs_dry"]
    return None


@transaction.atomic
def _step_by_step(work_centre_id: int, actor: User) -> tuple[Operation, bool] | None:
    operator = Operator.objects.filter(user=actor, work_centres=work_centre_id).first()
    operation = take_next(claimable_for(operator, work_centre_id)) if operator else None
    if operation is None:
        return None
    move(operation, OperationStatus.CLAIMED, actor=actor, operator=operator)
    count("claims", work_centre_id=work_centre_id)
    return operation, runs_dry(work_centre_id)
