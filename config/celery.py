"""Celery, and everything that happens by itself."""

import os

from celery import Celery
from celery.signals import worker_init

from config import broker, heartbeat, workers  # noqa: F401  (workers connects itself to what surrounds every task)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

broker.use()
app = Celery("firstmile")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["onboarding.intake.imports"])
app.task(name="config.heartbeat", ignore_result=True)(heartbeat.beat)

# The sweeps find news whose wake-up call was lost, so that a lost message costs seconds, never data.
# While no worker is there, sweeps pile up; the old ones are passed over. (A minute, so that clocks may differ.)
OFTEN = {"schedule": 5.0, "options": {"expires": 60}}
app.conf.beat_schedule = {
    "find news that intake announced in vain": {"task": "progress.sweep", **OFTEN},
    "find progress that was announced in vain": {"task": "cubes.sweep", **OFTEN},
    "find imports that were asked for in vain": {"task": "intake.sweep_imports", "schedule": 10.0},
    "take up files from the import folder": {"task": "intake.collect_files", "schedule": 15.0},
    "tidy up after imports": {"task": "intake.tidy_imports", "schedule": 3600.0},
    "publish the ladder versions whose time has come": {"task": "ladders.publish_due", "schedule": 30.0},
    "tell reviewers whose question was announced in vain": {"task": "ladders.tell_all_reviewers", "schedule": 30.0},
    # Days are the workspaces' own, so both look often and find something once a day.
    "compare playbooks with what happens": {"task": "review.sweep", "schedule": 1800.0},
    "forget old rejections and duplicates": {"task": "debugger.forget", "schedule": 3600.0},
    "remind of playbooks whose review is due": {"task": "playbook.remind", "schedule": 900.0},
    # Months begin once a month; whatever keeps one of these from its work, an hour later it tries again.
    "make the event log's months before they begin": {"task": "intake.make_partitions", "schedule": 3600.0},
    "let go of events that are no longer kept": {"task": "progress.retain", "schedule": 3600.0},
    # What nobody did in time says nothing any more.
    "say that clock, queue and workers work": {
        "task": "config.heartbeat",
        "schedule": heartbeat.EVERY_SECONDS,
        "options": {"expires": heartbeat.EVERY_SECONDS},
    },
}


@worker_init.connect
def refuse_unsafe_database(**_: object) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from workspaces.scope.role import refuse_unsafe_role

    try:
        refuse_unsafe_role()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal  # any Exception of a handler Celery would log, and go on
