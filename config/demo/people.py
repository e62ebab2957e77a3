"""Demo logins, one for each kind of user. They exist only in a database that `make run` seeded."""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User

from mes.models import Operator, WorkCentre
from shop.services.customers import sign_up

PASSWORD = "karat-demo-2026"  # noqa: S105  (a demo's, printed at the start)


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    name: str
    groups: tuple[str, ...]
    place: str
    is_staff: bool = True


LOGINS = [
    Login("customer@karat.example", "Vera", (), "/", is_staff=False),
    Login("seller@karat.example", "Sonja", ("seller",), "/crm/"),
    Login("pricing@karat.example", "Pavel", ("seller", "senior seller", "pricing manager"), "/crm/"),
    Login("operator@karat.example", "Oleg", ("operator",), "/mes/bench/", is_staff=False),
    Login("planner@karat.example", "Petra", ("planner",), "/mes/"),
    Login("partners@karat.example", "Marta", ("partner manager",), "/mes/"),
    Login("developer@karat.example", "Denis", ("developer",), "/silk/ (make profile)"),
]


def seed_people() -> None:
    """Make the logins; the operator is qualified for every work centre."""
    for login in LOGINS:
        if not login.groups:
            sign_up(email=login.email, name=login.name, password=PASSWORD, language="en")
            continue
        user = User.objects.create_user(
            login.email, login.email, PASSWORD, first_name=login.name, is_staff=login.is_staff
        )
        user.groups.set(Group.objects.filter(name__in=login.groups))
    operator = Operator.objects.create(user=User.objects.get(username="operator@karat.example"), name="Oleg")
    operator.work_centres.set(WorkCentre.objects.all())
