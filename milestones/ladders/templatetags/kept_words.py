"""`{{ edit.words|kept_words }}`: what was written down about a ladder, in the reader's language."""

from django import template

from milestones.ladders.kept_words import kept_words

register = template.Library()
register.filter("kept_words", kept_words)
