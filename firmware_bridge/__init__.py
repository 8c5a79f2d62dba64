"""Seats, keys, lamps, microphones, cards. Knows nothing of voting; from audit it takes signed formats only."""
