"""For each check some answers that students really give, and that are wrong."""

WRONG_ANSWERS: dict[str, list] = {}
