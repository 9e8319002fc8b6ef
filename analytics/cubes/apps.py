from django.apps import AppConfig


class CubesConfig(AppConfig):
    name = "analytics.cubes"
    label = "cubes"
