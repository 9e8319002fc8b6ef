from django.urls import path

from analytics.reports import api, api_files

one = "reports/<int:pk>"
urlpatterns = [
    path("reports", api.Reports.as_view(), name="reports"),
    path(one, api.OneReport.as_view(), name="report"),
    path(f"{one}/pause", api.Pause.as_view(), name="report_pause"),
    path(f"{one}/resume", api.Resumption.as_view(), name="report_resume"),
    path(f"{one}/recipients", api.Recipients.as_view(), name="recipients"),
    path("recipients/<int:pk>", api.OneRecipient.as_view(), name="recipient"),
    path(f"{one}/editions", api.Editions.as_view(), name="editions"),
    path("editions/<int:pk>", api.OneEdition.as_view(), name="edition"),
    path("editions/<int:pk>/html", api.EditionMail.as_view(), name="edition_html"),
    path("editions/<int:pk>/again", api.MakeAgain.as_view(), name="edition_again"),
    path("dispatches/<int:pk>/again", api.Again.as_view(), name="dispatch_again"),
    path("links", api.Links.as_view(), name="links"),
    path("links/<int:pk>/revoke", api.LinkRevocation.as_view(), name="link_revoke"),
    path("adoption/pdf", api_files.AdoptionPdf.as_view(), name="adoption_pdf"),
    path("adoption/tables", api_files.AdoptionTables.as_view(), name="adoption_tables"),
    path("adoption/tables/<slug:name>/csv", api_files.AdoptionTable.as_view(), name="adoption_csv"),
    path("editions/<int:pk>/pdf", api_files.EditionPdf.as_view(), name="edition_pdf"),
    path("people/<int:pk>/summary", api_files.PersonSummary.as_view(), name="person_summary"),
    path("people/<int:pk>/summary/pdf", api_files.PersonSummaryPdf.as_view(), name="person_summary_pdf"),
    path("accounts/<int:pk>/summary", api_files.AccountSummary.as_view(), name="account_summary"),
    path("accounts/<int:pk>/summary/pdf", api_files.AccountSummaryPdf.as_view(), name="account_summary_pdf"),
]
