"""Sound from all directions, and the ears that hear it."""
