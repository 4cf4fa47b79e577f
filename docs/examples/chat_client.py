#!/usr/bin/env python3
"""A client for ChatServer, written from PROTOCOL.md alone. Needs Python 3.8 and `msgpack` (Debian: python3-msgpack).

As a library:

    client = ChatClient("127.0.0.1", 5222, "alice", "laptop", Store("alice.json"))
    client.login(password="correct horse", register=True)
    client.send("bob", b"hello")
    for name, frame in client.frames():        # raises Ended when the connection ends
        if name == "Message":
            print(frame["sender"], frame["payload"])
            client.acknowledge()

On the command line: commands on stdin, one JSON line a frame on stdout; see `--help`.
"""
import argparse
import json
import os
import random
import select
import socket
import struct
import sys
import time

import msgpack

KINDS = {1: "Hello", 2: "Welcome", 3: "Ping", 4: "Pong", 5: "GoAway", 6: "Error", 16: "Send", 17: "Sent", 18: "Message",
         19: "CaughtUp", 20: "Receipt", 21: "Marks", 32: "ListDevices", 33: "Devices", 34: "RemoveDevice", 35: "DeviceRemoved"}
NUMBERS = {name: number for number, name in KINDS.items()}
LIMITS = ["frameBytes", "payloadBytes", "undecidedSends", "unsettledAnswers", "windowMessages", "windowBytes", "outboxEntries",
          "outboxBytes", "devices", "messagesPerSecond", "messagesBurst"]
# What servers send: fields in their order; (name, default) where a field may be left out; (name, [fields]) for an array of arrays.
FIELDS = {
    "Welcome": ["version", "server", "session", "serverTime", "token", "limits", "keepAlive", "lastSendNumber", "history",
                "degradation", "redirect", "detached"],
    "Pong": ["pushed", "checksum", "serverTime", "echo"],
    "GoAway": ["code", "reconnectAfterMs", ("detail", "")],
    "Error": ["code", ("retryAfterMs", 0), ("detail", ""), ("argument", 0), ("sendNumber", 0)],
    "Sent": ["sendNumber", "conversation", "sequence", "serverTime", "durability", "duplicate"],
    "Message": ["conversation", "sequence", "previous", "sender", "senderDevice", "sendNumber", "serverTime", "contentKind", "payload"],
    "CaughtUp": ["pushed"],
    "Marks": ["version", ("items", ["conversation", "user", "deliveredUpTo", "readUpTo"])],
    "Devices": [("items", ["device", "addedTime", "lastSeen", "online", "current"])],
    "DeviceRemoved": ["device"],
}
CONNECT_SECONDS = 10
WELCOME_SECONDS = 30
PONG_SECONDS = 10
MAX_BODY_BYTES = 65536
ITEMS_PER_RECEIPT = 256


class Ended(Exception):
    """The connection is over. code 0: it broke. after: seconds after which to come back; None: do not come back."""

    def __init__(self, code=0, after_ms=0, detail=""):
        super().__init__(f"ended by {code} {detail}".strip())
        self.code = code
        self.after = None if code >= 6000 or 1000 <= code < 4000 else after_ms / 1000


class Store:
    """What a client keeps: token, history, send numbers and unanswered sends, cursors, marks. In memory, or in a file."""

    def __init__(self, path=None):
        self.path = path
        self.state = {"token": None, "history": None, "next": None, "settled": 0, "unanswered": {}, "delivered": {}, "read": {}, "marks": 0}
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.state.update(json.load(file))

    def save(self):
        if not self.path:
            return
        with open(os.open(self.path + ".new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(self.state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)


def decode(name, body):
    """A body as a dict. Elements at the end that this client does not know are left alone."""
    values = msgpack.unpackb(body, raw=False)
    frame = {}
    for index, field in enumerate(FIELDS[name]):
        key, default = field if isinstance(field, tuple) else (field, None)
        value = values[index] if index < len(values) else default
        frame[key] = [dict(zip(default, item)) for item in value] if isinstance(default, list) else value
    if name == "Welcome":
        frame["limits"] = dict(zip(LIMITS, frame["limits"]))
        frame["keepAlive"] = dict(zip(["foregroundSeconds", "backgroundSeconds"], frame["keepAlive"]))
    return frame


class ChatClient:
    def __init__(self, host, port, user, device, store=None):
        self.host, self.port, self.user, self.device = host, port, user, device
        self.store = store or Store()
        self.instance = random.SystemRandom().randrange(1, 2 ** 64)
        self.attempt = 0
        self.password = None
        self.socket = None

    # --- the connection ---------------------------------------------------------------------------------------------------

    def login(self, password=None, register=False):
        """Connects and logs in: by token when there is one, else by password. Sends again what has no answer. The Welcome."""
        self.close()
        self.password = password or self.password
        state = self.store.state
        token = None if register else state["token"]
        if not token and not self.password:
            raise Ended(2001, detail="neither token nor password")
        method, secret = (2, bytes.fromhex(token)) if token else (3 if register else 1, self.password.encode())
        self.open_socket()
        self.request("Hello", [self.user, self.device, [method, secret], self.instance, self.attempt, state["settled"], True,
                               512, 262144, "chat_client.py", "1", state["marks"]])
        try:
            name, welcome = self.next_frame(WELCOME_SECONDS)
        except Ended as ended:
            if token and ended.code in (2001, 2011) and self.password:   # the token is worth nothing any more
                state["token"] = None
                return self.login()
            raise
        if name != "Welcome":
            raise Ended(detail=f"{name} instead of Welcome")
        self.welcomed(welcome)
        return welcome

    def open_socket(self):
        self.attempt += 1
        self.buffer, self.correlation, self.pushed, self.pings = b"", 0, 0, 0
        self.in_flight, self.asked, self.last_pushed, self.told = set(), {}, {}, {}
        self.logged_in, self.farewell = False, None
        self.interval = self.next_ping = self.pong_due = self.retry_at = float("inf")
        try:
            self.socket = socket.create_connection((self.host, self.port), CONNECT_SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.sendall(b"CHAT\x01\x01")
        except OSError as error:
            raise Ended(detail=str(error)) from error

    def welcomed(self, welcome):
        state = self.store.state
        if welcome["token"]:
            state["token"] = welcome["token"].hex()
        if state["history"] not in (None, welcome["history"].hex()):     # a backup was restored: sequences may come again
            state.update(delivered={}, read={}, marks=0)
        state["history"] = welcome["history"].hex()
        if state["next"] is None:                                        # nothing is stored: go on behind what is used up
            state.update(next=welcome["lastSendNumber"] + 1, settled=welcome["lastSendNumber"])
        self.store.save()
        self.logged_in = True
        self.interval = welcome["keepAlive"]["foregroundSeconds"]
        self.next_ping = time.monotonic() + random.random() * self.interval
        self.send_unanswered()

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def request(self, name, fields):
        """Writes a frame; its correlation."""
        self.correlation += 1
        body = msgpack.packb(fields, use_bin_type=True)
        header = struct.pack(">I", len(body))[1:] + struct.pack(">BI", NUMBERS[name], self.correlation)
        if self.socket is None:
            raise Ended(detail="not connected")
        try:
            self.socket.sendall(header + body)
        except OSError as error:
            raise Ended(detail=str(error)) from error
        self.next_ping = time.monotonic() + self.interval
        return self.correlation

    def frames(self):
        while True:
            yield self.next_frame()

    def next_frame(self, timeout=None):
        """The next frame as (name, fields), when this client has done its part with it; (None, None) after a timeout in seconds."""
        if self.socket is None:
            raise Ended(detail="not connected")
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            frame = self.take_frame()
            if frame:
                return frame
            self.do_what_is_due()
            due = min(deadline, self.next_ping, self.pong_due, self.retry_at) - time.monotonic()
            if select.select([self.socket], [], [], min(max(0, due), 3600))[0]:
                self.receive()
            elif time.monotonic() >= deadline:
                return None, None

    def receive(self):
        try:
            received = self.socket.recv(65536)
        except OSError as error:
            raise Ended(detail=str(error)) from error
        if not received:
            self.close()
            raise self.farewell or Ended(detail="closed by the server")
        self.buffer += received

    def do_what_is_due(self):
        now = time.monotonic()
        if now >= self.pong_due:
            raise Ended(detail="no Pong")
        if self.farewell:                                                # the server stops: nothing new, only answers
            self.next_ping = self.pong_due = self.retry_at = float("inf")
        if now >= self.next_ping:
            self.ping()
        if now >= self.retry_at:
            self.send_unanswered()

    def take_frame(self):
        """The first whole frame of the buffer, or None."""
        while len(self.buffer) >= 8:
            length, kind = int.from_bytes(self.buffer[:3], "big"), self.buffer[3]
            correlation = int.from_bytes(self.buffer[4:8], "big")
            if not 1 <= length <= MAX_BODY_BYTES:
                raise Ended(detail=f"a frame of {length} bytes")
            if len(self.buffer) < 8 + length:
                return None
            body, self.buffer = self.buffer[8:8 + length], self.buffer[8 + length:]
            if 192 <= kind <= 239:
                continue
            name = KINDS.get(kind)
            if name not in FIELDS:
                raise Ended(detail=f"a frame of kind {kind}")
            frame = decode(name, body)
            self.took(name, frame, correlation)
            return name, frame
        return None

    # --- what frames do ---------------------------------------------------------------------------------------------------

    def took(self, name, frame, correlation):
        state = self.store.state
        if name == "Message":
            self.took_message(frame)
        elif name == "Sent":
            self.answered(frame["sendNumber"], final=True)
        elif name == "Error":
            self.took_error(frame, correlation)
        elif name == "GoAway":
            self.farewell = Ended(frame["code"], frame["reconnectAfterMs"], frame["detail"])
        elif name == "Marks":
            state["marks"] = max(state["marks"], frame["version"])
        elif name == "Pong":
            self.pong_due = float("inf")
            if frame["pushed"] != self.pushed:
                raise Ended(detail="a message is missing")

    def took_message(self, message):
        conversation, delivered = message["conversation"], self.store.state["delivered"]
        self.pushed += 1
        if message["previous"] > self.last_pushed.get(conversation, message["previous"]):
            raise Ended(detail="a message is missing")
        self.last_pushed[conversation] = message["sequence"]
        message["repeated"] = message["sequence"] <= delivered.get(conversation, 0)
        delivered[conversation] = max(delivered.get(conversation, 0), message["sequence"])
        self.store.save()

    def took_error(self, error, correlation):
        code, number = error["code"], error["sendNumber"] or self.asked.get(correlation, 0)
        if not self.logged_in or code >= 5000 or code in (1001, 1002, 1004, 1005, 1006, 1007) or (code == 4003 and not number):
            raise Ended(code, error["retryAfterMs"], error["detail"])
        if number:
            self.answered(number, final=code < 3000 or code == 3002, retry_seconds=error["retryAfterMs"] / 1000 or (code >= 4000) * 1.0)

    def answered(self, number, final, retry_seconds=0.0):
        state = self.store.state
        self.in_flight.discard(number)
        if final:
            state["unanswered"].pop(str(number), None)
            while state["settled"] + 1 < state["next"] and str(state["settled"] + 1) not in state["unanswered"]:
                state["settled"] += 1
            self.store.save()
        elif self.retry_at == float("inf"):
            self.retry_at = time.monotonic() + retry_seconds
        else:
            self.retry_at = max(self.retry_at, time.monotonic() + retry_seconds)

    # --- what applications do ---------------------------------------------------------------------------------------------

    def send(self, to, payload):
        """Sends a message; its number. The answer is a Sent, or an Error, with that number."""
        state = self.store.state
        number = state["next"]
        state["next"] += 1
        state["unanswered"][str(number)] = [to, payload.hex()]
        self.store.save()
        if self.retry_at == float("inf") and not self.farewell:          # else it waits behind those that go again
            self.transmit(number)
        return number

    def transmit(self, number):
        to, payload = self.store.state["unanswered"][str(number)]
        self.in_flight.add(number)
        self.asked[self.request("Send", [to, number, self.store.state["settled"], 1, bytes.fromhex(payload)])] = number

    def send_unanswered(self):
        """Everything without an answer again, in order; but only when nothing is under way, or the later would go before the earlier."""
        if self.in_flight:
            self.retry_at = time.monotonic() + 0.02
            return
        self.retry_at, self.asked = float("inf"), {}
        for number in sorted(map(int, self.store.state["unanswered"])):
            self.transmit(number)

    def acknowledge(self, read=False):
        """Says that everything received so far is kept here, perhaps read too; the version of the marks; and what is settled."""
        state = self.store.state
        if read:
            state["read"] = dict(state["delivered"])
            self.store.save()
        cursors = {conversation: (sequence, state["read"].get(conversation, 0)) for conversation, sequence in state["delivered"].items()}
        items = [[conversation, *pair] for conversation, pair in cursors.items() if self.told.get(conversation) != pair]
        self.told = cursors
        for start in range(0, max(1, len(items)), ITEMS_PER_RECEIPT):
            self.request("Receipt", [items[start:start + ITEMS_PER_RECEIPT], state["marks"], state["settled"]])

    def ping(self):
        self.pings += 1
        self.request("Ping", [self.store.state["settled"], struct.pack(">Q", self.pings)])
        self.pong_due = time.monotonic() + PONG_SECONDS


# --- the command line -----------------------------------------------------------------------------------------------------

COMMANDS = """commands, one a line; every frame that comes is printed as one JSON line:
  send USER TEXT     sends, and waits for the final answer
  post USER TEXT     sends, and does not wait
  settle             waits for all answers, says what is settled, waits for the Pong
  receive N          waits until N messages have come in all (repeated ones do not count)
  ack | read         acknowledges what has come, as delivered or as read
  wait FRAME         waits for the next frame of that name, as "wait Marks"
  devices            lists the devices
  remove DEVICE      removes one
  reconnect          closes the connection and logs in again
  quit               ends; so does the end of the commands"""


class Script:
    def __init__(self, client, timeout):
        self.client, self.timeout, self.received = client, timeout, 0

    def show(self, name, frame):
        shown = {key: value.hex() if isinstance(value, bytes) else value for key, value in frame.items() if key != "token"}
        if name == "Message":
            shown["text"] = frame["payload"].decode("utf-8", "replace")
            self.received += not frame["repeated"]
        self.say({"frame": name, **shown})

    @staticmethod
    def say(event):
        print(json.dumps(event), flush=True)

    def until(self, holds):
        """Shows frames until the condition holds, given the name of the last frame."""
        deadline = time.monotonic() + self.timeout
        name = None
        while not holds(name):
            try:
                name, frame = self.client.next_frame(max(0, deadline - time.monotonic()))
            except Ended as ended:
                self.come_back(ended, deadline)
                continue
            if name is None:
                sys.exit("timed out")
            self.show(name, frame)

    def come_back(self, ended, deadline):
        """Logs in again after an end that allows it, with growing pauses."""
        pause = 0.25
        while True:
            self.say({"frame": "Ended", "code": ended.code, "detail": str(ended)})
            if ended.after is None or time.monotonic() > deadline:
                sys.exit(f"stopped: {ended}")
            time.sleep(max(ended.after, random.random() * pause))
            pause = min(2 * pause, 5)
            try:
                self.show("Welcome", self.client.login())
                return
            except Ended as another:
                ended = another

    def run(self, line):
        """One command; False for the last."""
        word, _, rest = line.strip().partition(" ")
        client, unanswered = self.client, self.client.store.state["unanswered"]
        if word in ("send", "post"):
            to, _, text = rest.partition(" ")
            number = str(client.send(to, text.encode()))
            if word == "send":
                self.until(lambda name: number not in unanswered)
        elif word == "settle":
            self.until(lambda name: not unanswered)
            client.ping()
            self.until(lambda name: name == "Pong")
        elif word == "receive":
            self.until(lambda name: self.received >= int(rest))
        elif word in ("ack", "read"):
            client.acknowledge(read=word == "read")
        elif word == "wait":
            self.until(lambda name: name == rest)
        elif word == "devices":
            client.request("ListDevices", [])
            self.until(lambda name: name == "Devices")
        elif word == "remove":
            client.request("RemoveDevice", [rest])
            self.until(lambda name: name in ("DeviceRemoved", "Error"))
        elif word == "reconnect":
            self.show("Welcome", client.login())
        elif word == "quit":
            return False
        elif word:
            sys.exit(f"unknown command: {word}")
        return True

    def run_all(self, source):
        """Commands as they come (a pipe or a terminal), and frames in between, so that pings go out while nothing is typed."""
        pending = b""
        while True:
            try:
                while b"\n" in pending:
                    line, pending = pending.split(b"\n", 1)
                    if not self.run(line.decode()):
                        return
                name, frame = self.client.next_frame(0)
                if name:
                    self.show(name, frame)
                    continue
            except Ended as ended:
                self.come_back(ended, time.monotonic() + self.timeout)
                continue
            if source in select.select([source, self.client.socket], [], [], 1)[0]:
                received = os.read(source, 65536)
                if not received:
                    return
                pending += received


def main():
    parser = argparse.ArgumentParser(description="a small chat client", epilog=COMMANDS, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5222)
    parser.add_argument("--user", required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--password-env", metavar="NAME", help="environment variable with the password")
    parser.add_argument("--register", action="store_true", help="make the user")
    parser.add_argument("--state", metavar="FILE", help="keep token, send numbers and cursors here")
    parser.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="longest wait of a command")
    parser.add_argument("--script", default="-", metavar="FILE", help="commands; - is stdin, the default")
    options = parser.parse_args()
    client = ChatClient(options.host, options.port, options.user, options.device, Store(options.state))
    script = Script(client, options.timeout)
    try:
        script.show("Welcome", client.login(os.environ.get(options.password_env or ""), options.register))
        script.run_all(sys.stdin.fileno() if options.script == "-" else os.open(options.script, os.O_RDONLY))
    except Ended as ended:
        script.say({"frame": "Ended", "code": ended.code, "detail": str(ended)})
        sys.exit(1)
    finally:
        client.close()


if __name__ == "__main__":
    main()
