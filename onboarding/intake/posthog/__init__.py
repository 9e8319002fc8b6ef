"""PostHog's capture calls: their SDKs work by changing host and key. Read, translated, then taken like all the rest."""
