"""Checks an exported file of the record with Python's own SHA-256 and nothing of nhachan.

Usage: check_export.py FILE.jsonl
Prints the number of lines in full, of digests, and of messages whose bytes agree with the record, then the head; ends
with 1 at the first thing that does not hold.
"""
import base64
import hashlib
import json
import sys


def sha256(text):
    return hashlib.sha256(text.encode("utf-8") if isinstance(text, str) else text).hexdigest()


def fail(number, reason):
    print(f"line {number}: {reason}")
    sys.exit(1)


entries, head, sent = 0, None, {}
counts = {"full": 0, "digests": 0, "messages": 0}
for number, text in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
    line = json.loads(text)
    if "opening" in line:
        entries, head = line["opening"]["after"]["entries"], line["opening"]["after"]["hash"]
    elif "line" in line:
        entries, head = entries + 1, sha256(head + "\n" + sha256(line["line"]))
        facts = json.loads(line["line"])
        if head != line["hash"] or facts["sequence"] != entries:
            fail(number, f"line {entries} of the record does not follow")
        if "sent" in facts["facts"]:
            sent.setdefault(facts["facts"]["message"], set()).add(facts["facts"]["sent"])
        counts["full"] += 1
    elif "digests" in line:
        for digest in line["digests"]:
            entries, head = entries + 1, sha256(head + "\n" + digest)
            counts["digests"] += 1
    elif "sent" in line:
        if sha256(base64.b64decode(line["sent"]["bytes"])) not in sent[line["sent"]["message"]]:
            fail(number, "is not the message that was sent")
        counts["messages"] += 1
    elif "head" in line and line["head"] != {"entries": entries, "hash": head}:
        fail(number, "another head")
print(counts["full"], counts["digests"], counts["messages"], entries, head)
