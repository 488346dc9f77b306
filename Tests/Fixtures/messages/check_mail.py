"""Reads mails with Python's email package and says what is wrong with them, as a JSON array of sentences.

The argument is a JSON file: a list of {name, mail (base64), subject, to, text, html, files}.
"""

import base64
import json
import sys
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

HEADERS = [
    "from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "x-nhachan-occurrences", "content-language", "mime-version", "content-type",
]


def wire_problems(raw):
    if any(byte > 126 or byte < 32 and byte not in (10, 13) for byte in raw):
        yield "a byte that is not printable ASCII"
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        yield "a line end that is not CRLF"
    if not raw.endswith(b"\r\n"):
        yield "no line end at the end"
    longest = max(len(line) for line in raw.split(b"\r\n"))
    if longest > 998:
        yield f"a line of {longest} characters"
    if max((len(line) for line in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n")), default=0) > 76:
        yield "a body line longer than 76"


def display_name(raw):
    """The name in To. The new policy keeps the blank between two encoded-words of a phrase, against RFC 2047
    section 6.2; the old one reads it right."""
    folded = message_from_bytes(raw, policy=policy.compat32)["To"]
    name = parseaddr(folded.replace("\r\n", ""))[0]
    return str(make_header(decode_header(name)))


def header_problems(raw, mail, job):
    names = [name.lower() for name in mail.keys()]
    for name in names:
        if name not in HEADERS:
            yield f"unexpected header {name}"
    for name in HEADERS:
        if names.count(name) > 1:
            yield f"{name} more than once"
    for name, value in mail.items():
        for defect in getattr(value, "defects", ()):
            yield f"{name}: {defect!r}"
    if str(mail["subject"]) != job["subject"]:
        yield f"subject {str(mail['subject'])!r} is not {job['subject']!r}"
    if len(mail["to"].addresses) != 1 or display_name(raw) != job["to"]:
        yield f"To {mail['to']!r} is not {job['to']!r}"
    if mail["date"].datetime is None or len(mail["from"].addresses) != 1:
        yield "no date or no sender"


def lines(text):
    return text.replace("\r\n", "\n")


def part_problems(mail, job):
    found = {}
    for part in mail.walk():
        for defect in part.defects:
            yield f"{part.get_content_type()}: {defect!r}"
        if part.is_multipart():
            continue
        name = part.get_filename()
        key = name or {"text/plain": "text", "text/html": "html"}[part.get_content_type()]
        if key in found:
            yield f"two parts {key}"
        found[key] = lines(part.get_content())
    wanted = {"text": job["text"], "html": job["html"], **job["files"]}
    for key in sorted(set(found) | set(wanted)):
        if found.get(key) != (lines(wanted[key]) if key in wanted else None):
            yield f"part {key} is not what was written"
    if mail.get_body(("plain",)) is None or mail.get_body(("html",)) is None:
        yield "no body to show"


def problems(job):
    raw = base64.b64decode(job["mail"])
    mail = message_from_bytes(raw, policy=policy.default)
    yield from wire_problems(raw)
    yield from header_problems(raw, mail, job)
    yield from part_problems(mail, job)


with open(sys.argv[1], encoding="utf-8") as file:
    jobs = json.load(file)
json.dump([f"{job['name']}: {problem}" for job in jobs for problem in problems(job)], sys.stdout)
