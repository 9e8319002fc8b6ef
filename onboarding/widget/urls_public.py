from django.urls import path

from onboarding.widget import views

app_name = "checklist"
urlpatterns = [
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/steps/", views.steps, name="steps"),
    path("<str:token>/acts/", views.act, name="acts"),
    path("<str:token>/look.css", views.look, name="look"),
]
