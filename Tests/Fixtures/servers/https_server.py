"""An HTTPS server of hypercorn's that answers every POST with 200; prints its port, then a line for each request.

Arguments: certificate, key, then the protocols it offers by ALPN, as h2 or http/1.1.
"""

import asyncio
import socket
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = b""
    while True:
        event = await receive()
        body += event.get("body", b"")
        if not event.get("more_body"):
            break
    names = {name: value for name, value in scope["headers"]}
    print(f"HTTP/{scope['http_version']} {scope['method']} {names[b'webhook-id'].decode()} {len(body)}", flush=True)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile, config.keyfile = sys.argv[1:3]
    config.alpn_protocols = sys.argv[3:]
    config.accesslog = config.errorlog = None
    print(f"PORT {listener.getsockname()[1]}", flush=True)
    asyncio.run(serve(app, config))
