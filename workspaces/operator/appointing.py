"""Who may see the operator's pages. Said on the server, as the tables' owner: the application may only look it up."""

from django.db import transaction

from workspaces.operator.models import Act, Operator
from workspaces.tenants.models import User

OWNER = "owner"


def appoint(user: User, *, operator: str) -> bool:
    """Whether they were none before."""
    with transaction.atomic(using=OWNER):
        _, new = Operator.objects.using(OWNER).get_or_create(pk=user.pk)
        if new:
            _note(operator, "appointed an operator", user)
    return new


def dismiss(user: User, *, operator: str) -> bool:
    """With immediate effect. Whether they were one."""
    with transaction.atomic(using=OWNER):
        gone, _ = Operator.objects.using(OWNER).filter(pk=user.pk).delete()
        if gone:
            _note(operator, "dismissed an operator", user)
    return bool(gone)


def _note(operator: str, action: str, user: User) -> None:
    Act.objects.using(OWNER).create(operator=operator[:100], action=action, details={"log_in": user.email})
