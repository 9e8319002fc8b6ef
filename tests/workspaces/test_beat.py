"""Everything that is to happen by itself exists."""

from django.conf import settings

from config.celery import app


def test_every_task_of_the_beat_table_and_of_the_wakes_is_known():
    app.loader.import_default_modules()
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}
    woken = {task for tasks in settings.WAKES.values() for task in tasks}
    assert named | woken <= set(app.tasks)
    assert {"intake.make_partitions", "progress.retain", "config.heartbeat"} <= named
