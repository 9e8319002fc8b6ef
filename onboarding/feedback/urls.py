from django.urls import path

from onboarding.feedback import views

app_name = "feedback"
urlpatterns = [
    path("feedback/", views.index, name="index"),
    path("feedback/answers.csv", views.download, name="download"),
    path("feedback/import/", views.upload, name="upload"),
    path("feedback/import/answers/", views.keep, name="keep"),
]
