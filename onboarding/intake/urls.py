from django.urls import re_path

from onboarding.intake import views

app_name = "intake"
urlpatterns = [re_path(r"^.*$", views.answer, name="answer")]
