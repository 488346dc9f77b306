"""Verifies recorded webhooks with the published verifier of Standard Webhooks; prints a list of sentences about what
went otherwise than it should.

The argument is a JSON file: [{"headers": {…}, "body": …, "keys": […], "wrongKeys": […]}, …].
"""

import datetime
import json
import pathlib
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def is_accepted(key, body, headers):
    try:
        Webhook(key).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


def shifted(headers, seconds):
    return {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + seconds)}


def signed_at(key, body, headers, seconds):
    """Rightly signed, at another time."""
    moved = shifted(headers, seconds)
    time = datetime.datetime.fromtimestamp(int(moved["webhook-timestamp"]), datetime.timezone.utc)
    return {**moved, "webhook-signature": Webhook(key).sign(headers["webhook-id"], time, body)}


def problems(job):
    headers, body = job["headers"], job["body"]
    for key in job["keys"]:
        if not is_accepted(key, body, headers):
            yield "refused what is ours"
        if is_accepted(key, body.replace("Báo cáo", "Báo cao", 1) + " ", headers):
            yield "accepted another body"
        if is_accepted(key, body, {**headers, "webhook-id": headers["webhook-id"] + "x"}):
            yield "accepted another id"
        if is_accepted(key, body, shifted(headers, 1)):
            yield "accepted another time"
        for seconds in (-3600, 3600):
            if is_accepted(key, body, signed_at(key, body, headers, seconds)):
                yield f"accepted a signature {seconds} s away"
        if not is_accepted(key, body, signed_at(key, body, headers, -60)):
            yield "refused a signature of a minute ago"
    for key in job["wrongKeys"]:
        if is_accepted(key, body, headers):
            yield "accepted a wrong key"


jobs = json.loads(pathlib.Path(sys.argv[1]).read_text())
print(json.dumps([problem for job in jobs for problem in problems(job)], ensure_ascii=False))
