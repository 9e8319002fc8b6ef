"""`{{ phase|phase_name }}`: a phase as members read it."""

from django import template

from milestones.ladders.phase_names import phase_name

register = template.Library()
register.filter("phase_name", phase_name)
