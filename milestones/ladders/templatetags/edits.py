"""`{{ edit.words|edit_words }}`: a change of a draft in the reader's language."""

from django import template

from milestones.ladders.edit_words import edit_words

register = template.Library()
register.filter("edit_words", edit_words)
