from django.urls import path

from milestones.playbook.pages import care, exchange, reading, sections

app_name = "playbook"
root = "ladders/<slug:key>/playbook"
urlpatterns = [
    path("playbooks/", reading.index, name="index"),
    path(f"{root}/", reading.playbook, name="playbook"),
    path(f"{root}/log/", reading.log, name="log"),
    path(f"{root}/preview/", sections.preview, name="preview"),
    path(f"{root}/chapters/", sections.add_chapter, name="add_chapter"),
    path(f"{root}/chapters/<slug:place>/", sections.chapter, name="chapter"),
    path(f"{root}/sections/<slug:place>/", sections.section, name="section"),
    path(f"{root}/sections/<slug:place>/text/", sections.write, name="write"),
    path(f"{root}/sections/<slug:place>/confirmation/", sections.confirm, name="confirm"),
    path(f"{root}/sections/<slug:place>/expected/", sections.span_shown, name="span_shown"),
    path(f"{root}/sections/<slug:place>/range/", sections.span, name="span"),
    path(f"{root}/care/", care.care_shown, name="care_shown"),
    path(f"{root}/care/change/", care.care, name="care"),
    path(f"{root}/review/", care.reviewed, name="reviewed"),
    path(f"{root}/comments/", care.comments, name="comments"),
    path(f"{root}/comments/new/", care.comment, name="comment"),
    path(f"{root}/comments/<int:pk>/", care.edit_comment, name="edit_comment"),
    path(f"{root}/comments/<int:pk>/deletion/", care.delete_comment, name="delete_comment"),
    path(f"{root}/comments/<int:pk>/resolution/", care.resolve_comment, name="resolve_comment"),
    path(f"{root}.yaml", exchange.as_yaml, name="yaml"),
    path(f"{root}/yaml/", exchange.bring_in, name="import"),
]
