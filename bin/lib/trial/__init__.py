"""bin/chaos: a whole Firstmile of its own, senders that retry, and failures of every part in turn.

story (what people do) → senders (how it is sent) → ledger (what was answered)
house (the servers and processes) ← failures (what is done to them) ← watch (how soon they are back)
checks (what must be true in the end), logs (what was said meanwhile), report (all of it as text)
"""
