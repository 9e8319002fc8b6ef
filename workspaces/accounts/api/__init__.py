"""How members sign in, for programs: everything but switching an identity provider on (docs/decisions/0171)."""
