"""What each change of a ladder does, and what it refuses."""

import pytest

from milestones.ladders import editing
from milestones.ladders.document import read
from milestones.ladders.editing import CannotEdit, value_at

pytestmark = pytest.mark.pure


def ladder(*rungs, **fields):
    """A ladder of rungs written as "key phase"; further words: its prerequisites; "!" marks first value."""
    return read(
        {
            "ladder": {
                "key": "l",
                "name": "L",
                "role": {"key": "r", "name": "R", "rule": {"everyone": True}},
                "rungs": [_rung(*text.split()) for text in rungs],
                **fields,
            }
        }
    )


PHASES = {"q": "quick wins", "c": "core", "a": "advanced"}


def _rung(key, phase, *more):
    return {
        "milestone": {"key": key, "name": key.upper(), "criterion": {"event": f"{key} done"}},
        "phase": PHASES[phase],
        "prerequisites": [word for word in more if word != "!"],
        "first_value": "!" in more,
    }


def order(document):
    short = {phase: letter for letter, phase in PHASES.items()}
    return " ".join(f"{rung['milestone']['key']}.{short[rung['phase']]}" for rung in document.get("rungs", []))


def why(refused):
    return [(problem.place, problem.message) for problem in refused.value.problems]


def test_up_and_down_within_a_phase():
    before = ladder("a q", "b q", "c c")
    edit = editing.move_up(before, "b")
    assert order(edit.document) == "b.q a.q c.c"
    assert (edit.words, edit.place) == ("Moved B up", "rungs.b.order")
    assert order(editing.move_down(before, "a").document) == "b.q a.q c.c"


def test_at_the_edge_of_a_phase_a_rung_gets_into_the_next_one_even_if_that_is_empty():
    before = ladder("a q", "b a")
    edit = editing.move_up(before, "b")
    assert (order(edit.document), edit.words) == ("a.q b.c", "Moved B up into core")
    assert order(editing.move_up(edit.document, "b").document) == "a.q b.q"
    assert order(editing.move_down(before, "a").document) == "a.c b.a"


def test_beyond_the_first_and_the_last_place_nothing_moves():
    with pytest.raises(CannotEdit) as refused:
        editing.move_up(ladder("a q", "b a"), "a")
    assert why(refused) == [("", "A is the first step already.")]
    with pytest.raises(CannotEdit) as refused:
        editing.move_down(ladder("a q", "b a"), "b")
    assert why(refused) == [("", "B is the last step already.")]


def test_to_a_place_in_another_phase():
    before = ladder("a q", "b q", "c c", "d c")
    assert order(editing.move_to(before, "a", phase="core", after="c").document) == "b.q c.c a.c d.c"
    assert order(editing.move_to(before, "a", phase="core", after="").document) == "b.q a.c c.c d.c"
    assert order(editing.move_to(before, "d", phase="quick wins", after="").document) == "d.q a.q b.q c.c"


def test_a_place_outside_of_the_phase_is_moved_to_its_edge():
    before = ladder("a q", "b c", "c a")
    assert order(editing.move_to(before, "c", phase="quick wins", after="b").document) == "a.q c.q b.c"


def test_a_rung_stays_below_what_it_opens_after():
    before = ladder("a q", "b q a")
    with pytest.raises(CannotEdit) as refused:
        editing.move_up(before, "b")
    assert "B opens after A, so it stays below it" in why(refused)[0][1]
    with pytest.raises(CannotEdit) as refused:
        editing.move_down(before, "a")
    assert "B opens after A" in why(refused)[0][1]


def test_an_imported_order_that_mixes_phases_can_be_moved_in_too():
    before = ladder("a c", "b q", "c c")
    assert order(editing.move_up(before, "c").document) == "a.c b.q c.q"
    assert order(editing.move_to(before, "a", phase="core", after="c").document) == "b.q c.c a.c"


def test_a_funnel_in_the_order_of_the_rungs_follows_them_and_another_order_stays():
    before = ladder("a q", "b q", "c q", funnel=["a", "c"])
    assert editing.move_to(before, "c", phase="quick wins", after="").document["funnel"] == ["c", "a"]
    odd = ladder("a q", "b q", "c q", funnel=["c", "a"])
    assert editing.move_up(odd, "b").document["funnel"] == ["c", "a"]


def test_a_milestone_is_added_at_the_end_of_its_phase():
    content = {"key": "new", "name": "New", "criterion": {"event": "E"}}
    edit = editing.add(ladder("a q", "b c"), content, phase="quick wins")
    assert (order(edit.document), edit.words, edit.place) == ("a.q new.q b.c", "Added New", "rungs.new")
    assert order(editing.add(ladder("a q", "b q"), content, phase="quick wins", after="a").document) == "a.q new.q b.q"
    assert order(editing.add(ladder(), content, phase="core").document) == "new.c"


def test_a_milestone_is_in_a_ladder_once():
    with pytest.raises(CannotEdit) as refused:
        editing.add(ladder("a q"), {"key": "a", "name": "A", "criterion": {"event": "E"}}, phase="core")
    assert why(refused) == [("milestone", "This milestone is already in the ladder; it can be there once.")]


def test_a_ladder_has_so_many_milestones_at_most():
    full = ladder(*[f"k{n} q" for n in range(50)])
    with pytest.raises(CannotEdit, match="at most 50"):
        editing.add(full, {"key": "a", "name": "A", "criterion": {"event": "E"}}, phase="core")


def test_a_new_milestones_key_comes_from_its_name_and_is_free():
    assert editing.new_content(" Créer l’équipe ", "Team Created") == {
        "key": "creer-l-equipe",
        "name": "Créer l’équipe",
        "criterion": {"event": "Team Created"},
    }
    assert editing.new_content("Invite", "E", taken={"invite", "invite-2"})["key"] == "invite-3"
    assert editing.new_content("招待", "E")["key"] == "milestone"
    for name, event, field in [("", "E", "name"), ("N", " ", "event")]:
        with pytest.raises(CannotEdit) as refused:
            editing.new_content(name, event)
        assert why(refused)[0][0] == field


def test_a_copy_stands_below_with_a_key_of_its_own_and_without_the_first_value():
    edit = editing.duplicate(ladder("a q", "b c a !"), "b", taken={"b-2"})
    assert order(edit.document) == "a.q b.c b-3.c"
    copy = edit.document["rungs"][2]
    assert (copy["milestone"]["name"], copy["prerequisites"], "first_value" in copy) == ("B (copy)", ["a"], False)
    assert edit.words == "Duplicated B"


def test_what_waited_for_a_removed_milestone_no_longer_waits():
    edit = editing.remove(ladder("a q", "b q a", "c q a b", funnel=["a", "c"]), "a")
    assert [rung.get("prerequisites", []) for rung in edit.document["rungs"]] == [[], ["b"]]
    assert edit.document["funnel"] == ["c"]
    assert edit.words == "Removed A; B and C no longer wait for it"


def test_without_its_last_counted_milestone_the_funnel_is_every_rung_again():
    assert "funnel" not in editing.remove(ladder("a q", "b q", funnel=["a"]), "a").document


def test_the_first_value_mark_moves():
    edit = editing.set_rung(ladder("a q !", "b c"), "b", {"first_value": True})
    assert [rung.get("first_value", False) for rung in edit.document["rungs"]] == [False, True]
    assert edit.words == "Marked B as first value"
    off = editing.set_rung(edit.document, "b", {"first_value": False})
    assert [rung.get("first_value", False) for rung in off.document["rungs"]] == [False, False]


@pytest.mark.parametrize(
    "field, value, wrong",
    [
        ("name", "  ", "is empty"),
        ("name", "x" * 121, "121 characters"),
        ("action_url", "javascript:alert(1)", "is no link"),
        ("video_url", "ftp://x", "is not a web address"),
        ("minutes", "soon", "not a whole number"),
        ("minutes", 0, "not a whole number"),
        ("due_after", "soon day", "is not a period"),
        ("spacing", "0 day", "no time at all"),
        ("unlock", "Live Sync", "is not a feature key"),
        ("phase", "later", "is no phase"),
        ("prerequisites", ["c"], "stands above"),
        ("prerequisites", ["nobody"], "stands above"),
        ("messages.email", "Hello {{ fist_name }}", "did you mean"),
        ("tip", "a\0b", "cannot be kept"),
        ("criterion", None, "is empty"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field, value, wrong):
    with pytest.raises(CannotEdit) as refused:
        editing.set_rung(ladder("a q", "b q", "c q"), "b", {field: value})
    assert [place for place, _ in why(refused)] == [field]
    assert wrong in why(refused)[0][1]


def test_what_is_wrong_in_a_criterion_is_told_at_its_part():
    with pytest.raises(CannotEdit) as refused:
        editing.set_rung(ladder("a q"), "a", {"criterion": {"event": "", "at_least": "two"}})
    assert {place for place, _ in why(refused)} == {"criterion.event", "criterion.at_least"}


@pytest.mark.parametrize(
    "field, value, stands",
    [
        ("name", " Zed ", "Zed"),
        ("criterion", {"event": "X", "at_least": 1}, {"event": "X"}),
        ("tags.industry", ["retail"], ["retail"]),
        ("messages.email", "Hi {{ first_name | there }}", "Hi {{ first_name | there }}"),
        ("due_after", "2 weeks", "14 days"),
        ("spacing", "1 day", "1 day"),
        ("prerequisites", ["a"], ["a"]),
        ("expected_actions", ["One", "Two"], ["One", "Two"]),
        ("minutes", 5, 5),
        ("in_funnel", False, False),
    ],
)
def test_a_field_says_what_was_written_and_an_empty_one_is_taken_away(field, value, stands):
    before = ladder("a q", "b q")
    edit = editing.set_rung(before, "b", {field: value})
    assert value_at(edit.document, f"rungs.b.{field}") == stands
    assert edit.places == (f"rungs.b.{field}",)
    if field not in ("name", "criterion", "in_funnel"):
        assert editing.set_rung(edit.document, "b", {field: None}).document == before


def test_another_phase_chosen_in_the_form_moves_the_rung_to_its_end():
    edit = editing.set_rung(ladder("a q", "b c", "c a"), "a", {"phase": "core"})
    assert (order(edit.document), edit.places) == ("b.c a.c c.a", ("rungs.a.order",))
    with pytest.raises(CannotEdit) as refused:
        editing.set_rung(ladder("a q", "b q a"), "a", {"phase": "core"})
    assert why(refused)[0][0] == "phase"


def test_the_last_milestone_that_counts_goes_on_counting():
    before = ladder("a q", "b q", funnel=["a"])
    with pytest.raises(CannotEdit) as refused:
        editing.set_rung(before, "a", {"in_funnel": False})
    assert why(refused)[0][0] == "in_funnel"
    assert "funnel" not in editing.set_rung(before, "b", {"in_funnel": True}).document


def test_several_fields_are_one_change():
    edit = editing.set_rung(ladder("a q"), "a", {"cue": "C", "tip": "T"})
    assert edit.words == "Changed 2 fields of A"
    assert edit.place == "rungs.a.cue rungs.a.tip"


def test_a_rung_that_is_gone_is_said_to_be():
    for change in (editing.move_up, editing.remove, lambda d, k: editing.set_rung(d, k, {"cue": "x"})):
        with pytest.raises(CannotEdit, match="somebody removed it"):
            change(ladder("a q"), "b")


def test_the_ladders_own_texts():
    edit = editing.set_about(ladder(), {"title": " Get set up "})
    assert (edit.document["title"], edit.words, edit.place) == ("Get set up", "Changed the title", "title")
    assert editing.set_about(edit.document, {"title": ""}).document == ladder()
    impact = editing.set_about(ladder(), {"impact.before": "{{ account }} waited."}).document
    assert impact["impact"] == {"before": "{{ account }} waited."}
    assert editing.set_about(impact, {"impact.before": ""}).document == ladder()


@pytest.mark.parametrize(
    "field, value, wrong",
    [
        ("new_steps_a_session", 21, "from 1 to 20"),
        ("new_steps_a_session", "many", "not a whole number"),
        ("impact.after", "{{ acount }}", "did you mean"),
        ("start", {"event": ""}, "is empty"),
        ("title", "x" * 2001, "2001 characters"),
    ],
)
def test_a_wrong_text_of_the_ladder_is_refused_at_its_field(field, value, wrong):
    with pytest.raises(CannotEdit) as refused:
        editing.set_about(ladder(), {field: value})
    assert why(refused)[0][0].startswith(field)
    assert wrong in why(refused)[0][1]


def test_stories_come_change_and_go():
    one = editing.add_story(ladder(), {"text": "We won.", "who": "Maya"})
    assert one.document["stories"] == [{"text": "We won.", "who": "Maya"}]
    two = editing.set_story(one.document, 0, {"industry": "retail", "who": ""})
    assert two.document["stories"] == [{"text": "We won.", "industry": "retail"}]
    assert editing.remove_story(two.document, 0).document == ladder()
    with pytest.raises(CannotEdit) as refused:
        editing.set_story(one.document, 0, {"text": " "})
    assert why(refused)[0][0] == "text"
    with pytest.raises(CannotEdit, match="no longer there"):
        editing.remove_story(one.document, 1)


def test_places_meet_when_one_is_in_the_other():
    assert editing.overlap("rungs.a.cue", "rungs.a")
    assert editing.overlap("rungs.a", "rungs.a.cue")
    assert editing.overlap("title", "everything")
    assert not editing.overlap("rungs.a.cue", "rungs.a.tip")
    assert not editing.overlap("rungs.ab", "rungs.a")
