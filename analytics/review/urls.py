from django.urls import path, register_converter

from analytics.review import views


class FormatConverter:
    """The forms in which a playbook can be taken along."""

    regex = "md|html|pdf"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormatConverter, "playbook_format")

app_name = "review"
root = "ladders/<slug:key>/playbook"
urlpatterns = [
    path(f"{root}/numbers/", views.numbers, name="numbers"),
    path(f"{root}/sections/<slug:place>/proposal/", views.proposal, name="proposal"),
    path(f"{root}.<playbook_format:form>", views.export, name="export"),
]
