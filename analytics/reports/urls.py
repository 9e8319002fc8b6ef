from django.urls import path

from analytics.reports import views, views_export, views_links, views_mails, views_summaries

app_name = "reports"
urlpatterns = [
    path("reports/", views.index, name="index"),
    path("reports/new/", views.new, name="new"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/change/", views.change, name="change"),
    path("reports/<int:pk>/pause/", views.pause, name="pause"),
    path("reports/<int:pk>/resumption/", views.resume, name="resume"),
    path("reports/<int:pk>/removal/", views.removal, name="removal"),
    path("reports/<int:pk>/progress/", views.progress, name="progress"),
    path("reports/<int:pk>/recipients/", views.recipients, name="recipients"),
    path("reports/<int:pk>/preview/", views_mails.preview, name="preview"),
    path("reports/recipients/<int:pk>/removal/", views.recipient_removal, name="recipient_removal"),
    path("reports/recipients/<int:pk>/question/", views.question, name="question"),
    path("reports/editions/<int:pk>/", views_mails.edition, name="edition"),
    path("reports/editions/<int:pk>/again/", views_mails.edition_again, name="edition_again"),
    path("reports/editions/<int:pk>/mail/", views_mails.mail, name="mail"),
    path("reports/editions/<int:pk>/report.pdf", views_mails.pdf, name="edition_pdf"),
    path("reports/dispatches/<int:pk>/again/", views_mails.again, name="again"),
    path("reports/links/", views_links.index, name="links"),
    path("reports/links/<int:pk>/revocation/", views_links.revocation, name="revocation"),
    path("reports/export/", views_export.export, name="export"),
    path("reports/export/adoption.pdf", views_export.pdf, name="pdf"),
    path("reports/export/<slug:name>.csv", views_export.csv, name="csv"),
    path("reports/summaries/", views_summaries.index, name="summaries"),
    path("reports/summaries/people/<int:pk>/", views_summaries.person, name="person"),
    path("reports/summaries/people/<int:pk>/summary.pdf", views_summaries.person_pdf, name="person_pdf"),
    path("reports/summaries/accounts/<int:pk>/", views_summaries.account, name="account"),
    path("reports/summaries/accounts/<int:pk>/summary.pdf", views_summaries.account_pdf, name="account_pdf"),
]
