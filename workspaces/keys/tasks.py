"""What keys do by themselves."""

from celery import shared_task

from workspaces.keys import left, mail


@shared_task(name="keys.tell_of_ends")
def tell_of_ends() -> None:
    mail.tell_of_ends()


@shared_task(name="keys.look_for_makers")
def look_for_makers() -> None:
    """Whether who made a key still is a member."""
    left.come_back()
    left.tell_of_them()
