"""Rooms above that read the log as well, and must have read what is removed from it. The settings say which."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string


def catch_up(workspace_id: int) -> bool:
    """Have all of them read what the engine has read by now. Returns whether they have, and look back at nothing.

    Each reader is a function of a workspace's id, to be called outside of any scope, that says so of itself.
    """
    readers = [cast(Callable[[int], bool], import_string(path)) for path in settings.LOG_READERS]
    return all(reader(workspace_id) for reader in readers)
