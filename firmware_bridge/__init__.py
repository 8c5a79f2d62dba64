"""Seats, keys, lamps, microphones, cards. Knows nothing of voting; of audit it takes signed formats."""
