from django.urls import path

from workspaces.privacy.api import emptying, people, whole

urlpatterns = [
    path("privacy/erasures", people.Erasures.as_view(), name="erasures"),
    path("privacy/erasures/<int:pk>", people.OneErasure.as_view(), name="erasure"),
    path("privacy/taken-again", people.TakenAgain.as_view(), name="taken_again"),
    path("privacy/keeping", people.WhatIsKept.as_view(), name="keeping"),
    path("privacy/exports", whole.Exports.as_view(), name="exports"),
    path("privacy/exports/<int:pk>", whole.OneExport.as_view(), name="export"),
    path("privacy/exports/<int:pk>/file", whole.TheFile.as_view(), name="export_file"),
    path("environments/emptying", emptying.TheEmptying.as_view(), name="emptying"),
    path("workspace/deletion", whole.TheDeletion.as_view(), name="deletion"),
]
