"""Names that PostHog's SDKs put into events by themselves, and what they are to us."""

# Kinds of groups that are the account, the first that an event names. Others (project, team, …) are inside of one.
ACCOUNT_KINDS = ("account", "company", "organization", "organisation", "customer", "tenant")

# PostHog refuses to merge these: a client that sends one has no id, and everybody would become one person.
NOBODY = frozenset(
    ("", "0", "[object object]", "anonymous", "distinct_id", "distinctid", "email", "false", "guest", "id", "nan",
     "none", "not_authenticated", "null", "true", "undefined", "[]", "{}")
)  # fmt: skip
# Stands for a visitor whom PostHog's own servers would tell apart by a daily hash.
COOKIELESS = "$posthog_cookieless"

# What the log's context has a place for: property → where it goes.
IN_CONTEXT = {
    "$lib": ("library", "name"),
    "$lib_version": ("library", "version"),
    "$current_url": ("page", "url"),
    "$pathname": ("page", "path"),
    "$referrer": ("page", "referrer"),
    "$os": ("os", "name"),
    "$os_version": ("os", "version"),
    "$device_type": ("device", "type"),
    "$app_name": ("app", "name"),
    "$app_version": ("app", "version"),
    "$screen_height": ("screen", "height"),
    "$screen_width": ("screen", "width"),
    "$ip": ("ip",),
    "$raw_user_agent": ("userAgent",),
    "$browser_language": ("locale",),
    "$timezone": ("timezone",),
    "$session_id": ("sessionId",),
}
# Of the machine, the library or the transport, and on every event: noise among the properties of what was done.
AMBIENT = frozenset(IN_CONTEXT) | frozenset(
    ("token", "distinct_id", "$anon_distinct_id", "$active_feature_flags", "$app_build", "$app_namespace", "$browser",
     "$browser_language_prefix", "$browser_type", "$browser_version", "$configured_session_timeout_ms",
     "$cookieless_mode", "$device", "$device_id", "$device_manufacturer", "$device_model", "$device_name",
     "$feature_flag_payloads", "$geoip_disable", "$had_persisted_distinct_id", "$host", "$ignore_sent_at",
     "$insert_id", "$is_emulator", "$is_identified", "$is_server", "$lib_custom_api_host", "$network_carrier",
     "$os_name", "$pageview_id", "$plugins_deferred", "$plugins_failed", "$plugins_succeeded",
     "$process_person_profile", "$python_runtime", "$python_version", "$recording_status", "$referring_domain",
     "$release_id", "$replay_sample_rate", "$screen_density", "$sent_at", "$session_recording_start_reason", "$set",
     "$set_once", "$surveys_activated", "$time", "$timezone_offset", "$unset", "$user_id", "$viewport_height",
     "$viewport_width", "$web_vitals_allowed_metrics", "$window_id", "$python_implementation", "$os_distro",
     "$config_defaults", "$exception_capture_enabled", "$user_state", "$transformations_skipped")
)  # fmt: skip
AMBIENT_PREFIXES = (
    "$feature/",
    "$feature_enrollment/",
    "$initial_",
    "$sdk_debug",
    "$session_entry_",
    "$prev_pageview_",
)
