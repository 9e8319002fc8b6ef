"""A small library and pack for tests, made by hand, and random ones."""

from datetime import timedelta

from hypothesis import strategies as st

from milestones.discovery.candidates import LIBRARY, Candidate
from milestones.ladders.document import PHASES
from milestones.library.criteria import All, EventCondition, to_data

PACK = {
    "source": "analytics-administrators",
    "source_name": "Analytics",
    "kind": "administrator",
    "product": "analytics",
}


def milestone(key: str, name: str, event: str, *, at_least: int = 1, within: str = "", tags=None, risks=(), **more):
    criterion = {"event": event}
    criterion |= {"at_least": at_least} if at_least != 1 else {}
    criterion |= {"within": within} if within else {}
    content = {"key": key, "name": name, "criterion": criterion, **more}
    content |= {"risks": list(risks)} if risks else {}
    return content | ({"tags": tags} if tags else {})


# position, phase, due days, key, name, event, further content, prerequisites
ADMINISTRATORS = (
    (1, "quick wins", 3, "connect-source", "Connect a source", "Source Connected", {"tags": "integration"}, ()),
    (2, "quick wins", 2, "define-figure", "Define one figure", "Metric Defined", {"tags": "data quality"},
     ("connect-source",)),
    (3, "core", 7, "invite-team", "Invite the team", "Invite Sent", {"tags": "adoption", "within": "14 days"}, ()),
    (4, "core", 8, "live-dashboard", "Give a team its dashboard", "Dashboard Opened", {"tags": "reporting"},
     ("define-figure",)),
    (5, "core", 10, "set-access", "Decide who sees what", "Access Rule Created",
     {"tags": "governance", "industry": ["healthcare"], "size": ["medium", "large"],
      "risks": ["Access stays as wide as at first"]}, ("live-dashboard",)),
    (6, "advanced", 10, "late-data", "Hear of late data first", "Freshness Alert Set", {"tags": "reliability"},
     ("live-dashboard",)),
    (7, "advanced", 10, "single-sign-on", "Tie sign-in to the directory", "SSO Enabled",
     {"tags": "security", "size": ["large"]}, ("invite-team",)),
)  # fmt: skip


def administrators() -> list[Candidate]:
    """A pack as it might be for administrators of an analytics product: seven steps, 33 days one after the other."""
    found = []
    for position, phase, due, key, name, event, more, prerequisites in ADMINISTRATORS:
        tags = {"use_case": [more["tags"]], **{tag: more[tag] for tag in ("industry", "size") if tag in more}}
        content = milestone(key, name, event, within=more.get("within", ""), tags=tags, risks=more.get("risks", ()))
        place = {"phase": phase, "due_days": due, "prerequisites": prerequisites, "position": position}
        found.append(Candidate(content, first_value=key == "live-dashboard", **place, **PACK))
    return found


keys = st.sampled_from([f"step-{number}" for number in range(12)])
tags = st.fixed_dictionaries(
    {},
    optional={
        "use_case": st.lists(
            st.sampled_from(["integration", "governance", "adoption", "automation", "reporting"]), max_size=2
        ),
        "size": st.lists(st.sampled_from(["small", "large", "1000+", "whatever"]), max_size=2),
        "industry": st.lists(st.sampled_from(["food", "pharma", "healthcare"]), max_size=2),
        "role": st.lists(st.sampled_from(["administrator", "operator"]), max_size=1),
    },
).map(lambda found: {tag: values for tag, values in found.items() if values})
titles = st.sampled_from(["Connect a source", "Invite the team", "Set an alert", "Build a report", "Enable SSO"])
events = st.builds(
    EventCondition,
    st.sampled_from(["Source Connected", "Invite Sent", "Alert Set", "Report Built", "SSO Enabled", "Seen"]),
    at_least=st.integers(1, 6),
    within=st.none() | st.integers(1, 60).map(lambda days: timedelta(days=days)),
)
criteria = events | st.builds(All, st.lists(events, min_size=1, max_size=2).map(tuple))


@st.composite
def candidates(draw):
    content = {"key": draw(keys), "name": draw(titles), "criterion": to_data(draw(criteria))}
    if found := draw(tags):
        content["tags"] = found
    if minutes := draw(st.none() | st.integers(1, 60)):
        content["minutes"] = minutes
    packed = draw(st.booleans())
    return Candidate(
        content,
        source="pack" if packed else LIBRARY,
        source_name="A pack" if packed else "your library",
        kind=draw(st.sampled_from(["", "administrator", "operator"])) if packed else "",
        product=draw(st.sampled_from(["", "analytics", "shop"])) if packed else "",
        phase=draw(st.sampled_from(["", *PHASES])),
        due_days=draw(st.none() | st.integers(1, 60)),
        prerequisites=tuple(draw(st.lists(keys, max_size=2, unique=True))),
        first_value=draw(st.booleans()),
        position=draw(st.integers(1, 20)),
    )
