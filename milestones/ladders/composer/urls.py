from django.urls import path

from milestones.ladders.composer import views_edit, views_new, views_page

urlpatterns = [
    path("ladders/<slug:key>/", views_page.ladder, name="ladder"),
    path("ladders/<slug:key>/panel/", views_page.panel, name="panel"),
    path("ladders/<slug:key>/history/", views_page.history, name="history"),
    path("ladders/<slug:key>/rungs/", views_edit.rungs, name="rungs"),
    path("ladders/<slug:key>/rungs/<slug:rung>/", views_edit.rung, name="rung"),
    path("ladders/<slug:key>/rungs/<slug:rung>/place/", views_edit.place, name="rung_place"),
    path("ladders/<slug:key>/rungs/<slug:rung>/removal/", views_edit.removal, name="rung_removal"),
    path("ladders/<slug:key>/rungs/<slug:rung>/copies/", views_edit.copies, name="rung_copies"),
    path("ladders/<slug:key>/rungs/<slug:rung>/module/", views_edit.module, name="rung_module"),
    path("ladders/<slug:key>/name/", views_new.rename, name="rename"),
    path("ladders/<slug:key>/versions/<int:number>/yaml/", views_new.export, name="export"),
    path("ladders/<slug:key>/undo/", views_edit.undo, name="undo"),
    path("ladders/<slug:key>/redo/", views_edit.redo, name="redo"),
]
