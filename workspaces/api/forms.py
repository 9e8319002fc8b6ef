"""Pages' own forms, where they check what a program sends: their findings as problems of the body."""

from django.forms import BaseForm

from workspaces.api.problems import At, Refused


def refused_form(form: BaseForm) -> Refused:
    """What a form that is not valid found, field by field."""
    errors = [
        At(str(message), pointer="" if name == "__all__" else f"/{name}")
        for name, messages in form.errors.items()
        for message in messages
    ]
    sentence = "; ".join(f"{at.pointer.lstrip('/') or 'the whole'}: {at.detail}" for at in errors[:3])
    return Refused("invalid", sentence, errors=errors)
