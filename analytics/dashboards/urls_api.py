from django.urls import path

from analytics.dashboards.api import metrics, views

urlpatterns = [
    path("metrics", metrics.Definitions.as_view(), name="metrics"),
    path("metrics/people", metrics.PeopleBehind.as_view(), name="metrics_people"),
    path("metrics/stuck", metrics.Stuck.as_view(), name="metrics_stuck_people"),
    path("metrics/<slug:key>", metrics.OneMetric.as_view(), name="metric"),
    path("views", views.Views.as_view(), name="views"),
    path("views/<int:pk>", views.OneView.as_view(), name="view"),
]
