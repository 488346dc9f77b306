"""A TLS front for plain SMTP servers on the loopback. Prints its port, then serves until it is killed.

Usage: tls_front.py CERTIFICATE KEY

Greets, offers STARTTLS, and after the handshake passes everything on, in both directions, to the server whose port is
named in EHLO as `port-N.example`; that server's own greeting is swallowed. A reset behind becomes a reset in front.
"""
import asyncio
import re
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])


async def pipe(source, sink):
    try:
        while chunk := await source.read(65536):
            sink.write(chunk)
            await sink.drain()
        sink.close()
    except (ConnectionError, ssl.SSLError, OSError):
        sink.transport.abort()


async def serve(reader, writer):
    writer.write(b"220 front ESMTP\r\n")
    hello = await reader.readline()
    writer.write(b"250-front\r\n250 STARTTLS\r\n")
    await reader.readline()
    writer.write(b"220 2.0.0 go ahead\r\n")
    await writer.start_tls(context)
    port = int(re.search(rb"port-(\d+)\.", hello)[1])
    behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", port)
    await behind_reader.readline()
    await asyncio.gather(pipe(reader, behind_writer), pipe(behind_reader, writer))


async def main():
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


asyncio.run(main())
