"""What a discovery asks: ten questions, with choices and helps that fit the role. Pure.

A choice carries what the rules make of it: an outcome its use cases, a choice of what is there already, who is
involved or what goes wrong the topics that it speaks of (milestones.discovery.topics).
"""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from milestones.discovery.topics import several

LONGEST_LINE = 200
LONGEST_TEXT = 2_000
MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    key: str
    words: str | Promise
    tags: tuple[str, ...] = ()  # use cases that serve an outcome
    topics: tuple[str, ...] = ()
    done: tuple[str, ...] = ()  # words of names or events of the milestones that are in place already
    title: str = ""  # what a ladder towards this outcome is called
    promise: str = ""  # what it brings the user
    kinds: tuple[str, ...] = ()  # the kinds of user who are asked; nothing: all


@dataclass(frozen=True)
class Question:
    """`kind`: text (several lines), line, number, many (choices), or deadline (weeks, a date, or none)."""

    key: str
    words: str | Promise
    help: str | Promise
    kind: str
    choices: tuple[Choice, ...] = ()
    most: int = MOST_CHOICES
    required: bool = False
    example: str | Promise = ""
    suggestions: tuple[str, ...] = ()


ADMINISTRATOR, POWER_USER, OPERATOR = "administrator", "power-user", "operator"

OUTCOMES = (
    Choice(
        "connected",
        _("Our systems are connected and the data flows in by itself"),
        title="Connected, and the data flows",
        promise="Your systems are connected and the data flows in by itself.",
        tags=several("integration, integrations, integration readiness, data connection, migration, set-up, setup"),
        topics=("connect",),
        kinds=(ADMINISTRATOR, POWER_USER),
    ),
    Choice(
        "governed",
        _("The right people have the right access, and we can prove it"),
        title="The right people, the right access",
        promise="The right people have the right access, and you can prove it.",
        tags=several("governance, security, compliance, access, permissions, audit"),
        topics=("access", "sign-in", "audit"),
        kinds=(ADMINISTRATOR,),
    ),
    Choice(
        "together",
        _("The whole team works in it, not only a few"),
        title="The whole team on board",
        promise="The whole team works in it, not only a few.",
        tags=several("adoption, collaboration, rollout, team, sharing, onboarding, enablement"),
        topics=("invite", "share"),
    ),
    Choice(
        "automated",
        _("Work that is done by hand today runs by itself"),
        title="Less by hand, more by itself",
        promise="Work that is done by hand today runs by itself.",
        tags=several("automation, workflow, workflows, productivity, efficiency"),
        topics=("automate",),
        kinds=(POWER_USER, OPERATOR),
    ),
    Choice(
        "fitting",
        _("It is set up to fit the way we work"),
        title="Set up the way you work",
        promise="It is set up to fit the way you work.",
        tags=several("advanced configuration, configuration, customisation, templates, standards, standardisation"),
        topics=("configure",),
        kinds=(ADMINISTRATOR, POWER_USER),
    ),
    Choice(
        "insight",
        _("Decisions rest on figures that everybody trusts"),
        title="Figures to rely on",
        promise="Your decisions rest on figures that everybody trusts.",
        tags=several(
            "reporting, analytics, dashboards, operational dashboards, insight, insights, data quality, measurement, "
            "visibility"
        ),
        topics=("report", "quality"),
    ),
    Choice(
        "reliable",
        _("Trouble is noticed first and dealt with calmly"),
        title="Trouble noticed first",
        promise="You notice trouble first and deal with it calmly.",
        tags=several("reliability, monitoring, alerting, alerts, incident response, operations, service"),
        topics=("alert",),
        kinds=(OPERATOR, ADMINISTRATOR),
    ),
    Choice(
        "orders",
        _("Orders, payments and deliveries go through without a hitch"),
        title="Every order through, without a hitch",
        promise="Orders, payments and deliveries go through without a hitch.",
        tags=several(
            "orders, order management, fulfilment, fulfillment, inventory, payments, catalogue, catalog, "
            "merchandising, returns, shipping, pricing"
        ),
        topics=("billing",),
    ),
)

HAVE = (
    Choice(
        "connected",
        _("Our data or systems are connected"),
        done=several(
            "connected, connect source, connect system, connect data, data imported, sync completed, installed"
        ),
    ),
    Choice("invited", _("The colleagues who need it are invited"), done=several("invite, invitation sent")),
    Choice(
        "access",
        _("Roles and access rights are given"),
        done=several("access rule, role assigned, permission, access granted, assign roles, access needed"),
    ),
    Choice(
        "sign-in",
        _("Single sign-on or two-factor is on"),
        done=several("sso, single sign-on, two-factor, sign-in, scim"),
    ),
    Choice(
        "reports",
        _("The first reports or dashboards are built"),
        done=several("report created, report built, build report, dashboard created, dashboard built, build dashboard"),
    ),
    Choice(
        "automations",
        _("The first rules or automations run"),
        done=several(
            "rule created, write rule, automation created, automation enabled, workflow created, build workflow"
        ),
    ),
    Choice(
        "alerts",
        _("Alerts reach the right people"),
        done=several("alert configured, alert created, alert set, set alert, choose alerts, alert rule, alert routed"),
    ),
)

OTHERS = (
    Choice("it", _("Our IT or security people"), topics=("sign-in", "access", "connect")),
    Choice("team", _("Colleagues of the same team"), topics=("invite", "share")),
    Choice("management", _("Management, which wants to see results"), topics=("report", "share")),
    Choice("finance", _("Finance or purchasing"), topics=("billing",)),
    Choice("auditors", _("Auditors, or whoever looks after data protection"), topics=("audit", "access")),
)

RISKS = (
    Choice("waiting", _("Connecting our systems waits for somebody else"), topics=("connect",)),
    Choice("alone", _("One person tries it alone and nobody joins"), topics=("invite",)),
    Choice("access", _("Access is too wide, or too narrow"), topics=("access",)),
    Choice("distrust", _("Nobody trusts the data"), topics=("quality",)),
    Choice("fading", _("It is used in the first week and then forgotten"), topics=("habit", "alert")),
    Choice("unnoticed", _("Trouble is noticed too late"), topics=("alert",)),
    Choice("overload", _("There is too much to set up at once")),
    Choice("manual", _("The old spreadsheet stays alongside"), topics=("automate", "report")),
)

INDUSTRIES = several(
    "Software, Financial services, Healthcare, Public sector, Retail, Manufacturing, Logistics, Education, "
    "Professional services, Media, Hospitality, Energy, Construction, Food, Pharma"
)

QUESTIONS = (
    Question(
        "success",
        _("What does success look like?"),
        _("One or two sentences, as you would say them to a colleague. They are kept word for word."),
        "text",
        required=True,
    ),
    Question(
        "outcomes",
        _("Which outcomes matter most?"),
        _("Choose up to three. What serves them comes first."),
        "many",
        choices=OUTCOMES,
        most=3,
        required=True,
    ),
    Question(
        "sources",
        _("Where does the data come from?"),
        _("Systems, files or devices, separated by commas. Two or more become as many connections."),
        "line",
        example=_("Salesforce, our data warehouse, a CSV file every Monday"),
    ),
    Question(
        "deadline",
        _("By when should it be reached?"),
        _("A deadline decides how many steps there are and when each is due."),
        "deadline",
    ),
    Question(
        "team",
        _("How many people will work with it?"),
        _("A rough figure is enough. It decides how many to invite, and what only larger teams need."),
        "number",
        example="25",
    ),
    Question(
        "industry",
        _("Which industry are you in?"),
        _("Some steps are meant for certain industries."),
        "line",
        suggestions=INDUSTRIES,
        example="Financial services",
    ),
    Question(
        "have",
        _("What is in place already?"),
        _("Choose all that is true. Nobody should be asked to do it again."),
        "many",
        choices=HAVE,
    ),
    Question(
        "others",
        _("Who else is involved?"),
        _("Choose all who have to do, allow or see something. What needs others gets more time."),
        "many",
        choices=OTHERS,
    ),
    Question(
        "risks",
        _("What usually goes wrong?"),
        _("Choose what you have seen go wrong before. Steps that guard against it are put in."),
        "many",
        choices=RISKS,
    ),
    Question(
        "notes",
        _("What else should we know?"),
        _("Anything in your own words. Steps that speak of the same things move up."),
        "text",
    ),
)

EXAMPLES = {
    ADMINISTRATOR: "Everybody has the access they need, our systems are connected, and IT has signed it off.",
    POWER_USER: "The Monday report makes itself, and I can change the rules without asking anybody.",
    OPERATOR: "I see what needs me, I hear of trouble first, and the next shift starts with my notes.",
    "": "We do the work in one place, and nobody goes back to the old way.",
}


def questionnaire(kind: str) -> tuple[Question, ...]:
    """The questions for a kind of user (a key of roles.KINDS, or '' for a role of the workspace's own)."""
    asked = []
    for question in QUESTIONS:
        if question.key == "success":
            question = replace(question, example=EXAMPLES[kind])
        choices = tuple(choice for choice in question.choices if not kind or not choice.kinds or kind in choice.kinds)
        asked.append(replace(question, choices=choices))
    return tuple(asked)


def choice(question: str, key: str) -> Choice:
    """The choice of that key, of whatever kind of user. Raises KeyError."""
    return _CHOICES[question, key]


_CHOICES = {(question.key, choice.key): choice for question in QUESTIONS for choice in question.choices}
