#!/usr/bin/env python3
"""A client of Verbatim in Python, with nothing but its standard library: written from docs/wire-protocol.md alone.

    verbatim up                                                # a cluster
    verbatim gateway wire                                      # and this door to it, on port 7400
    python3 examples/wire_client.py alice --register           # asks for a password, then takes lines:

    bob hello                 says "hello" to bob, once, whatever happens to the connection meanwhile
    /sessions                 lists sessions
    /replay SESSION [SPEED]   plays one back with its pauses
    /quit

What comes for alice is printed as it comes.
"""

import argparse
import getpass
import itertools
import queue
import socket
import ssl
import struct
import sys
import threading
import time
import uuid

MAGIC = 0x56524254
FRAME_MAX = 1024 * 1024
CREDIT = 64
PAUSES_AS_THEY_WERE = 0xFFFFFFFF

# Messages as docs/wire-protocol.md has them: the code, and the fields in the order of their bytes.
SAID = [
    ("kind", "u8"),
    ("id", "text"),
    ("session", "text"),
    ("conversation", "text"),
    ("from", "text"),
    ("text", "text"),
    ("at", "u64"),
    ("position", "u64"),
    ("members", [("name", "text")]),
]
REQUESTS = {
    "hello": (0x01, [("magic", "u32"), ("versionMin", "u8"), ("versionMax", "u8"), ("software", "text")]),
    "ping": (0x02, []),
    "register": (0x03, [("name", "text"), ("password", "text")]),
    "logIn": (0x04, [("name", "text"), ("password", "text")]),
    "resume": (0x05, [("token", "text"), ("position", "u64")]),
    "logOut": (0x06, []),
    "send": (0x10, [("id", "text"), ("to", "text"), ("session", "text"), ("text", "text")]),
    "follow": (0x11, [("credit", "u32")]),
    "taken": (0x12, [("upTo", "u64")]),
    "credit": (0x13, [("more", "u32")]),
    "replay": (
        0x15,
        [("session", "text"), ("after", "u64"), ("speedPercent", "u16"), ("maxGapMs", "u32"), ("credit", "u32")],
    ),
    "sessions": (0x21, [("with", "text"), ("after", "u64"), ("limit", "u16")]),
}
ANSWERS = {
    0x81: (
        "welcome",
        [
            ("version", "u8"),
            ("requestBytesMax", "u32"),
            ("inFlightMax", "u16"),
            ("idleMs", "u32"),
            ("software", "text"),
        ],
    ),
    0x82: ("pong", []),
    0x83: ("registered", [("recoveryCode", "text")]),
    0x84: ("loggedIn", [("name", "text"), ("token", "text"), ("position", "u64")]),
    0x85: ("done", []),
    0x86: ("loggedOut", [("message", "text")]),
    0x90: ("sent", [("session", "text"), ("position", "u64"), ("at", "u64"), ("duplicate", "flag")]),
    0x91: ("item", [("place", "u64"), *SAID]),
    0x92: ("played", [("offsetMs", "u64"), *SAID]),
    0x93: ("ended", [("cancelled", "flag")]),
    0xA1: (
        "sessionPage",
        [
            (
                "sessions",
                [
                    ("session", "text"),
                    ("conversation", "text"),
                    ("state", "text"),
                    ("topic", "text"),
                    ("openedAt", "u64"),
                    ("lastAt", "u64"),
                    ("messages", "u32"),
                    ("participants", [("name", "text")]),
                ],
            ),
            ("next", "u64"),
        ],
    ),
    0xFF: ("error", [("code", "text"), ("retryable", "flag"), ("unknown", "flag"), ("message", "text")]),
}
NUMBERS = {"u8": ">B", "u16": ">H", "u32": ">I", "u64": ">Q"}


def encode(kind, value):
    if kind == "text":
        data = value.encode()
        return struct.pack(">H", len(data)) + data
    if isinstance(kind, list):
        rows = [encode(inner, row[name]) for row in value for name, inner in kind]
        return struct.pack(">H", len(value)) + b"".join(rows)
    return struct.pack(NUMBERS[kind], value)


def decode(kind, data, at):
    """Returns the value and where the next one begins."""
    if kind == "text":
        (length,) = struct.unpack_from(">H", data, at)
        return data[at + 2 : at + 2 + length].decode(), at + 2 + length
    if kind == "flag":
        return data[at] == 1, at + 1
    if isinstance(kind, list):
        (count,) = struct.unpack_from(">H", data, at)
        at += 2
        rows = []
        for _ in range(count):
            row, at = decode_fields(kind, data, at)
            rows.append(row)
        return rows, at
    (value,) = struct.unpack_from(NUMBERS[kind], data, at)
    return value, at + struct.calcsize(NUMBERS[kind])


def decode_fields(fields, data, at):
    values = {}
    for name, kind in fields:
        values[name], at = decode(kind, data, at)
    return values, at


class Refused(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.retryable = error["retryable"]


class Disconnected(Exception):
    """The connection was lost; what had no answer is to be repeated under its id."""


class Connection:
    """One connection: requests by number, a thread that reads."""

    def __init__(self, host, port, tls, on_item):
        """`tls`: an SSLContext, or None for plain text."""
        raw = socket.create_connection((host, port), timeout=10)
        raw.settimeout(None)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = tls.wrap_socket(raw, server_hostname=host) if tls else raw
        self._on_item = on_item
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._open = {}
        self._is_lost = False
        threading.Thread(target=self._read, daemon=True).start()
        welcome = self.ask("hello", magic=MAGIC, versionMin=1, versionMax=1, software="wire_client.py")
        threading.Thread(target=self._keep_alive, args=(welcome["idleMs"] / 4000,), daemon=True).start()

    def tell(self, number, request, /, **values):
        code, fields = REQUESTS[request]
        body = struct.pack(">BI", code, number) + b"".join(encode(kind, values[field]) for field, kind in fields)
        with self._lock:
            try:
                self._socket.sendall(struct.pack(">I", len(body)) + body)
            except OSError as error:
                raise Disconnected() from error

    def begin(self, request, /, **values):
        """Sends a request; its answer comes to the queue that is returned."""
        number = next(self._numbers)
        answers = queue.SimpleQueue()
        self._open[number] = answers
        if self._is_lost:
            raise Disconnected()
        self.tell(number, request, **values)
        return answers

    def ask(self, request, /, **values):
        return answer_from(self.begin(request, **values))

    def close(self):
        self._socket.close()

    def _keep_alive(self, period_s):
        while not self._is_lost:
            time.sleep(period_s)
            try:
                self.ask("ping")
            except Disconnected:
                return

    def _read(self):
        try:
            while True:
                (length,) = struct.unpack(">I", self._exactly(4))
                if length > FRAME_MAX:
                    break
                self._heard(self._exactly(length))
        except (OSError, EOFError):
            pass
        self._is_lost = True
        for answers in list(self._open.values()):
            answers.put(None)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _heard(self, body):
        code, number = struct.unpack_from(">BI", body)
        if code not in ANSWERS:
            return  # of a later version
        name, fields = ANSWERS[code]
        values, _ = decode_fields(fields, body, 5)
        if name in ("item", "played"):
            self._on_item(name, values)
            if name == "item":
                self.tell(number, "taken", upTo=values["place"])
            self.tell(number, "credit", more=1)
        elif number == 0:
            print(f"the gateway says: {values['message']}", file=sys.stderr)
        else:
            self._open.pop(number).put((name, values))


def answer_from(answers):
    answer = answers.get()
    if answer is None:
        raise Disconnected()
    name, values = answer
    if name == "error":
        raise Refused(values)
    return values


class Client:
    """Somebody who stays logged in: connects again when the connection is lost, and repeats what had no answer."""

    def __init__(self, host, port, tls, show):
        self._where = (host, port, tls)
        self._show = show
        self._connection = Connection(*self._where, self._heard)
        self._token = None
        self.position = 0
        self._place = 0
        self._shown = set()

    def register(self, name, password):
        return self._connection.ask("register", name=name, password=password)["recoveryCode"]

    def log_in(self, name, password):
        self._token = self._connection.ask("logIn", name=name, password=password)["token"]
        self._connection.ask("follow", credit=CREDIT)

    def send(self, to, text):
        """Once, for certain: the id is the same however often it is tried."""
        return self._surely("send", id=f"m-{uuid.uuid4()}", to=to, session="", text=text)

    def sessions(self):
        after = 0
        while True:
            page = self._surely("sessions", **{"with": "", "after": after, "limit": 50})
            yield from page["sessions"]
            after = page["next"]
            if after == 0:
                return

    def replay(self, session, percent):
        pace = {"speedPercent": percent, "maxGapMs": PAUSES_AS_THEY_WERE}
        self._connection.ask("replay", session=session, after=0, credit=CREDIT, **pace)

    def close(self):
        self._connection.close()

    def _heard(self, name, values):
        self.position = max(self.position, values["position"])
        if name == "item":
            if values["place"] > self._place:
                self._place = values["place"]
                self._shown.clear()
            if values["place"] < self._place or values["id"] in self._shown:
                return  # shown on the connection before, which was lost before that was told
            self._shown.add(values["id"])
        self._show(name, values)

    def _surely(self, request, /, **values):
        while True:
            try:
                return self._connection.ask(request, **values)
            except Refused as refused:
                if not refused.retryable:
                    raise
                time.sleep(0.2)
            except Disconnected:
                self._connect_again()

    def _connect_again(self):
        while True:
            try:
                self._connection = Connection(*self._where, self._heard)
                self._connection.ask("resume", token=self._token, position=self.position)
                self._connection.ask("follow", credit=CREDIT)
                return
            except (OSError, Disconnected):
                time.sleep(0.2)


def show(name, values):
    text = values["text"].encode("unicode_escape").decode()
    prefix = f"+{values['offsetMs'] / 1000:.3f}s " if name == "played" else ""
    print(f"{prefix}{values['from']}: {text}", flush=True)


def run(client, line):
    word, _, rest = line.partition(" ")
    if word == "/sessions":
        for session in client.sessions():
            names = ", ".join(one["name"] for one in session["participants"])
            print(f"{session['session']}: {names}; {session['messages']} messages", flush=True)
    elif word == "/replay":
        session, _, speed = rest.partition(" ")
        try:
            percent = round(float(speed or 1) * 100)
        except (ValueError, OverflowError):
            percent = 0
        if not 1 <= percent <= 0xFFFF:
            print("error: a speed is a number from 0.01 to 655, such as 2", flush=True)
            return
        client.replay(session, percent)
        print("that was it", flush=True)
    else:
        sent = client.send(word, rest)
        print(f"sent; position {sent['position']} in {sent['session']}", flush=True)


def main():
    options = argparse.ArgumentParser(description="A client of Verbatim's wire protocol.")
    options.add_argument("name")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=7400)
    options.add_argument("--tls", action="store_true")
    options.add_argument("--ca", metavar="FILE", help="certificates to trust, in PEM; implies --tls")
    options.add_argument("--register", action="store_true")
    given = options.parse_args()
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        tls = ssl.create_default_context(cafile=given.ca) if given.tls or given.ca else None
        client = Client(given.host, given.port, tls, show)
    except (OSError, Disconnected) as error:
        sys.exit(f"error: no connection to {given.host}:{given.port}: {error or 'it was closed'}")
    try:
        if given.register:
            print(f"your recovery code: {client.register(given.name, password)}", flush=True)
        client.log_in(given.name, password)
        print(f"logged in as {given.name}", flush=True)
        for line in sys.stdin:
            if line.strip() == "/quit":
                break
            try:
                run(client, line.rstrip("\n"))
            except Refused as refused:
                print(f"error: {refused}", flush=True)
            except Disconnected:
                print("error: the connection was lost meanwhile; try again", flush=True)
    except Refused as refused:
        sys.exit(f"error: {refused}")
    except Disconnected:
        sys.exit("error: the connection was lost")
    finally:
        client.close()


if __name__ == "__main__":
    main()
