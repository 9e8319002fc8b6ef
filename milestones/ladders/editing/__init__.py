"""Every change that can be made to a ladder, as pure functions from document to document.

Each takes a canonical document (milestones.ladders.document) and returns an Edit: the new canonical document, the
words that stand in the history, and the places that it touches. What cannot be done raises CannotEdit with problems
that name the field. A valid document stays valid: nothing here can write one that `document.read` refuses.
"""

from milestones.ladders.editing.about import add_story, remove_story, set_about, set_story
from milestones.ladders.editing.edit import CannotEdit, Edit
from milestones.ladders.editing.fields import set_rung
from milestones.ladders.editing.order import move_down, move_to, move_up
from milestones.ladders.editing.places import overlap, value_at
from milestones.ladders.editing.rungs import add, duplicate, new_content, remove, replace_content
from milestones.ladders.editing.translations import Owner, Translation, owners, set_translation, set_translations

__all__ = [
    "CannotEdit",
    "Edit",
    "Owner",
    "Translation",
    "add",
    "add_story",
    "duplicate",
    "move_down",
    "move_to",
    "move_up",
    "new_content",
    "overlap",
    "owners",
    "remove",
    "remove_story",
    "replace_content",
    "set_about",
    "set_rung",
    "set_story",
    "set_translation",
    "set_translations",
    "value_at",
]
