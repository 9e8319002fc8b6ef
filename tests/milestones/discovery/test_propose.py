"""What is proposed, and why: by example, as stories."""

from dataclasses import replace

import pytest

from milestones.discovery.answers import Answers
from milestones.discovery.candidates import LIBRARY, Candidate
from milestones.discovery.deciding import days_in_all, first_value, rungs, undecided
from milestones.discovery.proposing import propose

from .candidates import administrators, milestone

pytestmark = pytest.mark.pure


def asked(**answers) -> Answers:
    defaults = {"role": "Administrator", "kind": "administrator", "product": "analytics", "outcomes": ("insight",)}
    return Answers(**{**defaults, **answers})


def proposed(*more: Candidate, **answers):
    return propose(asked(**answers), [*administrators(), *more])


def step(proposal, key):
    return proposal.known()[key]


def why(proposal, key) -> str:
    return " ".join(reason.words for reason in step(proposal, key).reasons)


def why_not(proposal, key) -> str:
    return next(one.words for one in proposal.left_out if one.key == key)


def keys(proposal) -> list[str]:
    return [one.key for one in proposal.steps]


def test_an_outcome_brings_the_milestones_that_serve_it_and_what_they_build_on():
    proposal = proposed(outcomes=("insight",))
    assert keys(proposal) == ["connect-source", "define-figure", "live-dashboard", "late-data"]
    assert "that everybody trusts”: it is tagged “reporting”" in why(proposal, "live-dashboard")
    assert "Because “Define one figure” builds on it." in why(proposal, "connect-source")


def test_another_outcome_brings_others():
    assert "set-access" in keys(proposed(outcomes=("governed",), team=50))
    assert "late-data" in keys(proposed(outcomes=("reliable",)))
    assert "late-data" not in keys(proposed(outcomes=("governed",)))
    assert why_not(proposed(outcomes=("governed",)), "late-data") == "Because nothing in the answers asks for it."


def test_twenty_five_people_are_three_invitations_instead_of_one():
    proposal = proposed(team=25)
    assert step(proposal, "invite-team").content["criterion"]["at_least"] == 3
    assert "Because the team has 25 people: at least 3 × Invite Sent instead of 1." in why(proposal, "invite-team")


def test_a_team_of_two_is_never_asked_for_more_people_than_it_has():
    eager = Candidate(milestone("invite-more", "Invite five", "Invite Sent", at_least=5))
    assert step(proposed(eager, team=2), "invite-more").content["criterion"] == {"event": "Invite Sent"}


def test_whoever_works_alone_invites_nobody():
    proposal = proposed(team=1)
    assert "invite-team" not in proposal.known()
    assert why_not(proposal, "invite-team").startswith("Because one person works alone")


def test_what_is_in_place_already_is_left_out_and_nothing_waits_for_it():
    proposal = proposed(have=("connected",))
    assert "connect-source" not in proposal.known()
    assert "“Our data or systems are connected”" in why_not(proposal, "connect-source")
    assert "prerequisites" not in rungs(proposal, undecided(proposal))[0]


def test_what_usually_goes_wrong_brings_the_milestone_that_guards_against_it():
    assert "set-access" not in keys(proposed())
    proposal = proposed(risks=("access",))
    assert "set-access" in keys(proposal)
    assert "it watches out for “Access stays as wide as at first”" in why(proposal, "set-access")


def test_two_sources_are_two_connections():
    proposal = proposed(sources=("Salesforce", "Snowflake"))
    assert step(proposal, "connect-source").content["criterion"]["at_least"] == 2
    assert "Because the data comes from Salesforce and Snowflake." in why(proposal, "connect-source")


def test_it_needs_time_when_others_have_to_act_first():
    proposal = proposed(others=("it",))
    assert step(proposal, "connect-source").due_days == 5
    assert "IT or security has to do its part first: due after 5 days instead of 3" in why(proposal, "connect-source")


def test_three_weeks_are_enough_for_quick_wins_and_core_but_not_for_the_rest():
    proposal = proposed(outcomes=("reliable", "insight"), days=21)
    assert days_in_all(list(proposal.steps)) <= 21
    assert (
        why_not(proposal, "late-data") == "Because the time until the deadline is just enough for the steps before it."
    )
    assert step(proposal, "live-dashboard").due_days == 7
    assert "Because the deadline is 21 days away: due after 7 days instead of 8." in why(proposal, "live-dashboard")
    assert "late-data" in keys(proposed(outcomes=("reliable", "insight"), days=40))


def test_an_industry_that_a_milestone_is_not_meant_for_speaks_against_it():
    healthcare = proposed(industry="Healthcare", team=50)
    assert "it is meant for the industry “healthcare”" in why(healthcare, "set-access")
    retail = proposed(industry="Retail", team=50)
    assert "Because it is meant for healthcare, not for “Retail”." in why_not(retail, "set-access")


def test_twenty_people_or_more_bring_what_decides_who_sees_what():
    assert "set-access" not in keys(proposed(team=19))
    assert "set-access" in keys(proposed(team=30))


def test_a_small_team_is_spared_what_is_meant_for_large_ones():
    words = why_not(proposed(team=4), "single-sign-on")
    assert "meant for another size of team (large); this one has 4" in words


def test_words_of_the_answers_are_found_again_whatever_their_form():
    proposal = proposed(notes="We lose hours because late data is noticed by customers", outcomes=("together",))
    assert "“late” and “data”" in why(proposal, "late-data")


def test_first_value_is_marked_where_the_pack_has_it_or_where_the_outcome_is_served():
    proposal = proposed()
    assert first_value(list(proposal.steps)) == "live-dashboard"
    without = [one for one in administrators() if one.key != "live-dashboard"]
    proposal = propose(asked(outcomes=("together",), team=9), without)
    assert first_value(list(proposal.steps)) == "invite-team"


def test_the_librarys_own_words_go_before_a_packs():
    own = Candidate(milestone("connect-source", "Connect your warehouse", "Warehouse Connected"))
    proposal = proposed(own)
    assert step(proposal, "connect-source").name == "Connect your warehouse"
    assert "It is in your library already." in why(proposal, "connect-source")


def test_other_products_are_set_aside_and_other_roles_are_never_proposed():
    operators = Candidate(milestone("answer", "Answer an alert", "Alert Answered", tags={"role": ["operator"]}))
    shop = Candidate(
        milestone("list", "List a product", "Product Listed"), source="shop", product="shop", kind="administrator"
    )
    proposal = proposed(operators, shop)
    assert "list" not in proposal.known()
    assert "1 milestone is for other kinds of product" in proposal.about[-1].words
    assert "answer" not in keys(proposal)
    assert why_not(proposal, "answer") == "Because it is made for another role."


def own_copy(one: Candidate) -> Candidate:
    content = {**one.content, "key": f"own-{one.key}"}
    return replace(one, content=content, source=LIBRARY, product="", prerequisites=())


def test_of_another_kind_of_product_the_workspaces_own_milestones_are_proposed_once_there_are_enough():
    packed = [replace(one, source="pack", product="analytics") for one in administrators()]
    few = [own_copy(one) for one in administrators()[:3]]
    assert any(key in keys(propose(asked(product=""), [*packed, *few])) for key in ("live-dashboard", "late-data"))

    own = [own_copy(one) for one in administrators()]
    proposal = propose(asked(product=""), [*packed, *own])
    assert keys(proposal)
    assert all(key.startswith("own-") for key in keys(proposal))
    assert why_not(proposal, "live-dashboard") == "Because it is made for another kind of product."
    assert "live-dashboard" in [spare.key for spare in proposal.spares]


def test_too_much_at_once_makes_a_short_ladder_that_opens_slowly():
    proposal = proposed(outcomes=("insight", "governed", "together"), team=300, risks=("overload",))
    assert len(proposal.steps) <= 6
    assert proposal.new_steps_a_session == 2
    assert "two new ones a session" in proposal.about[0].words


def test_what_success_looks_like_stands_in_the_ladder_word_for_word():
    proposal = proposed(success="Nobody asks for figures any more.", outcomes=("insight",))
    assert proposal.done_looks_like == "Nobody asks for figures any more."
    assert proposal.title == "Figures to rely on"


def test_a_period_that_would_end_before_the_step_is_due_becomes_longer():
    proposal = proposed(days=365)
    found = step(proposal, "invite-team")
    assert found.content["criterion"]["within"] == f"{found.due_days} days"
    assert "Invite Sent counts for as long, instead of 14 days." in why(proposal, "invite-team")


def test_each_step_can_be_swapped_for_those_most_like_it():
    proposal = proposed(outcomes=("governed",), team=50)
    spare_keys = {one.key for one in proposal.spares}
    assert all(set(one.instead) <= spare_keys for one in proposal.steps)
    assert step(proposed(days=21), "define-figure").instead[0] == "late-data"


def test_milestones_that_wait_for_themselves_or_each_other_stand_once():
    ring = {"a": ("a", "b"), "b": ("c",), "c": ("a",), "d": ("a",)}
    pool = [Candidate(milestone(key, key.upper(), "Seen"), prerequisites=needs) for key, needs in ring.items()]
    proposal = propose(asked(), pool)
    assert sorted(keys(proposal)) == ["a", "b", "c", "d"]


def test_nothing_to_propose_from_is_an_empty_proposal():
    proposal = propose(asked(), [])
    assert proposal.steps == ()
    assert rungs(proposal, undecided(proposal)) == []
