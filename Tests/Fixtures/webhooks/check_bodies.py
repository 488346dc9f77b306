"""Checks bodies of webhooks against the receivers' published formats; prints what is wrong as a list of sentences.

The argument is a JSON file: [{"name": …, "form": "slack", "body": …}, …], the body as text.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator, FormatChecker

FOLDER = pathlib.Path(__file__).parent
# Bytes of the whole body; Teams: about 28 KB, ntfy: its server's limit for publishing as JSON.
LARGEST = {"teams": 28 * 1024, "ntfy": 32768}


def strict(pairs):
    """A member twice is valid JSON for Python, and no receiver says which one counts."""
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"members twice in {keys}")
    return dict(pairs)


def texts(value):
    """Every text of a body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def own_limits(form, body):
    """Limits that a schema cannot say."""
    if form == "slack":
        shown = sum(len(text) for text in texts(body["blocks"]))
        if shown > 13000:
            yield f"{shown} characters in all blocks"
    if form == "ntfy" and len(body["message"].encode()) > 4096:
        yield f"a message of {len(body['message'].encode())} bytes"


def problems(job, validators):
    raw = job["body"]
    if len(raw.encode()) > LARGEST.get(job["form"], 1_000_000):
        yield f"{len(raw.encode())} bytes"
    try:
        body = json.loads(raw, object_pairs_hook=strict)
    except ValueError as error:
        yield f"no JSON: {error}"
        return
    for error in validators[job["form"]].iter_errors(body):
        yield f"{list(error.absolute_path)}: {error.message[:200]}"
    yield from own_limits(job["form"], body)


def main():
    validators = {}
    for file in FOLDER.glob("*.schema.json"):
        schema = json.loads(file.read_text())
        Draft202012Validator.check_schema(schema)
        validators[file.name.removesuffix(".schema.json")] = Draft202012Validator(
            schema, format_checker=FormatChecker()
        )
    jobs = json.loads(pathlib.Path(sys.argv[1]).read_text())
    found = [f"{job['name']}, {job['form']}: {problem}" for job in jobs for problem in problems(job, validators)]
    print(json.dumps(found, ensure_ascii=False))


main()
