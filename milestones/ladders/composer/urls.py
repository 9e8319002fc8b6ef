from django.urls import path

from milestones.ladders.composer import views_edit, views_new, views_page, views_story, views_translations

urlpatterns = [
    path("ladders/new/", views_new.new, name="new"),
    path("ladders/import/", views_new.bring, name="import"),
    path("ladders/<slug:key>/", views_page.ladder, name="ladder"),
    path("ladders/<slug:key>/panel/", views_page.panel, name="panel"),
    path("ladders/<slug:key>/history/", views_page.history, name="history"),
    path("ladders/<slug:key>/rungs/", views_edit.rungs, name="rungs"),
    path("ladders/<slug:key>/rungs/<slug:rung>/", views_edit.rung, name="rung"),
    path("ladders/<slug:key>/rungs/<slug:rung>/place/", views_edit.place, name="rung_place"),
    path("ladders/<slug:key>/rungs/<slug:rung>/removal/", views_edit.removal, name="rung_removal"),
    path("ladders/<slug:key>/rungs/<slug:rung>/copies/", views_edit.copies, name="rung_copies"),
    path("ladders/<slug:key>/rungs/<slug:rung>/module/", views_edit.module, name="rung_module"),
    path("ladders/<slug:key>/story/", views_story.story, name="story"),
    path("ladders/<slug:key>/story/texts/", views_story.save, name="story_texts"),
    path("ladders/<slug:key>/stories/", views_story.stories, name="stories"),
    path("ladders/<slug:key>/stories/<int:number>/", views_story.one_story, name="one_story"),
    path("ladders/<slug:key>/stories/<int:number>/removal/", views_story.story_removal, name="story_removal"),
    path("ladders/<slug:key>/translations/", views_translations.translations, name="translations"),
    path("ladders/<slug:key>/translations/csv/", views_translations.as_csv, name="translations_csv"),
    path("ladders/<slug:key>/name/", views_new.rename, name="rename"),
    path("ladders/<slug:key>/versions/<int:number>/yaml/", views_new.export, name="export"),
    path("ladders/<slug:key>/undo/", views_edit.undo, name="undo"),
    path("ladders/<slug:key>/redo/", views_edit.redo, name="redo"),
]
