#!/usr/bin/env python3
"""A chat over gRPC, in Python: two users register, talk, and play back what was said.

It needs gRPC for Python (Debian: python3-grpcio), a gateway (`verbatim gateway grpc`) and what `buf build` makes of the
.proto files; no generated code:

    buf build proto -o verbatim.binpb
    python3 examples/grpc_chat.py 127.0.0.1:7401 verbatim.binpb
"""
import secrets
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class Service:
    """Calls a service's methods by their names, with messages written as keyword arguments."""

    def __init__(self, channel, pool, name):
        self._channel = channel
        self._methods = {method.name: method for method in pool.FindServiceByName(name).methods}
        self._factory = message_factory.MessageFactory(pool)
        self._name = name

    def message(self, method, **fields):
        return self._factory.GetPrototype(self._methods[method].input_type)(**fields)

    def kind(self, kind, method):
        answer = self._factory.GetPrototype(self._methods[method].output_type)
        return getattr(self._channel, kind)(
            f"/{self._name}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )

    def ask(self, method, token=None, timeout=10, **fields):
        return self.kind("unary_unary", method)(
            self.message(method, **fields), metadata=bearer(token), timeout=timeout
        )


def bearer(token):
    return [("authorization", f"Bearer {token}")] if token else []


def pool_from(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as image:
        files.ParseFromString(image.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


def main(address, image):
    pool = pool_from(image)
    with grpc.insecure_channel(address) as channel:
        accounts = Service(channel, pool, "verbatim.v1.AccountService")
        chat = Service(channel, pool, "verbatim.v1.ChatService")
        tokens = {}
        for name in ("anna", "ben"):
            password = secrets.token_urlsafe(12)
            accounts.ask("Register", name=name, password=password)
            tokens[name] = accounts.ask("LogIn", name=name, password=password).token

        inbox = chat.kind("unary_stream", "FollowInbox")(
            chat.message("FollowInbox"), metadata=bearer(tokens["ben"])
        )
        assert next(inbox).HasField("following")

        texts = ["Hello, Ben.", "Grüße aus Python \N{SNAKE}"]
        lines = (
            chat.message("SendMany", message={"to": "ben", "text": text, "id": f"line-{index}"})
            for index, text in enumerate(texts)
        )
        summary = chat.kind("stream_unary", "SendMany")(lines, metadata=bearer(tokens["anna"]))
        print("accepted", summary.accepted)

        for _ in texts:
            item = next(inbox).item
            sender = getattr(item.message, "from")  # a word of Python's own
            print(f"{sender}: {item.message.text}")
            chat.ask("TakeItems", tokens["ben"], up_to=item.place)
        inbox.cancel()

        try:
            chat.ask("Send", tokens["anna"], message={"to": "nobody", "text": "?"})
        except grpc.RpcError as error:
            print(error.code().name, error.details())

        replay = chat.kind("unary_stream", "Replay")(
            chat.message("Replay", session=item.message.session), metadata=bearer(tokens["anna"])
        )
        print("replayed", [one.message.text for one in replay] == texts)


if __name__ == "__main__":
    main(*sys.argv[1:])
