from django.urls import path

from workspaces.privacy import views, views_deletion, views_emptying, views_whole

app_name = "privacy"
urlpatterns = [
    path("settings/privacy/", views.index, name="index"),
    path("settings/privacy/erasures/", views.erasures, name="erasures"),
    path("settings/privacy/person/", views.person, name="person"),
    path("settings/privacy/person/erasure/", views.erasure, name="erasure"),
    path("settings/privacy/person/export/", views.export, name="export"),
    path("settings/privacy/keeping/", views.keeping, name="keeping"),
    path("settings/privacy/again/", views.again, name="again"),
    path("settings/privacy/exports/", views_whole.ask, name="whole"),
    path("settings/privacy/exports/<int:pk>/", views_whole.download, name="download"),
    path("environments/emptying/", views_emptying.emptying, name="emptying"),
    path("environments/emptying/progress/", views_emptying.progress, name="emptying_progress"),
    path("settings/deletion/", views_deletion.deletion, name="deletion"),
    path("settings/deletion/undoing/", views_deletion.undoing, name="deletion_undoing"),
]
