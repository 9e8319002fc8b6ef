"""Celery, and everything that happens by itself."""

import logging
import os

from celery import Celery
from celery.signals import beat_init, worker_init

from config import broker, heartbeat, workers  # noqa: F401  (workers connects itself to what surrounds every task)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = logging.getLogger(__name__)

broker.use()
app = Celery("firstmile")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["onboarding.intake.imports"])
app.task(name="config.heartbeat", ignore_result=True)(heartbeat.beat)

# The sweeps find news whose wake-up call was lost, so that a lost message costs seconds, never data.


def every(seconds: float, task: str) -> dict[str, object]:
    """An entry of the table. While no worker is there they pile up; old ones are passed over when one is back.

    (Not before a minute, so that clocks may differ.)
    """
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 60.0)}}


app.conf.beat_schedule = {
    "find news that intake announced in vain": every(5.0, "progress.sweep"),
    "find progress that was announced in vain": every(5.0, "cubes.sweep"),
    "lay out for reading what was counted": every(600.0, "cubes.bind"),
    "find use of the product that was announced in vain": every(10.0, "usage.sweep"),
    "find changes of features that were announced in vain": every(10.0, "features.sweep"),
    "find imports that were asked for in vain": every(10.0, "intake.sweep_imports"),
    "take up files from the import folder": every(15.0, "intake.collect_files"),
    "tidy up after imports": every(3600.0, "intake.tidy_imports"),
    "publish the ladder versions whose time has come": every(30.0, "ladders.publish_due"),
    "tell reviewers whose question was announced in vain": every(30.0, "ladders.tell_all_reviewers"),
    "know which features ladders name": every(60.0, "features.learn_all"),
    # Days are the workspaces' own, so both look often and find something once a day.
    "compare playbooks with what happens": every(1800.0, "review.sweep"),
    "send the reports that are due": every(60.0, "reports.sweep"),
    "forget old pictures of reports": every(3600.0, "reports.forget"),
    "send invitations that were announced in vain": every(60.0, "team.send_all_invitations"),
    "forget old invitations": every(3600.0, "team.forget_invitations"),
    "let go of audit entries that are no longer kept": every(3600.0, "audit.purge"),
    "forget sessions that are over and log-ins that nobody proved": every(3600.0, "accounts.forget"),
    "see whether verified domains still are": every(3600.0, "accounts.check_domains"),
    "read the metadata of identity providers again": every(3600.0, "accounts.read_metadata_again"),
    "find webhooks that are due or were announced in vain": every(5.0, "webhooks.sweep"),
    "tell owners of webhooks that disabled themselves": every(60.0, "webhooks.tell_all_owners"),
    "forget old deliveries of webhooks": every(3600.0, "webhooks.purge"),
    "go on with erasing people": every(30.0, "privacy.sweep"),
    "erase people who are not seen any more": every(3600.0, "privacy.forget_the_inactive"),
    "tell of deletions of workspaces and carry them out": every(60.0, "privacy.sweep_deletions"),
    "forget old rejections and duplicates": every(3600.0, "debugger.forget"),
    "tell owners of keys that end soon": every(3600.0, "keys.tell_of_ends"),
    "tell owners of keys whose maker has left": every(600.0, "keys.look_for_makers"),
    "forget answers of the API": every(3600.0, "api.forget"),
    "remind of playbooks whose review is due": every(900.0, "playbook.remind"),
    # Months begin once a month; whatever keeps one of these from its work, an hour later it tries again.
    "make the event log's months before they begin": every(3600.0, "intake.make_partitions"),
    "let go of events that are no longer kept": every(3600.0, "progress.retain"),
    # What nobody did in time says nothing any more.
    "say that clock, queue and workers work": {
        "task": "config.heartbeat",
        "schedule": heartbeat.EVERY_SECONDS,
        "options": {"expires": heartbeat.EVERY_SECONDS},
    },
}


@beat_init.connect
def say_that_beat_is_there(**_: object) -> None:
    log.info("beat: Starting")


@worker_init.connect
def refuse_unsafe_database(**_: object) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from workspaces.scope.role import refuse_unsafe_role

    try:
        refuse_unsafe_role()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal  # any Exception of a handler Celery would log, and go on
