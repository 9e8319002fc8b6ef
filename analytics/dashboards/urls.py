from django.urls import path

from analytics.dashboards import views, views_accounts, views_answers, views_saved, views_stuck, views_use
from analytics.dashboards.compare import views as compare_views
from analytics.dashboards.sections import views as section_views

app_name = "dashboards"
urlpatterns = [
    path("adoption/", views.adoption, name="adoption"),
    path("adoption/people/", views.people, name="people"),
    path("adoption/views/", views_saved.saved_views, name="views"),
    path("adoption/views/new/", views_saved.save, name="view_new"),
    path("adoption/views/<int:pk>/", views_saved.change, name="view"),
    path("adoption/views/<int:pk>/deletion/", views_saved.delete, name="view_deletion"),
    path("adoption/views/<int:pk>/return/", views_saved.bring_back, name="view_return"),
    path("adoption/compare/", compare_views.compare, name="compare"),
    path("adoption/people/use/", views_use.people, name="use_people"),
    path("adoption/definitions/", views.definitions, name="definitions"),
    path("adoption/stuck/", views_stuck.stuck_people, name="stuck"),
    path("adoption/accounts/", views_accounts.accounts_behind, name="accounts"),
    path("adoption/answers/", views_answers.answers, name="answers"),
    path("adoption/sections/<slug:key>/", section_views.section, name="section"),
    path("adoption/charts/<slug:digest>.svg", views.chart, name="chart"),
]
