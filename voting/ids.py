"""Names of things in a chamber. Each is a string on the wire; the types keep them from being mixed up."""

from typing import NewType

MemberId = NewType("MemberId", str)
SeatId = NewType("SeatId", str)
SittingId = NewType("SittingId", str)
ItemId = NewType("ItemId", str)
VoteId = NewType("VoteId", str)
ChoiceId = NewType("ChoiceId", str)
RuleId = NewType("RuleId", str)
KindId = NewType("KindId", str)
OfficerId = NewType("OfficerId", str)
BallotHash = NewType("BallotHash", str)
"""Lower-case hex SHA-256 of a ballot's JCS payload: the ballot's identity."""
