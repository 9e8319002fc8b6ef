from django.urls import path

from milestones.ladders.api import drafts, ladders, packs, reviews, roles, schedules, versions

ladder = "ladders/<slug:key>"
version = f"{ladder}/versions/<int:number>"
urlpatterns = [
    path("ladders", ladders.Ladders.as_view(), name="ladders"),
    path("ladders/import", ladders.Import.as_view(), name="ladders_import"),
    path(ladder, ladders.OneLadder.as_view(), name="ladder"),
    path(f"{ladder}/archive", ladders.Archive.as_view(), name="ladder_archive"),
    path(f"{ladder}/restore", ladders.Restore.as_view(), name="ladder_restore"),
    path(f"{ladder}/draft", drafts.Draft.as_view(), name="draft"),
    path(f"{ladder}/draft/bring-back", drafts.BringBack.as_view(), name="draft_bring_back"),
    path(f"{ladder}/draft/undo", drafts.Undo.as_view(), name="draft_undo"),
    path(f"{ladder}/draft/redo", drafts.Redo.as_view(), name="draft_redo"),
    path(f"{ladder}/draft/reviews", reviews.Reviews.as_view(), name="draft_reviews"),
    path(f"{ladder}/draft/reviews/changes", reviews.ChangesAsked.as_view(), name="draft_changes"),
    path(f"{ladder}/schedule", schedules.PlannedPublication.as_view(), name="ladder_schedule"),
    path(f"{ladder}/publish", drafts.Publication.as_view(), name="ladder_publish"),
    path(f"{ladder}/compare", versions.Comparison.as_view(), name="ladder_compare"),
    path(f"{ladder}/versions", versions.Versions.as_view(), name="versions"),
    path(version, versions.Version.as_view(), name="version"),
    path(f"{version}/yaml", versions.VersionYaml.as_view(), name="version_yaml"),
    path(f"{version}/return", versions.Return.as_view(), name="version_return"),
    path(f"{version}/duplicate", versions.Duplicate.as_view(), name="version_duplicate"),
    path("roles", roles.Roles.as_view(), name="roles"),
    path("roles/order", roles.Order.as_view(), name="roles_order"),
    path("roles/<slug:key>", roles.OneRole.as_view(), name="role"),
    path("packs", packs.Packs.as_view(), name="packs"),
    path("packs/<slug:key>", packs.OnePack.as_view(), name="pack"),
    path("packs/<slug:key>/adopt", packs.Adoption.as_view(), name="pack_adopt"),
]
