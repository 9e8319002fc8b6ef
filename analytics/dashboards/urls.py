from django.urls import path

from analytics.dashboards import views, views_accounts, views_answers, views_stuck
from analytics.dashboards.sections import views as section_views

app_name = "dashboards"
urlpatterns = [
    path("adoption/", views.adoption, name="adoption"),
    path("adoption/people/", views.people, name="people"),
    path("adoption/definitions/", views.definitions, name="definitions"),
    path("adoption/stuck/", views_stuck.stuck_people, name="stuck"),
    path("adoption/accounts/", views_accounts.accounts_behind, name="accounts"),
    path("adoption/answers/", views_answers.answers, name="answers"),
    path("adoption/sections/<slug:key>/", section_views.section, name="section"),
    path("adoption/charts/<slug:digest>.svg", views.chart, name="chart"),
]
