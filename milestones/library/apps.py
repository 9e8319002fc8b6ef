from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "milestones.library"
    label = "library"
