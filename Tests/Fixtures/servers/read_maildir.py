"""Reads every mail of a Maildir with Python's email and prints what it found as JSON.

Usage: read_maildir.py MAILDIR
"""
import email
import email.policy
import email.utils
import json
import pathlib
import sys


def defects(message):
    found = [repr(defect) for part in message.walk() for defect in part.defects]
    for part in message.walk():
        for name, value in part.items():
            found += [f"{name}: {defect!r}" for defect in value.defects]
    return found


def read(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = message.get_body(preferencelist=("plain",))
    return {
        "recipient": message["X-Envelope-To"],
        "subject": str(message["Subject"]),
        "messageID": str(message["Message-ID"]).strip("<>"),
        "date": email.utils.parsedate_to_datetime(str(message["Date"])).isoformat(),
        "occurrences": [word.strip() for word in str(message["X-Nhachan-Occurrences"] or "").split(",") if word.strip()],
        "defects": defects(message),
        "types": [part.get_content_type() for part in message.walk()],
        "text": text.get_content() if text else "",
    }


mails = [read(path) for path in sorted(pathlib.Path(sys.argv[1], "new").iterdir())]
json.dump(mails, sys.stdout, ensure_ascii=False)
