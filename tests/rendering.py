"""Migrations render a model when it is made, and not all that refer to each other with it.

Django makes the classes of every related model anew after each operation. Here all models are related through the
workspace, so that nine tenths of a first migration went there. A model that is new only adds relations to what is
there, which Django's fields do by themselves; and an index or a constraint is told to the class that has it.
Fields that change, models that go and everything else are left to Django. This is for databases of tests, of which
every run makes several; whoever keeps data migrates by Django alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.migrations.state import ModelState, ProjectState

_TOLD = ("indexes", "constraints")
_append_option = ProjectState._append_option  # type: ignore[attr-defined]


def _add_model(state: Any, model: ModelState) -> None:
    key = model.app_label, model.name_lower
    known = key in state.models
    state.models[key] = model
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" not in state.__dict__:
        return
    if known:
        state.reload_model(*key)
    else:
        state.apps.render_multiple([model])


def _append(state: Any, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    if option_name not in _TOLD or "apps" not in state.__dict__:
        _append_option(state, app_label, model_name, option_name, obj)
        return
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]
    setattr(state.apps.get_model(app_label, model_name)._meta, option_name, list(options[option_name]))


@contextmanager
def rendering_what_is_new() -> Iterator[None]:
    """While migrating: render a new model alone."""
    with patch.object(ProjectState, "add_model", _add_model), patch.object(ProjectState, "_append_option", _append):
        yield
