"""Celery, and everything that happens by itself."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("firstmile")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The sweeps find news whose wake-up call was lost, so that a lost message costs seconds, never data.
app.conf.beat_schedule = {
    "find news that intake announced in vain": {"task": "progress.sweep", "schedule": 5.0},
    "find progress that was announced in vain": {"task": "cubes.sweep", "schedule": 5.0},
    "publish the ladder versions whose time has come": {"task": "ladders.publish_due", "schedule": 30.0},
    "tell reviewers whose question was announced in vain": {"task": "ladders.tell_all_reviewers", "schedule": 30.0},
    # Days are the workspaces' own, so both look often and find something once a day.
    "compare playbooks with what happens": {"task": "review.sweep", "schedule": 1800.0},
    "forget old rejections and duplicates": {"task": "debugger.forget", "schedule": 3600.0},
    "remind of playbooks whose review is due": {"task": "playbook.remind", "schedule": 900.0},
}


@worker_init.connect
def refuse_unsafe_database(**_: object) -> None:
    from workspaces.scope.role import refuse_unsafe_role

    refuse_unsafe_role()
