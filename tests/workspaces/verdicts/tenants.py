VERDICTS = {
    "tenants:entrance": ("get", {}, 302, 302),
}
