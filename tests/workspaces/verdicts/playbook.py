from tests.workspaces.verdicts import FORBIDDEN

KEY = {"key": "ladder"}
PLACE = {**KEY, "place": "milestone place"}
COMMENT = {**KEY, "pk": "remark"}
VERDICTS = {
    "playbook:index": ("get", {}, 200, 200),
    "playbook:playbook": ("get", KEY, 200, 200),
    "playbook:log": ("get", KEY, 200, 200),
    "playbook:preview": ("post", KEY, FORBIDDEN, 200),
    "playbook:add_chapter": ("post", KEY, FORBIDDEN, 422),
    "playbook:chapter": ("post", {**KEY, "place": "chapter place"}, FORBIDDEN, 400),  # asks what to do with it
    "playbook:section": ("get", PLACE, 200, 200),
    "playbook:write": ("post", PLACE, FORBIDDEN, 422),
    "playbook:confirm": ("post", PLACE, FORBIDDEN, 302),
    "playbook:span_shown": ("get", PLACE, 200, 200),
    "playbook:span": ("post", PLACE, FORBIDDEN, 422),
    "playbook:care_shown": ("get", KEY, 200, 200),
    "playbook:care": ("post", KEY, FORBIDDEN, 422),
    "playbook:reviewed": ("post", KEY, FORBIDDEN, 422),
    "playbook:comments": ("get", KEY, 200, 200),
    "playbook:comment": ("post", KEY, FORBIDDEN, 422),
    "playbook:edit_comment": ("post", COMMENT, FORBIDDEN, 422),  # it is ana's
    "playbook:delete_comment": ("post", COMMENT, FORBIDDEN, 302),
    "playbook:resolve_comment": ("post", COMMENT, FORBIDDEN, 302),
    "playbook:yaml": ("get", KEY, 200, 200),
    "playbook:import": ("post", KEY, FORBIDDEN, 422),
}


def things(workspace, ana) -> dict:
    from milestones.ladders.models import Ladder
    from milestones.playbook.remarks import say
    from milestones.playbook.writing import add_chapter

    ladder = Ladder.objects.get(key="everyone")
    return {
        "milestone place": "milestone-look",
        "chapter place": add_chapter(ladder, title="Who to talk to", by=ana).place,
        "remark": say(ladder, "", text="Well said.", by=ana).pk,
    }
