"""Every table with what it may hold of people: why, for how long, who sees it, and how it goes.

docs/privacy.md shows it. A table that is missing here fails a test; so whoever makes one has to say. `NOTHING` holds no
end user's data at all.
Of members (those who log in), what they do is named by their e-mail address where it was done.
"""

from typing import NamedTuple


class Data(NamedTuple):
    """`erased` names what erases an end user from it: a function or module of settings.PERSON_ERASERS or …SWEEPERS, or
    how else it goes."""

    holds: str
    why: str
    kept: str
    seen_by: str
    erased: str


LIFE = "as long as the workspace"
PERSON = "until the person is erased"
LOG = "the workspace's retention of raw events, or until the person is erased"
MONTH = "30 days"
ALL = "every member"
EDITORS = "editors and above"
ADMINS = "admins and owners"
NOBODY = "nobody; the program alone"

PEOPLE = "onboarding.people.erasing.erase"
INTAKE = "onboarding.intake.erasing.erase"
TEXTS = "onboarding.intake.erasing"
PROGRESS = "onboarding.progress.erasing.erase"
USAGE = "onboarding.usage.erasing.erase"
WIDGET = "onboarding.widget.erasing.erase"

# Of end users of a workspace's product
END_USERS: dict[str, Data] = {
    "intake_event": Data(
        "what was sent: ids, traits, properties, context", "all progress and every proof rests on it", LOG, ALL, INTAKE
    ),
    "intake_receipt": Data("ids of messages without a time", "so that a retry counts once", LOG, NOBODY, INTAKE),
    "intake_rejection": Data("what was sent and not taken", "to mend and send again", MONTH, ALL, TEXTS),
    "intake_duplicate": Data("who sent a message again", "to explain where it went", MONTH, ALL, INTAKE),
    "intake_seen": Data(
        "names of events and samples of values, no ids or addresses", "to complete names from", LIFE, EDITORS, TEXTS
    ),
    "intake_import": Data("the file's name, and counts", "to tell how far it is", LIFE, ALL, "holds nobody's data"),
    "intake_importpiece": Data(
        "the uploaded file", "to read it", "until the import has ended", NOBODY,
        "goes by itself; an erasure waits for it",
    ),
    "intake_importrejection": Data("lines that were not taken", "the report", MONTH, EDITORS, TEXTS),
    "people_person": Data("user id, e-mail, name, traits, when seen", "to know who it is", PERSON, ALL, PEOPLE),
    "people_sender": Data("ids, traits", "to know who is the same person", PERSON, ALL, PEOPLE),
    "people_account": Data(
        "companies: id, name, traits", "criteria and numbers by account", LIFE, ALL,
        "with the last person who is known in it; the person's ids and addresses before",
    ),
    "people_accountmembership": Data("who belongs to which account", "criteria by account", PERSON, ALL, PEOPLE),
    "progress_activity": Data("when who did what a ladder asks for", "progress", PERSON, ALL, PROGRESS),
    "progress_traitvalue": Data("when what was said of whom", "progress, and segments", PERSON, ALL, PROGRESS),
    "progress_accountactivity": Data(
        "when what was done in an account", "criteria by account", PERSON, ALL, PROGRESS + ": kept as nobody's"
    ),
    "progress_accounttraitvalue": Data(
        "when what was said of an account", "criteria by account", PERSON, ALL, PROGRESS + ": kept as nobody's"
    ),
    "progress_journey": Data("who began which ladder when", "progress", PERSON, ALL, PROGRESS),
    "progress_completion": Data("who did which step when", "progress", PERSON, ALL, PROGRESS),
    "progress_unlock": Data("who has which feature", "switching features on", PERSON, ALL, PROGRESS),
    "progress_unlockchange": Data(
        "the number of a person whose features changed", "to tell programs", "seconds", NOBODY, PROGRESS
    ),
    "progress_ruling": Data("what a member ruled of somebody, and why", "progress", PERSON, ALL, PROGRESS),
    "progress_dryrun": Data("numbers of a few people", "a look before publishing", LIFE, EDITORS, PROGRESS),
    "usage_usageday": Data("who used the product on which day", "retention and use", PERSON, NOBODY, USAGE),
    "usage_counted": Data("how each person was counted last", "retention and use", PERSON, NOBODY, USAGE),
    "usage_stale": Data("the number of a person to count anew", "the queue", "seconds", NOBODY, USAGE),
    "features_grant": Data(
        "who was granted a feature by hand, and why", "switching features on", PERSON, ALL,
        "onboarding.features.erasing.erase",
    ),
    "feedback_answer": Data("scores and comments", "NPS", PERSON, ALL, "onboarding.feedback.erasing.erase"),
    "widget_widgetstate": Data("what a reader opened, skipped, put away", "to show it so", PERSON, NOBODY, WIDGET),
    "widget_widgetevent": Data("what a reader did with the widget, and when", "numbers on it", PERSON, NOBODY, WIDGET),
    "webhooks_message": Data(
        "what programs are told of a person", "delivery and its log", MONTH, ADMINS, "workspaces.webhooks.erasing"
    ),
    "webhooks_delivery": Data(
        "what the receiver answered", "the log", MONTH, ADMINS, "workspaces.webhooks.erasing"
    ),
    "audit_entry": Data(
        "whom a member ruled or granted something; members' addresses", "who did what",
        "as long as the owner says; from where for 90 days", ADMINS,
        "workspaces.privacy.entries: the deed stays, the name goes",
    ),
    "privacy_erasure": Data(
        "the ids of whom it is about, while it is under way", "to find all that is theirs",
        "a number and a digest stay", ADMINS, "by itself, when it is done",
    ),
    "privacy_exportpiece": Data(
        "the whole workspace, as a file", "to be downloaded", "7 days", ADMINS, "any erasure removes all of them"
    ),
    "privacy_suppressed": Data(
        "digests of erased ids", "to take nothing of them any more", LIFE, NOBODY, "stays: tells nobody who it is"
    ),
    "api_keptanswer": Data(
        "what a program was answered, sealed", "so that a request that is sent again has no second effect", "a day",
        NOBODY, "workspaces.api.erasing",
    ),
    "reports_edition": Data("numbers of ladders; no names", "reports", LIFE, ALL, "holds nobody's data"),
    "reports_part": Data("numbers and pictures; no names", "reports", "92 days", ALL, "holds nobody's data"),
}  # fmt: skip

# Of members, and of others who are no end users: they go with the workspace or the log-in.
MEMBERS: dict[str, str] = {
    "team_invitation": "whom a member invited; the address goes 90 days after the end",
    "accounts_signup": "what somebody who signs up calls their workspace, until it is made",
    "accounts_domain": "a company's domain, and its token",
    "accounts_policy": "what a workspace asks of sessions",
    "accounts_connection": "a workspace's identity provider",
    "mfa_authenticator": "a log-in's second factors and passkeys, secrets sealed",
    "socialaccount_socialaccount": "who a log-in is at an identity provider",
    "socialaccount_socialapp": "nothing: unused",
    "socialaccount_socialtoken": "nothing: no tokens are kept",
    "usersessions_usersession": "a log-in's sessions: address, browser, when last seen",
    "privacy_export": "who asked for an export of the workspace",
    "privacy_emptying": "who asked that the environment for tests be emptied",
    "operator_act": "which operator did what, by their address or their name on the server",
    "operator_operator": "which log-ins are operators",
    "privacy_deletion": "who asked that a workspace be deleted, until it is",
    "tenants_user": "a log-in: address, name, password's hash",
    "tenants_member": "who may do what where",
    "account_emailaddress": "the log-in's address",
    "account_emailconfirmation": "a pending confirmation",
    "django_session": "a session of a log-in",
    "ladders_draftedit": "who changed a draft",
    "ladders_review": "who was asked to review, and what they said",
    "ladders_schedule": "who asks for publication",
    "ladders_ladderversion": "who published",
    "library_milestone": "who changed it",
    "discovery_discovery": "who made it",
    "discovery_link": "whom a link was made for",
    "discovery_response": "answers of a customer's staff to a questionnaire, and who gave them",
    "discovery_plan": "who answered",
    "playbook_playbook": "who owns it",
    "playbook_section": "who wrote it",
    "playbook_comment": "what members say",
    "playbook_change": "who changed what",
    "playbook_reminder": "whom was written to",
    "reports_report": "who made it",
    "reports_recipient": "addresses of recipients, with their consent",
    "reports_asked": "hashes of addresses that were asked for consent (30 days) or said no",
    "reports_question": "hashes of addresses that were asked for consent, 7 days, of the installation",
    "reports_dispatch": "to whom an edition went",
    "reports_link": "who made it",
    "dashboards_savedview": "who saved it",
    "webhooks_endpoint": "who made it",
    "widget_identitysecret": "who made it",
}

# No person's data.
NOTHING: frozenset[str] = frozenset(
    {
        "auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "django_migrations",
        "tenants_workspace", "keys_apikey",
        "ladders_role", "ladders_ladder", "ladders_rung",
        "progress_watermark", "progress_tracked", "progress_cubedelta",
        "leaving_left", "leaving_leftuse", "leaving_leaving",
        "leaving_leftanswer", "leaving_leftstart", "leaving_leftaccount",
        "usage_keyevent", "usage_featureuse", "usage_usagemark", "usage_usagecell",
        "features_feature", "widget_widgetsettings", "widget_identitycount",
        "cubes_cell", "cubes_sheet", "cubes_loose",
        "privacy_suppressionkey", "privacy_refused", "privacy_keeping", "operator_suspension",
    }
)  # fmt: skip


def as_markdown() -> str:
    """The table of docs/privacy.md."""
    lines = ["| table | holds | why | kept | seen by | erased by |", "| --- | --- | --- | --- | --- | --- |"]
    for table, data in END_USERS.items():
        erased = f"`{data.erased}`" if data.erased.count(".") > 1 and " " not in data.erased else data.erased
        lines.append(f"| `{table}` | {data.holds} | {data.why} | {data.kept} | {data.seen_by} | {erased} |")
    return "\n".join(lines)
