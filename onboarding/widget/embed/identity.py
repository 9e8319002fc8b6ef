"""Who a reader of the widget is: the word of the customer's server, as a signed token (JWT, HS256). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from jwt import exceptions
from jwt.types import Options

from onboarding.intake.limits import MAX_IDENTIFIER
from onboarding.intake.storable import is_storable

LONGEST_TOKEN = 4 * 1024
LEEWAY_SECONDS = 30


class Refused(Exception):
    """Somebody is not let in: a code for programs, a sentence for the developer who reads the console."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True)
class Identity:
    """Who the reader is. `secret_id` names what vouches for it until `expires_at`: a secret, 0 for nothing, below zero
    a member's pass.
    """

    user: str
    account: str = ""
    secret_id: int = 0
    expires_at: datetime | None = None

    @property
    def sender(self) -> str:
        return f"u:{self.user}"


def identify(user: str, token: str, *, secrets: Mapping[int, bytes], enforced: bool) -> Identity:
    """The identity of somebody who says to be `user`, with a token that may be empty. Raises Refused.

    Where tokens are not enforced nobody needs one, but one that is sent must be good: a slip in signing shall be found
    before it is enforced.
    """
    if not user or len(user) > MAX_IDENTIFIER or not is_storable(user):
        raise Refused("bad_user", f"The id given to identify must be text of 1 to {MAX_IDENTIFIER} characters.")
    if not token:
        if enforced:
            raise Refused(
                "token_missing",
                "This workspace lets in signed users only. Give identify a token that your server has signed: "
                "identify(id, traits, {token}).",
            )
        return Identity(user)
    secret_id, claims = _claims(token, secrets)
    if claims["sub"] != user:
        raise Refused(
            "token_of_another",
            "The token's sub is not the id given to identify. Sign a token for the user who is logged in.",
        )
    return Identity(user, _account(claims), secret_id, datetime.fromtimestamp(claims["exp"], UTC))


def _claims(token: str, secrets: Mapping[int, bytes]) -> tuple[int, dict[str, Any]]:
    if len(token) > LONGEST_TOKEN:
        raise Refused("token_too_large", f"The token has more than {LONGEST_TOKEN} characters; sub and exp are enough.")
    if not secrets:
        raise Refused(
            "no_secret", "The workspace has no identity secret, so no token is good. Make one under Widget, Install."
        )
    for secret_id, key in secrets.items():
        try:
            claims = jwt.decode(token, key, algorithms=["HS256"], leeway=LEEWAY_SECONDS, options=_OPTIONS)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as error:
            raise _refusal(error) from error
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise Refused("token_malformed", "The token is no JWT that can be read.") from error
        if type(claims["exp"]) not in (int, float) or not 0 < claims["exp"] < _FAR:
            raise Refused("token_malformed", "The token's exp must be a time in seconds since 1970.")
        return secret_id, claims
    raise Refused(
        "token_forged",
        "The token was not signed with a secret of this workspace. Sign it on your server, with HS256 and the whole "
        "secret as it was shown, fm_identity_… included.",
    )


_FAR = datetime(2200, 1, 1, tzinfo=UTC).timestamp()
# That it is for another audience or from another issuer is nobody's claim here; a customer may set them for others.
_OPTIONS: Options = {"require": ["exp", "sub"], "verify_aud": False, "verify_iss": False}


def _refusal(error: jwt.InvalidTokenError) -> Refused:
    match error:
        case jwt.ExpiredSignatureError():
            return Refused(
                "token_expired",
                "The token has expired. Give identify a function that fetches a new one: {token: () => fetch(…)}.",
            )
        case jwt.InvalidAlgorithmError():
            return Refused("token_algorithm", "The token must be signed with HS256.")
        case jwt.MissingRequiredClaimError():
            return Refused("token_incomplete", f"The token has no {error.claim}; it needs sub and exp.")
        case exceptions.InvalidSubjectError():
            return Refused("token_incomplete", "The token's sub must be text: the user's id.")
        case jwt.ImmatureSignatureError():
            return Refused("token_early", "The token is not valid yet (nbf or iat); is your server's clock right?")
    return Refused("token_malformed", "The token is no JWT that can be read.")


def _account(claims: Mapping[str, Any]) -> str:
    account = claims.get("accountId", "")
    if not isinstance(account, str) or len(account) > MAX_IDENTIFIER or not is_storable(account):
        raise Refused("token_incomplete", f"The token's accountId must be text of at most {MAX_IDENTIFIER} characters.")
    return account
