"""A real SMTP server (aiosmtpd) on a free port of the loopback. Prints `PORT n`, then a line for each mail.

Usage: mailserver.py plain|starttls|tls [--cert FILE --key FILE] [--user NAME --password TEXT]
"""

import argparse
import asyncio
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_DATA(self, server, session, envelope):
        known = "yes" if session.authenticated else "no"
        inside = "yes" if session.ssl or options.mode == "tls" else "no"
        print(f"MAIL auth={known} tls={inside} to={envelope.rcpt_tos[0]} bytes={len(envelope.content)}", flush=True)
        return "250 2.0.0 queued"


def authenticate(server, session, envelope, mechanism, data):
    name, password = data.login.decode(), data.password.decode()
    return AuthResult(success=(name, password) == (options.user, options.password), handled=False)


def server():
    settings = {"hostname": "localhost", "enable_SMTPUTF8": True}
    if options.mode == "starttls":
        settings.update(tls_context=context, require_starttls=True)
    if options.user:
        settings.update(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    return SMTP(Handler(), **settings)


async def main():
    implicit = context if options.mode == "tls" else None
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0, ssl=implicit)
    print("PORT", listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


parser = argparse.ArgumentParser()
parser.add_argument("mode", choices=["plain", "starttls", "tls"])
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--user")
parser.add_argument("--password")
options = parser.parse_args()
context = None
if options.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
asyncio.run(main())
