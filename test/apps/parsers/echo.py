"""What Django reads out of bodies: a line of JSON for each, answered by a line of JSON: name -> values."""
import base64
import io
import json
import sys

from django.conf import settings

settings.configure(DEFAULT_CHARSET="utf-8")
from django.core.handlers.wsgi import WSGIRequest  # noqa: E402


def text(value):
    return value if isinstance(value, str) else "not text: " + json.dumps(value)


def read(case):
    body = base64.b64decode(case["body"])
    if case["kind"] == "json":
        try:
            found = json.loads(body)
        except ValueError:
            return {}
        found = found if isinstance(found, dict) else {}
        return {name: [text(found[name])] for name in case["names"] if name in found}
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": case["type"], "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    try:
        post = WSGIRequest(environ).POST
        return {name: post.getlist(name) for name in case["names"]}
    except Exception:  # Django answers 400 then: it reads nothing.
        return {}


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))), flush=True)
