"""PIV cards over ISO 7816, and the sign-in that a card gives. See docs/specs/cards.md."""
