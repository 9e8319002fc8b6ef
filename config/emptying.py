"""What goes when an environment for tests is emptied: what was sent to it, and what followed. Everything else stays.

A table that is in neither set fails a test, so whoever makes one has to say.
"""

EMPTIED: frozenset[str] = frozenset(
    {
        "api_keptanswer",
        "cubes_cell", "cubes_loose", "cubes_sheet",
        "features_grant", "feedback_answer",
        "intake_duplicate", "intake_event", "intake_import", "intake_importpiece", "intake_importrejection",
        "intake_receipt", "intake_rejection", "intake_seen",
        "leaving_leaving", "leaving_left", "leaving_leftuse",
        "leaving_leftaccount", "leaving_leftanswer", "leaving_leftstart",
        "people_account", "people_accountmembership", "people_person", "people_sender",
        "privacy_export", "privacy_exportpiece", "privacy_refused",
        "progress_accountactivity", "progress_accounttraitvalue", "progress_activity", "progress_completion",
        "progress_cubedelta", "progress_dryrun", "progress_journey", "progress_ruling", "progress_tracked",
        "progress_traitvalue", "progress_unlock", "progress_unlockchange", "progress_watermark",
        "reports_dispatch", "reports_edition", "reports_part",
        "usage_counted", "usage_stale", "usage_usagecell", "usage_usageday", "usage_usagemark",
        "webhooks_delivery", "webhooks_message",
        "widget_identitycount", "widget_widgetevent", "widget_widgetstate",
    }
)  # fmt: skip

# What members made and set, who did what, and who must not be taken again.
KEPT: frozenset[str] = frozenset(
    {
        "accounts_connection", "audit_entry", "dashboards_savedview",
        "discovery_discovery", "discovery_link", "discovery_plan", "discovery_response",
        "features_feature", "library_milestone",
        "ladders_draftedit", "ladders_ladder", "ladders_ladderversion", "ladders_review", "ladders_role",
        "ladders_rung", "ladders_schedule",
        "playbook_change", "playbook_comment", "playbook_playbook", "playbook_reminder", "playbook_section",
        "privacy_emptying", "privacy_erasure", "privacy_keeping", "privacy_suppressed", "privacy_suppressionkey",
        "reports_asked", "reports_link", "reports_recipient", "reports_report",
        "team_invitation", "usage_featureuse", "usage_keyevent", "webhooks_endpoint",
        "widget_identitysecret", "widget_widgetsettings",
    }
)  # fmt: skip
