"""One hall.toml; every fault named at once; nothing unsafe can be configured."""

from pathlib import Path

import pytest

from hall_controller.config import load
from hall_controller.faults import BadFile

BARE = """
[hall]
id = "dien-hong"
origin = "dienhong.example/hall/2026"
name = { vi = "Hội trường Diên Hồng", en = "Dien Hong Hall" }
[store]
url = "sqlite:///hall.db"
[keys]
log = "keys/log.pem"
[trust]
ca = ["ca.pem"]
crl = ["crl.pem"]
[broker]
passwords = "passwords.toml"
[roster]
members = "members.csv"
seats = "seats.csv"
bridges = "bridges.toml"
programme = "programme.toml"
"""
TABLE = """
[[desk]]
id = "ban-thu-ky"
serves = "officers"
[[officer]]
id = "chu-toa"
name = "Nguyễn Văn A"
post = "presiding"
card = "cb-001"
[[officer]]
id = "thu-ky"
name = "Trần Thị B"
post = "secretary"
card = "cb-002"
"""
"""A presiding officer and a secretary who sign in by card."""
GOOD = BARE + TABLE
TRIAL_BARE = BARE.replace("[store]", "test = true\n[store]", 1).replace("/hall/", "/hall-test/")
TRIAL = TRIAL_BARE + "[officers]\ncodes = true\n"
"""A hall for trying things out, whose one officer comes by a code."""
FILES = ("keys/log.pem", "ca.pem", "crl.pem", "passwords.toml", "members.csv", "seats.csv", "bridges.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*FILES, "programme.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    (folder / "hall.toml").write_text(text)
    return folder / "hall.toml"


def faults(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(BadFile) as caught:
        load(write(folder, text))
    return caught.value.faults


def test_a_good_file_is_read_and_its_paths_are_relative_to_it(folder: Path) -> None:
    located = load(write(folder, GOOD))
    assert located.store_url == f"sqlite:///{folder / 'hall.db'}"
    assert located.path(located.config.keys.log) == folder / "keys/log.pem"
    assert located.config.web.host == "127.0.0.1"


def test_every_fault_is_named_at_once(folder: Path) -> None:
    text = GOOD.replace('id = "dien-hong"', 'id = "Điên"').replace("sqlite:///hall.db", "mysql://x")
    found = faults(folder, text + "\n[wall]\nsize = 3\n")
    assert [fault.split(":")[0] for fault in found] == ["hall.id", "store.url", "wall"]


def test_every_missing_file_is_named(folder: Path) -> None:
    (folder / "ca.pem").unlink()
    (folder / "members.csv").unlink()
    found = faults(folder, GOOD)
    assert [fault.split(":")[0] for fault in found] == ["trust.ca[0]", "roster.members"]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('[web]\nhost = "0.0.0.0"\n', "HTTPS"),
        ('[web]\nhost = "hall.example"\n', "HTTPS"),
        ('[web]\ntls_cert = "ca.pem"\n', "go together"),
    ],
)
def test_pages_beyond_loopback_need_https(folder: Path, section: str, said: str) -> None:
    (fault,) = faults(folder, GOOD + section)
    assert said in fault


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('kind = "embedded"\nhost = "10.0.0.1"\n', "loopback only"),
        ('kind = "mqtt"\nhost = "10.0.0.1"\nport = 8883\npassword_file = "ca.pem"\n', "tls_ca"),
        ('kind = "mqtt"\npassword_file = "ca.pem"\n', "port"),
        (
            'kind = "mqtt"\nport = 1883\npassword_file = "ca.pem"\ntls_ca = "ca.pem"\ntls_key = "ca.pem"\n',
            "tls_cert and tls_key go together",
        ),
        (
            'kind = "mqtt"\nport = 1883\npassword_file = "ca.pem"\n'
            'tls_cert = "ca.pem"\ntls_key = "ca.pem"\n',
            "tls_ca is needed",
        ),
        ('kind = "mqtt"\nport = 1883\n', "password_file"),
    ],
)
def test_a_broker_on_a_network_needs_tls(folder: Path, change: str, said: str) -> None:
    (fault,) = faults(folder, GOOD.replace("[broker]\n", f"[broker]\n{change}"))
    assert said in fault


def test_what_is_not_toml_is_said_so(folder: Path) -> None:
    assert "is not TOML" in faults(folder, "[hall\n")[0]


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="can't be read"):
        load(tmp_path / "none.toml")


def test_faults_of_fields_of_sections_and_of_files_are_named_together(folder: Path) -> None:
    """No kind of fault hides another: who sets a hall up learns all of it at the first start."""
    (folder / "members.csv").unlink()
    text = GOOD.replace('id = "dien-hong"', 'id = "Điên"').replace(
        'passwords = "passwords.toml"', 'kind = "mqtt"\nhost = "10.0.0.1"\nusername = 7'
    )
    found = faults(folder, text + '[web]\nhost = "0.0.0.0"\norigins = ["http://hall.example"]\n')
    said = "\n".join(found)
    for part in (
        "hall.id:", "broker.username:", "needs password_file", "needs its port", "tls_ca is needed",
        "served by HTTPS", "http://hall.example must be https", "roster.members: there is no file",
    ):  # fmt: skip
        assert part in said, part
    assert len(found) == 8


def test_a_clash_with_a_faulty_field_is_not_guessed_at(folder: Path) -> None:
    (fault,) = faults(folder, GOOD + '[web]\ntls_cert = 5\ntls_key = "ca.pem"\n')
    assert fault.startswith("web.tls_cert:")


@pytest.mark.parametrize("origin", ["http://hall.example", "http://10.0.0.1:8080"])
def test_origins_beyond_loopback_are_https(folder: Path, origin: str) -> None:
    (fault,) = faults(folder, GOOD + f'[web]\norigins = ["{origin}", "https://hall.example"]\n')
    assert f"{origin} must be https" in fault


def test_an_origin_on_loopback_may_be_clear_text(folder: Path) -> None:
    good = '[web]\norigins = ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"]\n'
    assert len(load(write(folder, GOOD + good)).config.web.origins) == 3


def test_a_registrars_desk_has_an_id_that_no_seat_has_and_a_name(folder: Path) -> None:
    (folder / "hall.toml").write_text(GOOD + '[[desk]]\nid = "desk-1"\n')
    *_, desk = load(folder / "hall.toml").config.desk
    assert (desk.id, desk.name["vi"]) == ("desk-1", "Bàn đăng ký")
    twice = '[[desk]]\nid = "desk-1"\n' * 2
    (folder / "hall.toml").write_text(GOOD + twice)
    with pytest.raises(BadFile, match="desk desk-1 stands twice"):
        load(folder / "hall.toml")
    (folder / "hall.toml").write_text(GOOD + '[[desk]]\nid = "087"\n')
    with pytest.raises(BadFile, match=r"desk\.1\.id"):
        load(folder / "hall.toml")


def listed(*officers: str) -> str:
    """Officers by post, each with a card of their own."""
    return "".join(
        f'[[officer]]\nid = "o-{n}"\nname = "Officer {n}"\npost = "{post}"\ncard = "cb-{n}"\n'
        for n, post in enumerate(officers)
    )


DESK = '[[desk]]\nid = "ban-thu-ky"\nserves = "officers"\n'


def test_officers_are_read_with_their_posts_and_limits(folder: Path) -> None:
    more = (
        '[officers]\nfresh_min = 5\ntwo_people = ["declare"]\n[officers.limits.secretary]\nidle_min = 20\n'
    )
    officers = load(write(folder, GOOD + more)).config.the_officers
    found = officers.of_card("cb-002")
    assert found is not None
    assert (found.id, found.post, officers.desks) == ("thu-ky", "secretary", ("ban-thu-ky",))
    assert officers.limits["secretary"].idle.total_seconds() == 1200
    assert officers.takes_two("declare")
    assert officers.takes_two("cancel"), "what a hall adds takes nothing away"


@pytest.mark.parametrize("posts", [(), ("presiding",), ("presiding", "operator"), ("secretary", "auditor")])
def test_a_hall_without_two_who_may_cancel_is_refused_before_it_sits(
    folder: Path, posts: tuple[str, ...]
) -> None:
    found = faults(folder, BARE + DESK + listed(*posts))
    assert any("cancel takes two officers" in fault for fault in found)


def test_a_hall_for_trying_things_out_may_have_one_officer_who_acts_alone(folder: Path) -> None:
    assert load(write(folder, TRIAL)).config.the_officers.alone
    trial = TRIAL + DESK + listed("presiding", "secretary")
    officers = load(write(folder, trial)).config.the_officers
    assert not officers.alone
    assert officers.takes_two("cancel"), "with two listed, it is tried as it will be"


def test_codes_sign_nobody_in_where_results_count(folder: Path) -> None:
    (fault,) = faults(folder, GOOD + "[officers]\ncodes = true\n")
    assert "test = true only" in fault


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('card = "cb-002"\n', "needs a card or a subject"),
        ('card = "cb-002"\nsubject = "s"\n', "no [officers.openid]"),
        ('card = "cb-001"\n', "the card cb-001 stands twice"),
        ('card = "cb-002"\npost = "king"\n', ""),
    ],
)
def test_an_officer_who_could_not_sign_in_or_be_told_apart_is_refused(
    folder: Path, change: str, said: str
) -> None:
    after = "" if said.startswith("needs") else change
    found = faults(folder, GOOD.replace('card = "cb-002"\n', after))
    assert any(said in fault for fault in found)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("fresh_min = 0", "greater than"),
        ("fresh_min = 600", "less than"),
        ("confirm_s = 5", "greater than"),
        ('two_people = ["fly"]', "there is no act fly"),
        ('two_people = ["hand_count"]', "by two officers anyway"),
        ("[officers.limits.secretary]\nidle_min = 1000", "less than"),
        ('[officers.openid]\nissuer = "http://id.example"\nclient_id = "hall"', "https"),
        (
            '[officers.openid]\nissuer = "https://id.example"\nclient_id = "hall"\nalgorithms = ["HS256"]',
            "",
        ),
    ],
)
def test_nothing_unsafe_can_be_configured_for_officers(folder: Path, section: str, said: str) -> None:
    found = faults(folder, GOOD + f"[officers]\n{section}\n")
    assert any(said in fault for fault in found)


def test_the_files_of_the_shared_sign_in_are_missed_like_any_other(folder: Path) -> None:
    openid = '[officers.openid]\nissuer = "https://id.example"\nclient_id = "hall"\n'
    (fault,) = faults(folder, GOOD + openid + 'client_secret = "keys/oidc"\n')
    assert fault.startswith("officers.openid.client_secret: there is no file")


def test_what_is_tried_out_has_a_log_of_its_own_name(folder: Path) -> None:
    (fault,) = faults(folder, TRIAL.replace("/hall-test/", "/hall/"))
    assert fault.startswith("hall: with test = true")
    (fault,) = faults(folder, GOOD.replace("/hall/", "/hall-test/"))
    assert "is for trying things out" in fault
    (fault,) = faults(folder, GOOD.replace("dienhong.example/hall/2026", "hall"))
    assert fault.startswith("hall.origin"), "and a faulty name is that fault alone"
