"""A connection to brokers that refuse, talk nonsense, fall silent or hurry nobody. The good ones:
tests/contracts/test_bus_link.py."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import mqtt5
import pytest

from firmware_bridge import mqtt_connection
from firmware_bridge.errors import BrokerLost, BrokerRefused
from firmware_bridge.mqtt_connection import BrokerAddress, MqttConnection
from tests.hall_on_bus import until

Answer = Callable[[mqtt5.Packet], bytes]


@dataclass
class Broker:
    """One end of the wire that says what a test wants it to say."""

    answer: Answer
    port: int = 0
    got: list[mqtt5.Packet] = field(default_factory=list)
    writer: asyncio.StreamWriter | None = None

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        buffer = b""
        while data := await reader.read(65536):
            buffer += data
            while buffer:
                try:
                    packet, size = mqtt5.read(memoryview(buffer))
                except IndexError:
                    break
                buffer = buffer[size:]
                self.got.append(packet)
                writer.write(self.answer(packet))
        writer.close()

    def say(self, *packets: bytes) -> None:
        assert self.writer is not None
        self.writer.write(b"".join(packets))

    def published(self) -> list[mqtt5.PublishPacket]:
        return [one for one in self.got if isinstance(one, mqtt5.PublishPacket)]


def friendly(packet: mqtt5.Packet, receive_max: int = 65535) -> bytes:
    match packet:
        case mqtt5.ConnectPacket():
            return mqtt5.ConnAckPacket(receive_max=receive_max).write()
        case mqtt5.SubscribePacket():
            granted = mqtt5.SubAckReasonCode.GRANTED_QOS_AT_LEAST_ONCE
            return mqtt5.SubAckPacket(packet.packet_id, [granted] * len(packet.topic_filters)).write()
        case mqtt5.PingReqPacket():
            return mqtt5.PingRespPacket().write()
        case _:
            return b""


@asynccontextmanager
async def broker(answer: Answer) -> AsyncIterator[Broker]:
    made = Broker(answer)
    server = await asyncio.start_server(made.meet, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        if made.writer is not None:
            made.writer.close()


async def connected(
    to: Broker,
    heard: Callable[[str, bytes], None] = lambda *_: None,
    will: tuple[str, bytes] | None = None,
    **patience: Any,
) -> MqttConnection:
    address = BrokerAddress("127.0.0.1", to.port, "row-01", "a word")
    return await MqttConnection.open(address, "row-01", ["down/row-01"], will, heard, **patience)


async def test_the_broker_is_told_who_we_are_and_what_to_say_when_we_vanish() -> None:
    async with broker(friendly) as there:
        made = await connected(there, will=("will/row-01", b"gone"))
        hello = there.got[0]
        assert isinstance(hello, mqtt5.ConnectPacket)
        assert (hello.username, hello.password, hello.clean_start) == ("row-01", b"a word", True)
        assert hello.will is not None
        assert (hello.will.topic, hello.will.payload) == ("will/row-01", b"gone")
        made.close()
        await until(lambda: isinstance(there.got[-1], mqtt5.DisconnectPacket))


async def test_a_wrong_password_is_said_plainly() -> None:
    no = mqtt5.ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD
    async with broker(lambda _: mqtt5.ConnAckPacket(reason_code=no).write()) as there:
        with pytest.raises(BrokerRefused, match="bad user name or password"):
            await connected(there)


async def test_a_topic_that_is_not_ours_is_said_plainly() -> None:
    def answer(packet: mqtt5.Packet) -> bytes:
        if isinstance(packet, mqtt5.SubscribePacket):
            return mqtt5.SubAckPacket(packet.packet_id, [mqtt5.SubAckReasonCode.NOT_AUTHORIZED]).write()
        return friendly(packet)

    async with broker(answer) as there:
        with pytest.raises(BrokerRefused, match="not authorized"):
            await connected(there)


async def test_nonsense_ends_the_connection() -> None:
    async with broker(friendly) as there:
        made = await connected(there)
        there.say(b"\x00\x00")
        assert "not MQTT 5" in await asyncio.wait_for(made.lost, 5)


# The library panics over such a text, and says so on its way out.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_topic_that_is_no_text_ends_it_too() -> None:
    async with broker(friendly) as there:
        made = await connected(there)
        there.say(b"\x30\x08\x00\x02\xd0\x30\x00abc")
        assert "not MQTT 5" in await asyncio.wait_for(made.lost, 5)


async def test_nonsense_instead_of_a_welcome_does_too() -> None:
    async with broker(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n" + b" " * 80) as there:
        with pytest.raises(BrokerLost, match="not MQTT 5"):
            await connected(there)


@pytest.mark.parametrize("instead_of", [mqtt5.ConnectPacket, mqtt5.SubscribePacket])
async def test_an_answer_to_another_question_is_no_answer(instead_of: type) -> None:
    """Nothing rests on the broker: what it says may be wrong, and neither hall nor bridge ends by it."""
    wrong = {
        mqtt5.ConnectPacket: mqtt5.SubAckPacket(1, [mqtt5.SubAckReasonCode.NOT_AUTHORIZED]).write(),
        mqtt5.SubscribePacket: mqtt5.ConnAckPacket().write(),
    }
    async with broker(
        lambda packet: wrong[instead_of] if isinstance(packet, instead_of) else friendly(packet)
    ) as there:
        with pytest.raises(BrokerLost, match="something else"):
            await connected(there)


async def test_a_packet_without_end_is_not_kept() -> None:
    async with broker(friendly) as there:
        made = await connected(there)
        there.say(b"\x32\xff\xff\xff\x7f", b"x" * (mqtt_connection.LARGEST_PACKET + 1))
        assert await asyncio.wait_for(made.lost, 5)


async def test_a_broker_that_never_welcomes_is_left() -> None:
    async with broker(lambda _: b"") as there:
        with pytest.raises(TimeoutError):
            await connected(there, answer_s=0.05)


async def test_a_broker_that_falls_silent_is_noticed() -> None:
    deaf = False

    def answer(packet: mqtt5.Packet) -> bytes:
        return b"" if deaf else friendly(packet)

    async with broker(answer) as there:
        made = await connected(there, keep_alive_s=1)
        await until(lambda: sum(isinstance(one, mqtt5.PingReqPacket) for one in there.got) > 1)
        assert not made.lost.done()
        deaf = True
        assert "doesn't answer" in await asyncio.wait_for(made.lost, 5)


async def test_a_message_that_comes_in_pieces_is_heard_once_and_acknowledged() -> None:
    heard: list[tuple[str, bytes]] = []
    async with broker(friendly) as there:
        await connected(there, lambda topic, payload: heard.append((topic, payload)))
        once = mqtt5.QoS.AT_LEAST_ONCE
        packet = mqtt5.PublishPacket("down/row-01", b"hello", qos=once, packet_id=7).write()
        there.say(packet[:5])
        await asyncio.sleep(0.02)
        assert heard == []
        there.say(packet[5:])
        await until(lambda: isinstance(there.got[-1], mqtt5.PubAckPacket))
        assert heard == [("down/row-01", b"hello")]


async def test_no_more_is_under_way_than_the_broker_takes() -> None:
    off: list[int] = []
    async with broker(lambda packet: friendly(packet, receive_max=2)) as there:
        made = await connected(there)
        for number in range(5):
            made.publish("up/row-01", b"%d" % number, lambda number=number: off.append(number))
        await until(lambda: len(there.published()) == 2)
        await asyncio.sleep(0.02)
        assert len(there.published()) == 2
        for done in range(5):
            there.say(mqtt5.PubAckPacket(there.published()[done].packet_id or 0).write())
            await until(lambda done=done: len(off) == done + 1)
        assert off == [0, 1, 2, 3, 4]
        assert [one.payload for one in there.published()] == [b"0", b"1", b"2", b"3", b"4"]


async def test_whoever_waits_learns_that_the_connection_is_lost() -> None:
    off: list[int] = []
    async with broker(lambda packet: friendly(packet, receive_max=1)) as there:
        made = await connected(there)
        for number in range(3):
            made.publish("up/row-01", b"x", lambda number=number: off.append(number))
        await until(there.published)
        assert there.writer is not None
        there.writer.close()
        await asyncio.wait_for(made.lost, 5)
        await until(lambda: sorted(off) == [0, 1, 2])


async def test_what_is_said_to_a_lost_connection_is_dropped_and_its_sender_told() -> None:
    """A sender that says the next thing when it hears of the last one: it must not wait for ever."""
    off: list[str] = []
    async with broker(friendly) as there:
        made = await connected(there)

        def and_another() -> None:
            off.append("first")
            made.publish("up/row-01", b"another", lambda: off.append("another"))

        made.publish("up/row-01", b"first", and_another)
        await until(there.published)
        assert there.writer is not None
        there.writer.close()
        await until(lambda: off == ["first", "another"])


async def test_a_refused_message_still_sets_the_pace() -> None:
    """The broker's rights drop it; who waits for an answer asks again, and the log says why."""
    off = asyncio.Event()
    async with broker(friendly) as there:
        made = await connected(there)
        made.publish("down/row-02", b"x", off.set)
        await until(there.published)
        no = mqtt5.PubAckReasonCode.NOT_AUTHORIZED
        there.say(mqtt5.PubAckPacket(there.published()[0].packet_id or 0, reason_code=no).write())
        await asyncio.wait_for(off.wait(), 5)
