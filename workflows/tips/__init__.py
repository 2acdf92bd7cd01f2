"""What people report by scanning a code on a wall, without an account, and what the town makes of it."""
