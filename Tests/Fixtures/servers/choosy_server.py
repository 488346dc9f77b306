"""A mail server (aiosmtpd) that refuses some recipients. Prints its port, then a line for each mail it took.

Usage: choosy_server.py ADDRESS=REPLY ...
ADDRESS is the part before the @; REPLY is what RCPT is answered, as `450 4.2.0 greylisted`. Listens on a free port of
the loopback, until it is killed.
"""
import asyncio
import sys

from aiosmtpd.smtp import SMTP

replies = dict(word.split("=", 1) for word in sys.argv[1:])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = replies.get(address.split("@")[0])
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        print("MAIL", envelope.rcpt_tos[0], flush=True)
        return "250 2.0.0 queued"


async def main():
    server = lambda: SMTP(Handler(), hostname="localhost", enable_SMTPUTF8=True)  # noqa: E731
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


asyncio.run(main())
