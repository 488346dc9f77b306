#!/usr/bin/python3
"""A local mail server that keeps every mail in a Maildir.

Usage: mail_server.py MAILDIR [PORTFILE]

Listens on 127.0.0.1 on a free port, writes the port to PORTFILE (or prints it), and ends at SIGTERM or SIGINT.
"""
import asyncio
import mailbox
import os
import signal
import socket
import sys

from aiosmtpd.controller import Controller


class MaildirHandler:
    """Keeps the bytes as they came, with the envelope before them."""

    def __init__(self, path):
        self.maildir = mailbox.Maildir(path, create=True)

    async def handle_DATA(self, server, session, envelope):
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        self.maildir.add(head.encode("utf-8") + envelope.original_content)
        return "250 2.0.0 kept"


def main():
    maildir, portfile = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    # port 0 confuses the controller's own connection check, so a free port is found first.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(MaildirHandler(maildir), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    if portfile:
        with open(portfile + ".new", "w") as out:
            out.write(str(port))
        os.rename(portfile + ".new", portfile)
    else:
        print(port, flush=True)
    stop = asyncio.new_event_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        stop.add_signal_handler(name, stop.stop)
    stop.run_forever()
    controller.stop()


if __name__ == "__main__":
    main()
