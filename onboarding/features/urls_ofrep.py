from django.urls import re_path

from onboarding.features import views_ofrep

app_name = "ofrep"
urlpatterns = [re_path(r"^[\s\S]*$", views_ofrep.answer, name="answer")]
