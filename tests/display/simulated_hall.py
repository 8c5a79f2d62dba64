"""A hall for the display's tests: the real rules, decided and folded in memory, with throw-away keys.

Nothing of the rules is imitated. What is left out is what the display never sees: store, bus and cards.
"""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import checkpoint, fingerprint, signing, statement
from audit.errors import BadEvidence
from display import ports
from voting import commands as c
from voting import events as e
from voting.errors import Refused
from voting.ids import BallotHash, KindId, MemberId, SeatId, SittingId, VoteId
from voting.meeting import Meeting, decide, evolve
from voting.members import Member
from voting.refusals import AlreadyRecorded
from voting.result_form import to_plain
from voting.seat_account import is_awaited
from voting.seat_units import SeatSeen

ORIGIN = "dienhong.example/hall/2026"
BOOK = (files("voting") / "rulebooks" / "vn.qh.2016-01-01.toml").read_text("utf-8")
TIED = '{ vi = "NGANG", en = "TIED" }'
CASTING_BOOK = (
    BOOK.replace(
        'cites = ["hp2013.85", "nq102.2015"]',
        'cites = ["hp2013.85"]\ntie = "casting_vote"\ncast = ["approve", "reject"]',
        1,
    )
    .replace("[verdicts.poll]", f"[verdicts.poll]\ntied = {TIED}")
    .replace("[verdicts.text]", f"[verdicts.text]\ntied = {TIED}")
)
"""A tie that the chair decides."""
ITEM = {"vi": "Dự thảo Luật Phòng, chống tác hại của rượu, bia", "en": "Draft law on alcohol"}
TITLE = {"vi": "Khoản 8 Điều 5", "en": "Article 5, paragraph 8"}
START = datetime(2019, 6, 3, 7, 0, tzinfo=UTC)


def option(n):
    return {"vi": f"Phương án {n}", "en": f"Option {n}"}


def planned(n, kind="poll", supersedes=None, text=None):
    return ports.PlannedVote(
        VoteId(f"pm.{n}"), KindId(kind), ITEM, TITLE, text or option(n), supersedes, None
    )


def thumbprint_of(device):
    """A key's thumbprint in its form; the same for the same device."""
    return urlsafe_b64encode(sha256(device.encode()).digest()).rstrip(b"=").decode()


def random_text():
    return urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


class SimulatedHall:
    """`Hall` for `count` members on as many seats. Time stands still until `forward` is called."""

    def __init__(self, count=12, book=BOOK, programme=None, key=None):
        self.name = {"vi": "Diên Hồng", "en": "Dien Hong"}
        self.test = True
        self.now = START
        self.meeting = Meeting.empty()
        self.seats = tuple(ports.Seat(SeatId(f"{n:03}"), "AB"[n % 2]) for n in range(1, count + 1))
        self.health = ports.Health(seats_online=count)
        self.failing = False
        self.planned = tuple(programme or (planned(1), planned(2)))
        self._book = book
        self._members = tuple(
            Member(MemberId(f"m{n:03}"), f"Đại biểu {n}", "Hà Nội", date(2016, 5, 22))
            for n in range(1, count + 1)
        )
        self._signer = signing.Ed25519Signer(key or Ed25519PrivateKey.generate())
        self._log = [b"LogCreated"]
        self._results = {}
        self._recorded = {}
        self._receipts = {}
        self._told: list[Callable[[], None]] = []
        self._bindings = {}
        self._phones = {}
        self._challenges = set()
        self.seen = {}
        """What the units of these seats did in a vote; of the others: nothing amiss."""
        self.pins = {}
        self.pin_outcomes = {}
        self.pins_sent = []
        self._sittings = 0

    # What the display reads

    @property
    def head(self):
        root = sha256(b"\n".join(self._log)).digest()
        text = checkpoint.sign(ORIGIN, len(self._log), root, self._signer)
        keys = {self._signer.kid: signing.to_jwk(self._signer.public_key)}
        vkey = checkpoint.vkey(ORIGIN, self._signer.public_key)
        return ports.LogHead(ORIGIN, vkey, len(self._log), root.hex(), text, keys)

    desks = (ports.Desk(SeatId("desk-1"), {"vi": "Bàn đăng ký", "en": "Registrar's desk"}),)

    @property
    def programme(self):
        return self.planned if self.meeting.sitting else ()

    @property
    def upcoming(self):
        if self.meeting.sitting is not None or self._sittings:
            return None
        return ports.Upcoming(SittingId("pm"), date(2019, 6, 3), self._title)

    _title = {"vi": "Phiên họp chiều 03/6/2019", "en": "Afternoon sitting"}  # noqa: RUF012

    def opening(self, by):
        if self.upcoming is None:
            return None
        seating = {m.id: s.id for m, s in zip(self._members, self.seats, strict=True)}
        return c.OpenSitting(
            SittingId("pm"), date(2019, 6, 3), self._title, self._book, self._members, seating, by
        )

    def result_jws(self, vote):
        return self._results.get(vote)

    def recorded(self, ballot):
        return self._recorded.get(ballot)

    def follow(self, told):
        self._told.append(told)
        return lambda: self._told.remove(told)

    async def log_file(self, path):
        known = {"checkpoint": self.head.checkpoint.encode(), "vkey": self.head.vkey.encode()}
        known["tile/0/000"] = b"\0" * 8192
        known["tile/0/001.p/3"] = b"\1" * 96
        return known.get(path)

    def export(self, reader, out):
        (out / "log").mkdir(parents=True)
        (out / "log" / "checkpoint").write_text(self.head.checkpoint, "utf-8")
        (out / "for").write_text(reader)

    # What the display asks for

    async def submit(self, command, actor):
        if self.failing:
            raise ports.NotRecorded
        self.do(command, actor)

    def do(self, command, actor="hall"):
        """Decides, folds, tells: one commit."""
        for event in decide(self.meeting, command, self.now):
            self.meeting = evolve(self.meeting, event, self.now)
            self._log.append(f"{type(event).__name__} {actor}".encode())
            if isinstance(event, e.BallotRecorded):
                self._recorded[event.ballot] = ports.Recorded(len(self._log) - 1, self.now)
            if isinstance(event, e.ResultComputed):
                self._sign_result(event)
            self._sittings += isinstance(event, e.SittingOpened)
        self.tell()

    def tell(self):
        for told in tuple(self._told):
            told()

    def _sign_result(self, event):
        division = self.meeting.votes[event.vote]
        book = self.meeting.sitting.rulebook
        payload = {
            **to_plain(event.result),
            "log": ORIGIN,
            "sit": division.sitting,
            "vote": division.id,
            "def": division.definition_hash,
            "round": division.round,
            "rule": {"book": book.id, "sha256": book.sha256, "id": event.result.rule},
            "head": {"size": len(self._log), "root": sha256(b"\n".join(self._log)).hexdigest()},
        }
        self._results[event.vote] = statement.sign(statement.RESULT, payload, self._signer)

    # Phones

    desk_code = "482193"
    """What the registrar's desk shows."""

    def _check_code(self, place, code):
        if any(desk.id == place for desk in self.desks) and code != self.desk_code:
            raise Refused("desk_code_wrong", {"vi": "Mã không khớp.", "en": "That isn't the code."})

    async def request_phone_binding(self, key, seat, code=None):
        if self._sitter(seat) is None:
            no_card = {"vi": "Chưa có thẻ tại ghế này.", "en": "There is no card at this seat."}
            raise Refused("no_card", no_card)
        self._check_code(seat, code)
        try:
            signing.from_jwk(key)
        except BadEvidence as error:
            bad = {"vi": "Khóa không hợp lệ.", "en": "The key is not valid."}
            raise Refused("bad_key", bad) from error
        enrolment, key_id = secrets.token_hex(8), signing.thumbprint(key)
        self._bindings[enrolment] = ("waiting", seat, dict(key))
        return ports.PhoneBinding(
            enrolment, key_id, fingerprint.digits(key_id), self.now + timedelta(minutes=2)
        )

    at_desk = None
    """Whose card lies at the registrar's desk."""

    def _sitter(self, seat):
        if any(desk.id == seat for desk in self.desks):
            return self.at_desk
        attendance = self.meeting.attendance
        return next((one.member for one in attendance.sessions.values() if one.seat == seat), None)

    def press_yes(self, enrolment):
        """The member presses ✓ at the console that shows the digits: the card binds the phone."""
        _, seat, key = self._bindings[enrolment]
        member, key_id = self._sitter(seat), signing.thumbprint(key)
        self._bindings[enrolment] = ("bound", seat, key)
        self._phones[key_id] = (member, key, sha256(key_id.encode()).hexdigest())
        self.sign_in(member, "mobile", key_id)
        self.open_mobile(member)

    def phone_binding(self, enrolment):
        if enrolment not in self._bindings:
            return None
        state = self._bindings[enrolment][0]
        if state != "bound":
            return ports.BindingState(state)
        return ports.BindingState(
            "bound", self.phone_challenge(signing.thumbprint(self._bindings[enrolment][2]))
        )

    async def phone_lost(self, desk, code):
        self._check_code(desk, code)
        live = self.meeting.attendance.held_by(self.at_desk, "mobile") if self.at_desk else None
        if live is None:
            raise Refused("no_phone_bound", {"vi": "Không có điện thoại.", "en": "No phone."})
        self.do(c.SignOut(live.id, "phone_lost"), "member")

    def phone_challenge(self, key_id):
        challenge = random_text()
        self._challenges.add((key_id, challenge))
        return challenge

    def restart(self):
        """What only the old process knew is gone; the meeting and its sessions' keys come from the log."""
        self._bindings.clear()
        self._challenges.clear()
        self._told.clear()

    def prove_phone(self, key_id, challenge, signature):
        if (key_id, challenge) not in self._challenges or key_id not in self._phones:
            return None
        member, key, _ = self._phones[key_id]
        live = self.meeting.attendance.session_of(member, "mobile")
        if live is None or live.key != key_id:
            return None
        try:
            message = b"parl-phone-session:" + challenge.encode()
            signing.verify(signing.from_jwk(key), "ES256", message, signature)
        except BadEvidence:
            return None
        self._challenges.discard((key_id, challenge))
        return ports.BoundPhone(member, key_id)

    # An officer's card: the test is the desk

    officers_card = None
    """Whose card lies at the officers' desk."""

    async def request_officer_card(self, key, desk):
        if self.officers_card is None:
            raise Refused("officers_card_missing", {"vi": "Chưa có thẻ ở bàn này.", "en": "No card here."})
        enrolment, key_id = secrets.token_hex(8), signing.thumbprint(key)
        self._bindings[enrolment] = ("waiting", desk, dict(key))
        return ports.PhoneBinding(
            enrolment, key_id, fingerprint.digits(key_id), self.now + timedelta(minutes=5)
        )

    def card_signs(self, enrolment):
        _, desk, key = self._bindings[enrolment]
        self._bindings[enrolment] = ("bound", desk, key)

    def officer_card(self, enrolment):
        return self.phone_binding(enrolment)

    def prove_officer(self, key_id, challenge, signature):
        signed = [key for state, _, key in self._bindings.values() if state == "bound"]
        key = next((one for one in signed if signing.thumbprint(one) == key_id), None)
        if key is None or (key_id, challenge) not in self._challenges:
            return None
        try:
            message = b"parl-officer-session:" + challenge.encode()
            signing.verify(signing.from_jwk(key), "ES256", message, signature)
        except BadEvidence:
            return None
        self._challenges.discard((key_id, challenge))
        return self.officers_card

    # A card without a pad: the test is the bridge

    def await_pin(self, seat, key, chal="AAECAwQFBgcICQoLDA0ODw"):
        at_desk = any(desk.id == seat for desk in self.desks)
        greeting = None if at_desk else ("KINH CHAO DAI BIEU", "NGUYEN VAN A")
        self.pins[seat] = ports.PinRequest(SeatId(seat), chal, key, greeting)
        self.pin_outcomes[seat] = ports.PinOutcome("waiting")

    def pin_request(self, seat):
        return self.pins.get(seat)

    def pin_outcome(self, seat):
        return self.pin_outcomes.get(seat, ports.PinOutcome())

    async def send_pin(self, seat, chal, sealed):
        asked = self.pins.get(seat)
        if asked is None or asked.chal != chal:
            raise Refused("pin_not_awaited", {"vi": "Thẻ không chờ mã PIN.", "en": "No PIN is awaited."})
        self.pins_sent.append((seat, chal, sealed))
        self.pin_outcomes[seat] = ports.PinOutcome("checking")

    async def member_proof(self, member, votes):
        return f"{member}: {', '.join(votes)}".encode()

    async def ballot_proof(self, ballot):
        return f"{ballot} at {self._recorded[ballot].seq}"

    def mobile_form(self, phone):
        division = self.meeting.current
        if division is None or division.challenge is None:
            raise Refused("vote_not_open", {"vi": "Chưa mở biểu quyết.", "en": "No vote is open."})
        effective = division.ballots.get(phone.member)
        return {
            "header": {
                "alg": "ES256",
                "typ": statement.BALLOT,
                "kid": phone.key_id,
                "sk": self._phones[phone.key_id][2],
            },
            "form": {
                "log": ORIGIN,
                "sit": division.sitting,
                "vote": division.id,
                "def": division.definition_hash,
                "member": phone.member,
                "seat": None,
                "device": phone.key_id,
                "rev": effective.rev + 1 if effective else 1,
                "prev": effective.ballot if effective else None,
                "chal": division.challenge,
            },
            "choices": list(division.kind.choice_ids),
        }

    async def cast_mobile(self, ballot):
        if self.failing:
            raise ports.NotRecorded
        try:
            read = statement.parse(ballot, statement.BALLOT)
            member, key, _ = self._phones[read.header["kid"]]
            statement.verify(read, signing.from_jwk(key))
        except (BadEvidence, KeyError) as error:
            bad = {"vi": "Phiếu không hợp lệ.", "en": "The ballot is not valid."}
            raise Refused("bad_ballot", bad) from error
        paper = read.payload
        cast = c.CastBallot(
            VoteId(paper["vote"]), paper["def"], paper["chal"], MemberId(paper["member"]), None,
            "mobile", self.meeting.attendance.session_of(member, "mobile").id, paper["choice"],
            paper["rev"], paper["prev"], BallotHash(read.payload_hash),
        )  # fmt: skip
        try:
            self.do(cast, "member")
        except AlreadyRecorded:
            return self._receipts[read.payload_hash]
        stands = self._recorded[read.payload_hash]
        receipt = {
            "log": ORIGIN, "vote": paper["vote"], "ballot": read.payload_hash, "seq": stands.seq,
            "t": stands.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }  # fmt: skip
        self._receipts[read.payload_hash] = statement.sign(statement.RECEIPT, receipt, self._signer)
        return self._receipts[read.payload_hash]

    # What people at seats and the hall's clock do

    def forward(self, **by):
        self.now += timedelta(**by)

    def members(self):
        return [member.id for member in self._members]

    def _session(self, member, channel):
        return sha256(f"{member} {channel}".encode()).hexdigest()

    def sign_in(self, member, channel="seat", key=None):
        seat = self.meeting.sitting.seating[member] if channel == "seat" else None
        session = self._session(member, channel) if key is None else secrets.token_hex(32)
        expires = self.now + timedelta(hours=6)
        self.do(c.SignIn(member, seat, channel, session, key or thumbprint_of(member), expires))

    def open_mobile(self, *members):
        """The chair lets these members vote by phone; who may already stays so."""
        new = tuple(one for one in members if one not in self.meeting.attendance.mobile)
        if new:
            self.do(c.OpenMobile(new, "họp từ xa", "chair"))

    def press(self, member, choice):
        """A ballot from the member's seat, the next revision."""
        division = self.meeting.current
        before = division.ballots.get(member)
        rev = before.rev + 1 if before else 1
        ballot = sha256(f"{division.id} {member} {rev}".encode()).hexdigest()
        self.do(
            c.CastBallot(
                division.id, division.definition_hash, division.challenge, member,
                self.meeting.sitting.seating[member], "seat", self._session(member, "seat"), choice, rev,
                before.ballot if before else None, BallotHash(ballot),
            )
        )  # fmt: skip

    def convene(self, present=None):
        self.do(self.opening("secretary-1"), "officer:secretary-1")
        for member in self.members()[:present]:
            self.sign_in(member)

    def announce(self, n=1, **rest):
        one = self.planned[n - 1]
        question = c.Question(one.kind, one.title, one.item, one.option)
        self.do(c.AnnounceVote(one.vote, question, "secretary-1", **rest))

    def open(self, challenge="AAAAAAAAAAAAAAAAAAAAAA"):
        self.do(c.OpenVote(self.meeting.current.id, challenge, "secretary-1"))

    def close(self):
        """The officer closes; the clock ends the grace; the hall computes."""
        vote = self.meeting.current.id
        self.do(c.CloseVote(vote, "secretary-1"))
        self.end_closing()

    def end_closing(self):
        self.forward(seconds=60)
        vote = self.meeting.current.id
        self.do(c.EndClosing(vote))
        if is_awaited(self.meeting.current):
            self.do(c.AccountForSeats(vote, {seat.id: self._seen(seat.id) for seat in self.seats}))
        self.do(c.ComputeResult(vote))

    def _seen(self, seat):
        return self.seen.get(seat, SeatSeen(shown=0, pressed=None, lit=900, offline=None))

    def declare(self):
        self.do(c.DeclareVote(self.meeting.current.id, "secretary-1"))

    def troubled(self, **health):
        self.health = replace(self.health, **health)
        self.tell()
