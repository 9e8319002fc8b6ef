"""Every metric of the registry, answered for one question: what a command, an API or an assistant asks for by key."""
