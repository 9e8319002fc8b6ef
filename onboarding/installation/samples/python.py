# pip install pyjwt
import os
import time

import jwt


def firstmile_token(user_id: str) -> str:
    claims = {"sub": user_id, "exp": int(time.time()) + 600}
    return jwt.encode(claims, os.environ["FIRSTMILE_IDENTITY_SECRET"], algorithm="HS256")
