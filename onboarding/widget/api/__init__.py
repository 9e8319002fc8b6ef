"""People and accounts for programs: who there is, how far they have come and by what evidence."""
