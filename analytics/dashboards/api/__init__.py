"""The numbers for programs: definitions, every metric of a question, the people behind it, who is stuck, views."""
