"""What a hall needs of its files before it starts: all of them read, what is wrong with any said together.

Each may be right by itself and wrong beside another: a bridge for a seat that isn't there, a member whose
seat no bridge serves, a sitting under a rule book that nobody has. Opening it is too late to learn that.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from audit.test_mode import NAME_BEGIN, is_test_authority
from hall_controller import bridges as bridges_file
from hall_controller import desks, programme, roster, seating_plan
from hall_controller.bridges import Bridges
from hall_controller.broker_tls import hall_tls
from hall_controller.config import Located
from hall_controller.faults import BadFile, Gathering, read_text
from hall_controller.founding import Founding
from hall_controller.key_files import check_web_certificate, load_founding, load_passwords
from hall_controller.planned import Plans
from hall_controller.programme import PlannedSitting
from hall_controller.roster import Roster
from hall_controller.rulebooks import NoSuchRuleBook
from voting.errors import Refused
from voting.rulebook import RuleBook, parse


@dataclass(frozen=True, slots=True)
class Prepared:
    known: Founding
    bridges: Bridges
    plans: Plans


def prepare(located: Located) -> Prepared:
    """Raises BadFile with every fault of every file."""
    files, gathering = located.config.roster, Gathering(located.file)
    known = gathering.read(lambda: load_founding(located))
    if known is not None:
        _check_test_mode(located, known, gathering)
    _check_broker(located, gathering)
    _check_web(located, gathering)
    own = [desk.id for desk in located.config.desk]
    bridges = gathering.read(lambda: bridges_file.load(located.path(files.bridges), own))
    seats = gathering.read(lambda: roster.load_seats(located.path(files.seats)))
    people = gathering.read(lambda: roster.load_members(located.path(files.members), seats))
    people = _with_plan(located, people, gathering)
    planned = gathering.read(lambda: programme.load(located.path(files.programme)))
    plans = None if people is None or planned is None else Plans(planned, people, located.base)
    if bridges is not None and people is not None and seats is not None:
        _check_seats(located, bridges, people, gathering)
    if planned is not None:
        _check_rulebooks(located, Plans(planned, Roster((), {}, ()), located.base), gathering)
    gathering.judge()
    assert known is not None
    assert bridges is not None
    assert plans is not None
    return Prepared(known, bridges, plans)


def _check_test_mode(located: Located, known: Founding, gathering: Gathering) -> None:
    """Cards for trying things out open nothing that counts, and real ones sign nothing that doesn't."""
    test = located.config.hall.test
    if any(is_test_authority(der) != test for der in known.ca):
        gathering.add(
            located.file,
            f"trust.ca: with test = true each authority's common name begins with {NAME_BEGIN!r}"
            if test
            else "trust.ca: it has an authority for trying things out; this hall's results count",
        )


def _check_broker(located: Located, gathering: Gathering) -> None:
    section = located.config.broker
    if section.kind == "mqtt":
        if section.password_file is not None:
            own = located.path(section.password_file)
            gathering.read(lambda: read_text(own))
        gathering.read(lambda: hall_tls(located))
    elif section.passwords is not None:
        path = located.path(section.passwords)
        passwords = gathering.read(lambda: load_passwords(path))
        if passwords is not None and section.username not in passwords:
            gathering.add(path, f"{section.username} has no password")


def _check_web(located: Located, gathering: Gathering) -> None:
    web = located.config.web
    if web.tls_cert is not None and web.tls_key is not None:
        cert, key = located.path(web.tls_cert), located.path(web.tls_key)
        gathering.read(lambda: check_web_certificate(cert, key))


def _with_plan(located: Located, people: Roster | None, gathering: Gathering) -> Roster | None:
    """The members with the dated seating plan, where the hall has one."""
    named = located.config.roster.seating
    if named is None:
        return people
    members = None if people is None else {member.id for member in people.members}
    seats = None if people is None else {seat.id for seat in people.seats}
    path = located.path(named)
    plan = gathering.read(lambda: seating_plan.load(path, members, seats))
    if people is not None and people.assigned:
        where = located.path(located.config.roster.members)
        gathering.add(where, f"members have seats there, and {named} gives them too: one plan must do")
    return people if people is None or plan is None else replace(people, plan=plan)


def _check_seats(located: Located, bridges: Bridges, people: Roster, gathering: Gathering) -> None:
    files, seats = located.config.roster, {seat.id for seat in people.seats}
    for fault in desks.faults(located.config.desk, {*seats}, {*bridges.of_seat}):
        gathering.add(located.file, fault)
    for seat, bridge in bridges.of_seat.items():
        if seat not in seats and seat not in bridges.desks:
            where = located.path(files.bridges)
            gathering.add(where, f"bridge {bridge}: there is no seat {seat} in {files.seats}")
    planned = {(one.member, one.seat) for one in people.plan or ()}
    for member, seat in planned or people.assigned.items():
        if seat in seats and seat not in bridges.of_seat:
            where = located.path(files.members if people.plan is None else files.seating or files.members)
            gathering.add(where, f"member {member}: no bridge in {files.bridges} serves seat {seat}")


def _check_rulebooks(located: Located, plans: Plans, gathering: Gathering) -> None:
    where = located.path(located.config.roster.programme)
    for sitting in plans.programme.sittings:
        gathering.read(lambda sitting=sitting: _check_rulebook(where, plans, sitting))  # type: ignore[misc]


def _check_rulebook(where: Path, plans: Plans, sitting: PlannedSitting) -> None:
    """Raises BadFile: what opening the sitting, or announcing its votes, would be refused for."""
    try:
        book = parse(plans.rulebook_text(sitting.rulebook))
    except (BadFile, NoSuchRuleBook, Refused, ValueError) as error:
        raise BadFile(where, [f"sitting {sitting.id}: {error}"]) from error
    faults = _against(book, sitting)
    if faults:
        raise BadFile(where, [f"sitting {sitting.id}: {fault}" for fault in faults])


def _against(book: RuleBook, sitting: PlannedSitting) -> list[str]:
    faults = []
    if book.since > sitting.on:
        faults.append(f"the rule book {book.id} is in force from {book.since}, after {sitting.on}")
    votes = [vote for item in sitting.items for vote in item.votes]
    faults += [
        f"vote {vote.id}: the rule book {book.id} has no kind {vote.kind}"
        for vote in votes
        if vote.kind not in book.kinds
    ]
    return faults
