import re

from django.urls import re_path

from onboarding.intake import views
from onboarding.intake.posthog.endpoint import ROUTES

app_name = "posthog"
urlpatterns = [re_path(f"^(?:{'|'.join(map(re.escape, ROUTES))})/?$", views.answer, name="answer")]
