"""The team for programs: members, and who is invited."""
