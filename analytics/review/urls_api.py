from django.urls import path

from analytics.review import api

playbook = "ladders/<slug:key>/playbook"
urlpatterns = [
    path(f"{playbook}/markdown", api.AsMarkdown.as_view(), name="playbook_markdown"),
    path(f"{playbook}/html", api.AsHtml.as_view(), name="playbook_html"),
    path(f"{playbook}/pdf", api.AsPdf.as_view(), name="playbook_pdf"),
]
