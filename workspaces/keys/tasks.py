"""What keys do by themselves."""

from celery import shared_task

from workspaces.keys import mail


@shared_task(name="keys.tell_of_ends")
def tell_of_ends() -> None:
    mail.tell_of_ends()
