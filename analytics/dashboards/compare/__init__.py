"""Two groups of people, side by side: any two ranges of days, segments (also crossed) or versions."""
