from tests.workspaces.verdicts import FORBIDDEN, GONE

VERDICTS = {
    "installation:guide": ("get", {}, FORBIDDEN, 200),
    "installation:check": ("get", {}, FORBIDDEN, 200),
    "installation:allow": ("post", {}, FORBIDDEN, 422),
    "installation:disallow": ("post", {}, FORBIDDEN, 302),
    "installation:make_key": ("post", {}, FORBIDDEN, 200),
    "installation:make_secret": ("post", {}, FORBIDDEN, 200),
    "installation:revoke_secret": ("post", {"pk": "identity secret"}, FORBIDDEN, 302),
    "installation:enforce": ("post", {}, FORBIDDEN, 302),
    "installation:look": ("get", {}, FORBIDDEN, 200),
    "installation:look_change": ("post", {}, FORBIDDEN, 422),
    "installation:look_answer": ("post", {}, FORBIDDEN, 200),
    "installation:look_undo": ("post", {}, FORBIDDEN, 302),
    "installation:look_reset": ("post", {}, FORBIDDEN, 302),
    "installation:sandbox": ("get", {}, FORBIDDEN, 200),
    "installation:begin": ("post", {}, FORBIDDEN, 302),
    "installation:steps": ("get", {}, FORBIDDEN, 200),
    "installation:host": ("get", {}, FORBIDDEN, GONE),  # nobody was named
    "installation:look_preview": ("get", {}, FORBIDDEN, 200),
}


def things(workspace, ana) -> dict:
    from onboarding.widget.models import IdentitySecret

    return {"identity secret": IdentitySecret.make(by=ana)[0].pk}
