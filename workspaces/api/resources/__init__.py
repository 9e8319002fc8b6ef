"""What the rooms below the API have for programs: keys, the audit log."""
