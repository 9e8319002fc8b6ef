from django.urls import path

from milestones.discovery import views_public

app_name = "ask"
urlpatterns = [
    path("<str:token>/", views_public.page, name="page"),
    path("<str:token>/draft/", views_public.draft, name="draft"),
]
