"""A webhook endpoint that checks the Standard Webhooks signature. Prints its port, then a line of JSON for each call.

Usage: webhook_server.py SECRET    (SECRET as `whsec_…`; listens on a free port of the loopback, until it is killed)
"""
import base64
import hashlib
import hmac
import http.server
import json
import sys

key = base64.b64decode(sys.argv[1].removeprefix("whsec_"))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        good = expected in self.headers["webhook-signature"].split(" ")
        print(json.dumps({"good": good, "id": self.headers["webhook-id"], "body": json.loads(body)}), flush=True)
        self.send_response(204 if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
