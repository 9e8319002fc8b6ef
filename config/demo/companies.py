"""The two companies of the demo, as stories. What is planted in them is written down in truths.py. Pure."""

from config.demo.story import Choice, Company, Extra, Growth, Role, Step, Uptake, Way

LIVE_DAY = {"source": "live"}

ADMINISTRATORS_1 = Way(
    steps=(
        Step("Site Created", 0.95, 0.02),
        Step("Integration Connected", 0.73, 3.2, properties={"kind": "wms"}),
        Step("Dock Day Completed", 0.95, 2.2, properties=LIVE_DAY),
    ),
    extras=(
        Extra("Invite Sent", 0.85, 1.5, times=3),
        Extra("Role Assigned", 0.75, 4.0, times=2),
        Extra("SSO Enabled", 0.5, 16.0),
        Extra("Access Log Reviewed", 0.45, 20.0),
    ),
)
# Version 2 of the ladder: the connection comes second, with a guided check, after a day with sample bookings.
ADMINISTRATORS_2 = Way(
    steps=(
        Step("Site Created", 0.96, 0.02),
        Step("Integration Connected", 0.83, 1.2, properties={"kind": "wms"}),
        Step("Dock Day Completed", 0.96, 1.5, properties=LIVE_DAY),
    ),
    extras=(
        Extra("Sample Day Opened", 0.8, 0.08),
        Extra("Invite Sent", 0.9, 1.5, times=2),
        Extra("Role Assigned", 0.78, 4.0, times=2),
        Extra("SSO Enabled", 0.5, 14.0),
        Extra("Access Log Reviewed", 0.45, 18.0),
    ),
)
POWER_USERS = Way(
    steps=(
        Step("Schedule Imported", 0.96, 0.15, properties={"rows": 240}),
        Step("Rule Created", 0.94, 1.1),
        Step("Rule Tried", 0.74, 1.3),
        Step("Booking Auto-Placed", 0.96, 1.6, times=5),
    ),
    extras=(
        Extra("View Saved", 0.8, 0.8),
        Extra("Rule Shared", 0.55, 11.0, properties={"audience": "team"}),
        Extra("Webhook Added", 0.4, 15.0),
    ),
)
OPERATORS = Way(
    steps=(
        Step("Board Opened", 0.97, 0.05),
        Step("Truck Checked In", 0.95, 0.5),
        Step("Alert Configured", 0.76, 0.9),
        Step("Truck Departed", 0.96, 1.4, times=5, properties={"on_time": True}),
    ),
    extras=(
        Extra("Alert Answered", 0.7, 5.0, properties={"minutes": 4}),
        Extra("Shift Handed Over", 0.6, 7.0),
        Extra("Safety Check Passed", 0.5, 10.0, traits={"certified": True}),
    ),
)

BERTHLINE = Company(
    slug="berthline",
    name="Berthline",
    time_zone="Europe/Amsterdam",
    product_manager="Mara Visser",
    executive="Tom Okafor",
    ladders=("administrators-1.yaml", "power-users.yaml", "operators.yaml", "administrators-2.yaml"),
    seed="berthline-1",
    days=120,
    accounts=600,
    changed_days_ago=45.0,
    roles=(
        Role("administrator", 0.08, ADMINISTRATORS_1, ("Utilisation Viewed", "Calendar Opened"), ADMINISTRATORS_2),
        Role(
            "power_user",
            0.31,
            POWER_USERS,
            ("Rule Tried", "Utilisation Viewed"),
            uptakes=(
                Uptake("what-if", "Schedule Imported", "What-If Run", 0.25, 3.0),
                Uptake("rule-history", "Rule Tried", "Rule History Opened", 0.75, 2.0),
            ),
        ),
        Role("operator", 0.61, OPERATORS, ("Board Opened", "Truck Checked In")),
    ),
    plans=Choice(("starter", "growth", "scale"), (0.42, 0.36, 0.22)),
    industries=Choice(("food", "retail", "automotive", "pharma", "parcel"), (0.28, 0.26, 0.18, 0.12, 0.16)),
    sizes=Choice(("1-50", "51-200", "201-1000", "1000+"), (0.38, 0.32, 0.2, 0.1)),
    people={"1-50": 3.2, "51-200": 6.5, "201-1000": 11.0, "1000+": 17.0},
    regions={"Europe": (0.46, 1), "North America": (0.34, -6), "Asia-Pacific": (0.2, 8)},
    pace={"starter": 1.15, "growth": 1.0, "scale": 0.45},
    playbooks=("administrators.yaml",),
    languages=("de", "ar"),
    connected=True,
    recommends={"starter": (0.32, 0.36, 0.32), "growth": (0.32, 0.36, 0.32), "scale": (0.56, 0.3, 0.14)},
    drafted="operators",
    tried_out="power-users.yaml",
    workflows={
        "Check a truck in": "Truck Checked In",
        "Look at utilisation": "Utilisation Viewed",
        "Open the calendar": "Calendar Opened",
        "Open a rule’s history": "Rule History Opened",
        "Run a what-if": "What-If Run",
        "Try a rule": "Rule Tried",
    },
    uses={"dock-calendar": "Calendar Opened", "utilisation-report": "Utilisation Viewed"},
    grows=Growth(
        "docks",
        {"1-50": (2, 6), "51-200": (4, 14), "201-1000": (8, 30), "1000+": (20, 60)},
        more=0.36,
        less=0.06,
    ),
    loyal={"pharma": 0.6},
)

QUILLMARK = Company(
    slug="quillmark",
    name="Quillmark",
    time_zone="America/New_York",
    product_manager="Ines Calder",
    executive="Paul Weiss",
    ladders=("first-contract.yaml",),
    seed="quillmark-1",
    days=120,
    accounts=84,
    changed_days_ago=0.0,
    roles=(
        Role(
            "lawyer",
            1.0,
            Way(
                steps=(
                    Step("Contract Uploaded", 0.95, 0.1),
                    Step("Invite Sent", 0.78, 1.2),
                    Step("Signature Requested", 0.95, 2.0),
                ),
                extras=(
                    Extra("Clause Marked", 0.8, 0.5),
                    Extra("Clause Saved", 0.5, 6.0, times=2),
                    Extra("Reminder Set", 0.5, 9.0),
                ),
            ),
            ("Contract Uploaded", "Clause Marked"),
            uptakes=(
                Uptake("comparison", "Invite Sent", "Comparison Opened", 0.5, 2.0),
                Uptake("templates", "Signature Requested", "Template Used", 0.5, 2.0),
            ),
        ),
    ),
    plans=Choice(("team", "firm"), (0.7, 0.3)),
    industries=Choice(("legal", "property", "insurance"), (0.5, 0.3, 0.2)),
    sizes=Choice(("1-50", "51-200"), (0.7, 0.3)),
    people={"1-50": 3.5, "51-200": 7.0},
    regions={"North America": (0.7, -5), "Europe": (0.3, 1)},
    pace={"team": 1.0, "firm": 0.8},
    workflows={
        "Compare two drafts": "Comparison Opened",
        "Mark a clause": "Clause Marked",
        "Upload a contract": "Contract Uploaded",
        "Use a template": "Template Used",
    },
    grows=Growth("seats", {"1-50": (3, 9), "51-200": (8, 24)}, more=0.18, less=0.18),
)

COMPANIES = (BERTHLINE, QUILLMARK)
