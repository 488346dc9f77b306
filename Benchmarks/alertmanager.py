"""Lets Debian's prometheus-alertmanager mail so many groups of one alert each, and prints mails a second.

Usage: alertmanager.py GROUPS FOLDER. Counted by smtp-sink from the first mail to the last: alerts are taken in before,
during `group_wait`, and cost it nothing here.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request

from relay import free_port

groups, folder = int(sys.argv[1]), sys.argv[2]
CONFIG = """
global: {{smtp_smarthost: "127.0.0.1:{port}", smtp_from: am@xa.example, smtp_require_tls: false}}
route: {{receiver: mail, group_by: [unit], group_wait: {wait}s, group_interval: 1h, repeat_interval: 24h}}
receivers: [{{name: mail, email_configs: [{{to: b@xa.example, send_resolved: false}}]}}]
"""
WAIT = 10


def main():
    sink_port, port = free_port(), free_port()
    sink = ["smtp-sink", *(["-u", "nobody"] if os.getuid() == 0 else []), "-c", f"127.0.0.1:{sink_port}", "1000"]
    with open(f"{folder}/alertmanager.yml", "w") as file:
        file.write(CONFIG.format(port=sink_port, wait=WAIT))
    counter = subprocess.Popen(sink, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    server = subprocess.Popen(
        ["prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/alerts",
         f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        post(port, [{"labels": {"alertname": "due", "unit": f"u{number}"}} for number in range(groups)])
        print(f"{mails_a_second(counter.stdout):.0f}")
    finally:
        for process in (server, counter):
            process.terminate()
            process.wait()


def mails_a_second(counters):
    """`sess=3 quit=3 mesg=500` after each event, ended by a carriage return."""
    first, mails = None, 0
    while mails < groups and (text := os.read(counters.fileno(), 65536)):
        mails = max([mails] + [int(count) for count in re.findall(rb"mesg=(\d+)", text)])
        if mails and first is None:
            first, already = time.monotonic(), mails
    return (mails - already) / (time.monotonic() - first)


def post(port, alerts):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v2/alerts", json.dumps(alerts).encode(), {"content-type": "application/json"}
    )
    for _ in range(100):
        try:
            urllib.request.urlopen(request).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("alertmanager takes no alerts")


main()
