from django.urls import path

from analytics.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("adoption/", views.adoption, name="adoption"),
    path("adoption/people/", views.people, name="people"),
    path("adoption/charts/<slug:digest>.svg", views.chart, name="chart"),
]
