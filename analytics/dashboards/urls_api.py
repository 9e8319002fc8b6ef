from django.urls import path

from analytics.dashboards.api import metrics, views

urlpatterns = [
    path("metrics", metrics.Definitions.as_view(), name="metrics"),
    path("journeys", metrics.PeopleBehind.as_view(), name="journeys"),
    path("stuck", metrics.Stuck.as_view(), name="stuck"),
    path("metrics/<slug:key>", metrics.OneMetric.as_view(), name="metric"),
    path("views", views.Views.as_view(), name="views"),
    path("views/<int:pk>", views.OneView.as_view(), name="view"),
]
