"""An SMTP relay on a free port of the loopback that takes every mail, some seconds after the final dot.

As a program: `relay.py SECONDS` prints its port and serves until it is ended.
"""

import asyncio
import socket
import sys
import threading
import time


class Relay:
    def __init__(self, delay=0.0):
        self.delay = delay
        # When it last said 250 to a mail for each recipient, on the wall clock.
        self.told = {}
        # When it said 250, mail by mail.
        self.times = []
        self.ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self.thread.start()
        self.ready.wait()

    async def serve(self):
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await server.serve_forever()

    async def talk(self, reader, writer):
        writer.write(b"220 relay ESMTP\r\n")
        recipient = None
        while command := await reader.readline():
            verb = command[:4].upper()
            if verb == b"RCPT":
                recipient = command.split(b"<")[1].split(b">")[0].decode()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                if self.delay:
                    await asyncio.sleep(self.delay)
                self.told[recipient] = time.time()
                self.times.append(time.monotonic())
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                break
        writer.close()


def free_port():
    """A port of the loopback on which nobody listened a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


if __name__ == "__main__":
    relay = Relay(float(sys.argv[1]))
    print(relay.port, flush=True)
    relay.thread.join()
