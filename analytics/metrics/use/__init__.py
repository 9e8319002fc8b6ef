"""What people do after they began: who comes back, who takes up what was unlocked, how often and how widely they use
the product.

All of it is arithmetic on the cells of onboarding/usage, and all of it is told of whole days: a period that still runs
is never counted, and whoever has not been watched for all of it is told as too new.
"""
