"""Runs the real daemon on a store with a million occurrences and on an outbox of 100,000 messages.

Usage: daemon.py NHACHAN BENCHMARKS FOLDER OCCURRENCES MESSAGES IDLE-SECONDS

Prints start to READY, one message from due to the server's 250, wake-ups and processor time while idle, and resident
memory. Everything is seen from outside: systemd's socket, the SMTP server's clock, /proc, and the store read afterwards.
"""

import datetime
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

from relay import Relay

nhachan, benchmarks, folder = sys.argv[1:4]
occurrences, messages, idle_seconds = map(int, sys.argv[4:7])
UNITS = 500
WATCHDOG_SECONDS = 120
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def line(name, value):
    print(f"{name:58s}{value}", flush=True)


def write_office(path, tasks, units, port):
    """A configuration in which a group of all units owes every task each month, and is told on the day itself."""
    for part in ("plans", "calendar"):
        os.makedirs(f"{path}/{part}", exist_ok=True)
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()
    issued = today - datetime.timedelta(days=180)
    rest = (today + datetime.timedelta(days=3)).isoweekday()
    members = [f"u{number}" for number in range(units)]
    files = {
        "nhachan.yaml": f"office: {{id: xa, name: UBND xã, contact: Văn phòng, timeZone: Asia/Ho_Chi_Minh}}\n"
        f"store: {{path: store.sqlite}}\n"
        f"channels:\n  - {{name: mail, kind: smtp, host: 127.0.0.1, port: {port}, security: plain,"
        f" from: {{name: Nhắc việc, address: nhachan@xa.example}}}}\n"
        f"digest: {{to: [chu-tich], weekday: Monday}}\n",
        "directory.yaml": "units:\n"
        + "".join(f"  - {{id: {u}, name: Đơn vị {u}, address: {u}@xa.example, head: chu-tich}}\n" for u in members)
        + f"groups:\n  - {{id: tat-ca, name: Các đơn vị, members: [{', '.join(members)}]}}\n"
        "posts:\n  - {id: chu-tich, title: Chủ tịch, address: chu-tich@xa.example}\n",
        "policy.yaml": "ladders:\n  - name: standard\n    steps:\n      - {when: 0wd, to: [lead], kind: dueToday}\n"
        "      - {when: +20wd, to: [chair], kind: escalation}\n"
        'sendingWindow: {opens: "00:00", closes: "23:59"}\nroles: {monitor: u0, office: u0, chair: chu-tich}\n',
        # Today is worked on, whatever day it is.
        "calendar/days.tsv": f"# weekend: {rest}\n# computed: none\n"
        f"{today.year}-01-01\tTết Dương lịch\tpublic\tBLLĐ\n{issued.year}-01-01\tTết Dương lịch\tpublic\tBLLĐ\n",
        "plans/1-KH.yaml": f"number: 1/KH\ntype: Kế hoạch\ntitle: Kế hoạch lớn\nissuer: UBND xã\nissued: {issued}\ntasks:\n"
        + "".join(
            f"  - {{id: T{number}, title: Việc số {number} của kế hoạch lớn, limit: Ngày {1 + number % 25} hằng tháng,"
            f" lead: Các đơn vị}}\n"
            for number in range(tasks)
        ),
    }
    for name, text in files.items():
        with open(f"{path}/{name}", "w") as file:
            file.write(text)


class Daemon:
    """`nhachan run` under a stand-in for systemd."""

    def __init__(self, config, store):
        self.address = f"\0nhachan-bench-{os.getpid()}-{time.monotonic_ns()}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.address)
        environment = dict(
            os.environ, NOTIFY_SOCKET="@" + self.address[1:], WATCHDOG_USEC=str(WATCHDOG_SECONDS * 1_000_000)
        )
        begun = time.monotonic()
        command = [nhachan, "run", "--config", config, "--store", store]
        self.process = subprocess.Popen(command, env=environment, **quiet)
        self.socket.settimeout(1)
        while b"READY=1" not in self.told():
            pass
        self.seconds_to_ready = time.monotonic() - begun
        # Like systemd: a full socket would hold the service up at its next word.
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        self.socket.settimeout(None)
        while self.process.poll() is None:
            self.socket.recv(4096)

    def told(self):
        try:
            return self.socket.recv(4096)
        except TimeoutError:
            if self.process.poll() is not None:
                raise SystemExit("nhachan run has ended: try `nhachan check` on its folder") from None
            return b""

    def wait_for_sleep(self):
        """Until it has used no processor time for two seconds."""
        while (before := self.processor_seconds()) is not None:
            time.sleep(2)
            if self.processor_seconds() == before:
                return

    def status(self, field, thread=None):
        path = f"/proc/{self.process.pid}" + (f"/task/{thread}" if thread else "")
        with open(f"{path}/status") as file:
            return next(int(text.split()[1]) for text in file if text.startswith(field + ":"))

    def wake_ups(self):
        """How often each thread has gone to sleep by itself so far."""
        threads = os.listdir(f"/proc/{self.process.pid}/task")
        return {thread: self.status("voluntary_ctxt_switches", thread) for thread in threads}

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            user, system = file.read().rsplit(")")[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def resident(self):
        return f"{self.status('VmRSS') / 1024:8.1f} MB, at most {self.status('VmHWM') / 1024:.1f} MB"

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def arm(config, store):
    subprocess.run([nhachan, "arm", "--config", config, "--store", store], check=True, **quiet)


def million():
    relay = Relay()
    config, store = f"{folder}/million", f"{folder}/million/store.sqlite"
    months = 18 + 12 - datetime.date.today().month + 1
    write_office(config, max(1, round(occurrences / UNITS / months)), UNITS, relay.port)
    daemon = Daemon(config, store)
    arm(config, store)
    daemon.wait_for_sleep()
    with sqlite3.connect(store) as database:
        (count,) = database.execute("SELECT count(*) FROM occurrence").fetchone()
        # The last that each unit owed: nobody above it has to hear of it yet.
        query = "SELECT id, max(nominal) FROM occurrence WHERE is_backfill GROUP BY unit"
        past = [row[0] for row in database.execute(query)]
    database.close()
    line(f"first start, {count:,} occurrences adopted", f"{daemon.seconds_to_ready:8.1f} s, {daemon.resident()}")
    daemon.stop()
    ready = []
    for _ in range(5):
        daemon = Daemon(config, store)
        ready.append(daemon.seconds_to_ready)
        daemon.wait_for_sleep()
        if len(ready) < 5:
            daemon.stop()
    line(f"start to READY, {count:,} occurrences", f"{sorted(ready)[2] * 1000:8.0f} ms, {daemon.resident()}")
    latency(relay, config, store, past[:300])
    daemon.wait_for_sleep()
    idle(daemon)
    daemon.stop()


def latency(relay, config, store, past):
    """Somebody says that a long overdue task is still open: its unit is told at once."""
    sent_before = len(relay.told)
    for occurrence in past:
        relay.told.pop(recipient(occurrence), None)
        command = [nhachan, "reopen", occurrence, "--by", "bench", "--config", config, "--store", store]
        subprocess.run(command, check=True, **quiet)
        limit = time.monotonic() + 10
        while recipient(occurrence) not in relay.told and time.monotonic() < limit:
            time.sleep(0.002)
    with sqlite3.connect(store) as database:
        due = dict(database.execute("SELECT occurrence, at / 1000.0 FROM record WHERE kind = 'reopened'"))
    database.close()
    waits = sorted(relay.told[recipient(o)] - due[o] for o in past if recipient(o) in relay.told)
    if len(waits) < len(past):
        line("lost", f"{len(past) - len(waits)} of {len(past)}")
    line(
        f"from due to 250, {len(waits)} messages one by one",
        f"median {waits[len(waits) // 2] * 1000:.1f} ms, 99th percentile {waits[len(waits) * 99 // 100] * 1000:.1f} ms",
    )


def recipient(occurrence):
    return occurrence.rsplit("/", 1)[1] + "@xa.example"


def idle(daemon):
    # Connections are kept for 20 seconds, and their threads end with them.
    time.sleep(30)
    before, seconds = daemon.wake_ups(), daemon.processor_seconds()
    time.sleep(idle_seconds)
    wakes = sum(count - before.get(thread, 0) for thread, count in daemon.wake_ups().items())
    seconds = daemon.processor_seconds() - seconds
    watchdog = idle_seconds * 2 // WATCHDOG_SECONDS
    line(
        f"idle for {idle_seconds} s, {watchdog} signs of life asked for",
        f"{wakes} voluntary switches of all threads, {seconds * 1000:.0f} ms of processor time",
    )


def full_outbox():
    """So many messages wait, and the relay takes five a second."""
    relay = Relay(delay=0.2)
    config, store = f"{folder}/outbox", f"{folder}/outbox/store.sqlite"
    write_office(config, 1, 2, relay.port)
    daemon = Daemon(config, store)
    arm(config, store)
    daemon.stop()
    subprocess.run([benchmarks, "fill", config, store, str(messages)], check=True)
    daemon = Daemon(config, store)
    time.sleep(20)
    sent = len(relay.told)
    line(f"memory, {messages:,} messages in the outbox, {sent} sent meanwhile", daemon.resident())
    daemon.stop()


full_outbox()
million()
