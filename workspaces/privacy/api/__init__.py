"""Privacy for programs: erasing people, what is kept, the whole workspace as a file, and its deletion."""
