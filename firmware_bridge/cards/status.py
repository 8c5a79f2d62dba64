"""Status words of ISO 7816-4 (tables 5 to 7) and SP 800-73-4 part 2, and what each one leads to at a seat.

One table, so that no word is forgotten: a word that stands here has a meaning for the log and a message for
the member; one that doesn't is judged by its first byte, as the standard groups them. 61xx, 63Cx and 6Cxx
carry a number: see `firmware_bridge.cards.apdu.Response`.
"""

from enum import Enum, IntEnum
from typing import Self


class Told(Enum):
    """What the member is told to do. `firmware_bridge.texts` has the words."""

    NOTHING = "it went well"
    PIN_WRONG = "the PIN was wrong, so many tries are left"
    PIN_BLOCKED = "no tries are left: the issuer's PUK is needed"
    PIN_NOT_GIVEN = "nobody typed the PIN, or cancelled"
    PUT_IN_AGAIN = "it was a slip: take the card out and put it in again"
    CONTACT_ONLY = "this can't be done over the air: put the card into the slot"
    NO_KEY = "the card has no such key or certificate: the secretary issues another"
    UNUSABLE = "the card can't be used: go to the secretary"


class Status(IntEnum):
    meaning: str
    """For logs: what the card says."""
    told: Told

    def __new__(cls, value: int, meaning: str, told: Told) -> Self:
        made = int.__new__(cls, value)
        made._value_ = value
        made.meaning, made.told = meaning, told
        return made

    OK = 0x9000, "done", Told.NOTHING
    # warnings: something was done, but not what was asked for; nothing of it is believed
    WARNING = 0x6200, "a warning without a reason", Told.PUT_IN_AGAIN
    DATA_MAY_BE_CORRUPT = 0x6281, "part of the data may be corrupted", Told.PUT_IN_AGAIN
    END_REACHED = 0x6282, "the data ended before the length asked for", Told.PUT_IN_AGAIN
    DEACTIVATED = 0x6283, "the file is deactivated", Told.UNUSABLE
    FILE_MISFORMATTED = 0x6284, "the file's control information is malformed", Told.UNUSABLE
    TERMINATED = 0x6285, "the card or file is at its end of life", Told.UNUSABLE
    NO_SENSOR_INPUT = 0x6286, "no input from a sensor on the card", Told.PUT_IN_AGAIN
    NOT_VERIFIED = 0x6300, "wrong PIN, tries left not told", Told.PIN_WRONG
    FILE_FULL = 0x6381, "the file is full", Told.UNUSABLE
    # execution errors
    PIN_TIMEOUT = 0x6400, "no PIN was typed in time", Told.PIN_NOT_GIVEN
    PIN_CANCELLED = 0x6401, "PIN entry was cancelled", Told.PIN_NOT_GIVEN
    PIN_DIFFERS = 0x6402, "the two PINs typed differ", Told.PIN_NOT_GIVEN
    PIN_LENGTH = 0x6403, "the PIN is too short or too long", Told.PIN_NOT_GIVEN
    MEMORY = 0x6500, "the card's memory changed, and no more is said", Told.UNUSABLE
    MEMORY_FAILURE = 0x6581, "the card's memory fails", Told.UNUSABLE
    SECURITY = 0x6600, "a security issue of the card's own", Told.UNUSABLE
    # checking errors
    WRONG_LENGTH = 0x6700, "wrong length", Told.UNUSABLE
    CLASS_FUNCTION = 0x6800, "a function of the class byte isn't supported", Told.UNUSABLE
    NO_LOGICAL_CHANNEL = 0x6881, "logical channels aren't supported", Told.UNUSABLE
    NO_SECURE_MESSAGING = 0x6882, "secure messaging isn't supported", Told.UNUSABLE
    LAST_OF_CHAIN_EXPECTED = 0x6883, "the chain of commands was not finished", Told.PUT_IN_AGAIN
    CHAINING_UNSUPPORTED = 0x6884, "the card can't take a chain of commands", Told.UNUSABLE
    NOT_ALLOWED = 0x6900, "the command isn't allowed", Told.UNUSABLE
    WRONG_FILE_KIND = 0x6981, "the command doesn't fit the file's structure", Told.UNUSABLE
    NOT_ALLOWED_YET = 0x6982, "the PIN must be given first", Told.PUT_IN_AGAIN
    PIN_BLOCKED = 0x6983, "the PIN is blocked", Told.PIN_BLOCKED
    REFERENCE_UNUSABLE = 0x6984, "the reference data can't be used", Told.PIN_BLOCKED
    NOT_POSSIBLE_NOW = 0x6985, "not possible now", Told.PUT_IN_AGAIN
    NO_FILE_SELECTED = 0x6986, "no file is selected", Told.PUT_IN_AGAIN
    SECURE_MESSAGING_MISSING = 0x6987, "secure messaging is expected", Told.CONTACT_ONLY
    SECURE_MESSAGING_WRONG = 0x6988, "secure messaging is incorrect", Told.CONTACT_ONLY
    WRONG_PARAMETERS = 0x6A00, "wrong parameters, and no more is said", Told.UNUSABLE
    WRONG_DATA = 0x6A80, "the data is not as the card expects it", Told.UNUSABLE
    NOT_SUPPORTED = 0x6A81, "the card doesn't do this", Told.CONTACT_ONLY
    NOT_FOUND = 0x6A82, "the card has no such object or application", Told.NO_KEY
    NO_RECORD = 0x6A83, "the card has no such record", Told.NO_KEY
    NO_SPACE = 0x6A84, "the card is full", Told.UNUSABLE
    LENGTH_AND_STRUCTURE = 0x6A85, "length and structure don't fit each other", Told.UNUSABLE
    WRONG_P1_P2 = 0x6A86, "wrong parameters", Told.NO_KEY
    LENGTH_AND_PARAMETERS = 0x6A87, "length and parameters don't fit each other", Told.UNUSABLE
    NO_SUCH_KEY = 0x6A88, "the card has no such key", Told.NO_KEY
    FILE_EXISTS = 0x6A89, "the file exists already", Told.UNUSABLE
    NAME_EXISTS = 0x6A8A, "the name exists already", Told.UNUSABLE
    OFFSET_BEYOND = 0x6B00, "the offset is beyond the end", Told.UNUSABLE
    UNKNOWN_INSTRUCTION = 0x6D00, "the card doesn't know this command", Told.UNUSABLE
    UNKNOWN_CLASS = 0x6E00, "the card doesn't know this class of commands", Told.UNUSABLE
    FAILED = 0x6F00, "the card failed without saying why", Told.UNUSABLE


_BY_FIRST_BYTE = {
    0x61: ("the card has more to give, and shouldn't here", Told.PUT_IN_AGAIN),
    0x62: ("a warning of the card's own", Told.PUT_IN_AGAIN),
    0x63: ("a warning of the card's own", Told.PUT_IN_AGAIN),
    0x64: ("an error of the card's own, nothing was changed", Told.PUT_IN_AGAIN),
    0x65: ("an error of the card's own, its memory was changed", Told.UNUSABLE),
    0x66: ("a security issue of the card's own", Told.UNUSABLE),
    0x6C: ("the card wants to be asked for another length, and was", Told.PUT_IN_AGAIN),
}


def meaning_of(status: int) -> str:
    """For logs, of any status word."""
    known = _known(status)
    return known.meaning if known else _BY_FIRST_BYTE.get(status >> 8, (_STRANGE, None))[0]


def told_by(status: int) -> Told:
    """What a member is told to do after any status word."""
    if status >> 4 == 0x63C:
        return Told.PIN_WRONG if status & 0x0F else Told.PIN_BLOCKED
    known = _known(status)
    return known.told if known else _BY_FIRST_BYTE.get(status >> 8, ("", Told.UNUSABLE))[1]


_STRANGE = "a status that it shouldn't give here"


def _known(status: int) -> Status | None:
    try:
        return Status(status)  # type: ignore[call-arg]
    except ValueError:
        return None
