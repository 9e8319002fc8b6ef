"""The ladders themselves: the list, a new one, a whole one as a document, its name and role, the archive."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from milestones.ladders.api import shapes
from milestones.ladders.composer import making
from milestones.ladders.document import DocumentError, read
from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.ladders.roles.giving import give
from milestones.ladders.versions import history
from milestones.library.criteria import describe_rule
from milestones.library.shapes import unwritable
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class Ladders(KeyedView):
    @operation(
        "ladders_list",
        "ladders.read",
        "The ladders, by name",
        answer=shapes.LadderLine,
        query=shapes.LadderFilters,
        pages=True,
        plain=True,
    )
    def get(self, call: Call) -> Page:
        found = _ladders().filter(archived_at__isnull=not call.asked["archived"])
        if "role" in call.asked:
            found = found.filter(role__key=call.asked["role"])
        found_page = page(found, call.asked, order=("name", "pk"))
        return Page([line(ladder) for ladder in found_page.items], found_page.after)

    @operation(
        "ladders_create",
        "ladders.edit",
        "A new ladder with nothing in it",
        answer=shapes.LadderLine,
        body=shapes.NewLadder,
        status=201,
        plain=True,
    )
    def post(self, call: Call) -> Answer:
        role = _role(call.body["role"])
        ladder = making.make(making.Asked(name=call.body["name"], role=role.key), by=call.by)
        return Answer(line(ladder), headers={"Location": f"/api/v1/ladders/{ladder.key}"})


class Import(KeyedView):
    @operation(
        "ladders_import",
        "ladders.edit",
        "Make role, milestones and the ladder's draft say what a document says; published versions stay",
        answer=shapes.Imported,
        body=shapes.LadderImport,
        plain=True,
    )
    def post(self, call: Call) -> dict[str, Any]:
        said = call.body
        if ("yaml" in said) == ("document" in said):
            raise Refused("invalid", errors=[At("Send either document or yaml.")])
        try:
            if "yaml" in said:
                done = making.bring(said["yaml"].encode("utf-8", "surrogatepass"), by=call.by)
            else:
                done = making.bring_document(read({"ladder": said["document"]}), by=call.by)
        except DocumentError as error:
            if "yaml" in said:
                errors = [At(str(problem), pointer="/yaml") for problem in error.problems]
                raise Refused("invalid", "; ".join(at.detail for at in errors[:3]), errors=errors) from None
            raise unwritable(error.problems, below="ladder", at="/document") from None
        return {"ladder": done.ladder.key, "changes": done.changes}


class OneLadder(KeyedView):
    @operation("ladders_read", "ladders.read", "One ladder", answer=shapes.LadderLine, plain=True)
    def get(self, call: Call, key: str) -> dict[str, Any]:
        return line(get_object_or_404(_ladders(), key=key))

    @operation(
        "ladders_change",
        "ladders.edit",
        "Give a ladder another name or role",
        answer=shapes.LadderLine,
        body=shapes.LadderChange,
        plain=True,
    )
    def patch(self, call: Call, key: str) -> dict[str, Any]:
        ladder = get_object_or_404(_ladders(), key=key)
        if "name" in call.body:
            making.rename(ladder, call.body["name"], by=call.by)
        if "role" in call.body:
            give(ladder, _role(call.body["role"]), by=call.by)
        return line(ladder)


class Archive(KeyedView):
    @operation(
        "ladders_archive",
        "ladders.publish",
        "Nobody begins it from now on; those under way keep what they have",
        answer=shapes.LadderLine,
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        ladder = get_object_or_404(_ladders(), key=key)
        history.archive(ladder, by=call.by)
        return line(ladder)


class Restore(KeyedView):
    @operation("ladders_restore", "ladders.publish", "People begin it again", answer=shapes.LadderLine, plain=True)
    def post(self, call: Call, key: str) -> dict[str, Any]:
        ladder = get_object_or_404(_ladders(), key=key)
        history.restore(ladder, by=call.by)
        return line(ladder)


def line(ladder: Ladder) -> dict[str, Any]:
    versions = sorted(ladder.versions.all(), key=lambda version: -version.number)
    return {
        "key": ladder.key,
        "name": ladder.name,
        "role": ladder.role.key,
        "for_whom": describe_rule(ladder.role.chooses),
        "published": next((version.number for version in versions if version.is_published), None),
        "draft": next((version.number for version in versions if not version.is_published), None),
        "rungs": len(versions[0].rungs.all()) if versions else 0,
        "archived_at": ladder.archived_at,
    }


def _ladders() -> "QuerySet[Ladder]":
    versions = LadderVersion.objects.order_by("-number").prefetch_related("rungs")
    return Ladder.objects.select_related("role").prefetch_related(Prefetch("versions", queryset=versions))


def _role(key: str) -> Role:
    role = Role.objects.filter(key=key).first()
    if role is None:
        raise Refused("invalid", f"There is no role {key}.", errors=[At("There is no such role.", pointer="/role")])
    return role
