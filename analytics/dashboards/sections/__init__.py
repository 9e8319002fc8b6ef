"""Cards below the board, one module each: whoever adds a metric adds its card here and names it in ordered.py.

The adoption page fetches each after itself; each is a page of its own too; a report takes all of them at once.
"""
