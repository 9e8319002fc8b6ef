from django.urls import path

from milestones.discovery import views, views_plans

app_name = "discovery"
urlpatterns = [
    path("discoveries/", views.index, name="index"),
    path("discoveries/new/", views.new, name="new"),
    path("discoveries/<int:pk>/", views.discovery, name="discovery"),
    path("discoveries/<int:pk>/draft/", views.draft, name="draft"),
    path("discoveries/<int:pk>/archive/", views.archive, name="archive"),
    path("discoveries/<int:pk>/links/", views.make_link, name="links"),
    path("discoveries/<int:pk>/links/<int:link>/revoke/", views.revoke_link, name="revoke"),
    path("discoveries/<int:pk>/answers/<int:response>/", views.response, name="response"),
    path("discoveries/<int:pk>/answers/<int:response>/proposal/", views_plans.propose_from, name="propose"),
    path("discoveries/<int:pk>/proposal/", views_plans.plan, name="plan"),
    path("discoveries/<int:pk>/proposal/decision/", views_plans.decide, name="decide"),
    path("discoveries/<int:pk>/proposal/ladder/", views_plans.make, name="make"),
    path("ladders/<slug:key>/goals/", views_plans.goals, name="goals"),
]
