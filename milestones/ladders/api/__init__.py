"""Ladders for programs: each module is a kind of resource."""
