"""A chamber's own certificate authority, for pilots and tests: docs/specs/authority.md.

Chambers with a state's authority import its chain and use the register, the lists and the station here.
"""
