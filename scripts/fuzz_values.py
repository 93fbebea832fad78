"""What does Schemathesis need that it cannot make up from the document?

A credential: that of a real login. And values that are right only in view of what came before: a draft must have been
sealed, an idempotency key must be new, a tag must be the current one, a password must be known before it can be changed.
"""

import itertools
import json
import urllib.request
import uuid

import schemathesis
from schemathesis import GenerationMode

# Calls that end or replace a credential get one of their own: else the first would log out all that follow.
SPENDS = {"/logout", "/refresh", "/login"}
# Those that end every login of a user, or change the password, get a user of their own.
ENDS_MORE = {"/api/sessions", "/api/sessions/{id}", "/api/users/password"}
VISITORS = itertools.count(1)
JANE = 456


@schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/(api|logout|refresh|login)")
class Login:
    def get(self, case, ctx):
        return log_in(case)

    def set(self, case, data, ctx):
        if case.path in ENDS_MORE:
            data = log_in(case, f"visitor-{next(VISITORS)}", "visitor")
        elif case.path in SPENDS:
            data = log_in(case)
        header, value = data
        case.headers[header] = value


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    headers = case.headers or {}
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = uuid.uuid4().hex
    headers.pop("If-Match", None)
    if "Checkout-Draft" in headers:
        headers["Checkout-Draft"] = sealed_draft(case)
    if isinstance(case.body, dict) and case.body.get("draft") is not None:
        case.body["draft"] = sealed_draft(case)
    if case.path == "/api/users/password":
        # Made up so that it cannot be guessed, before whatever the fuzzer thought of.
        case.body = {"current": "visitor", "new": uuid.uuid4().hex + case.body["new"][:200]}
    if case.path == "/api/users/{id}/roles":
        case.path_parameters["id"] = JANE  # Else john might be an admin no more.
    if case.path == "/api/sessions/{id}":
        case.path_parameters["id"] = open_login(case)


def log_in(case, username="john", password="secret"):
    """The header that carries a fresh credential."""
    answer, cookie = post(case, "/login", {"username": username, "password": password})
    if answer["credential"]["kind"] == "bearer":
        return "Authorization", f"Bearer {answer['credential']['accessToken']}"
    return "Cookie", cookie.partition(";")[0]


def sealed_draft(case):
    """A draft as this server carries it; any text will do where the server itself remembers."""
    name, value = log_in(case)
    state, _ = post(case, "/api/checkout", {"items": [{"productId": 1, "quantity": 1}]}, {name: value})
    return state["draft"] or "none"


def open_login(case):
    """The id of a login that the request's own credential may end."""
    credential = {name: case.headers[name] for name in ("Authorization", "Cookie") if name in case.headers}
    logins, _ = ask(case, "/api/sessions", None, credential)
    return logins[0]["id"] if logins else "none"


def post(case, path, body, headers=None):
    return ask(case, path, json.dumps(body).encode(), {"Content-Type": "application/json"} | (headers or {}))


def ask(case, path, body, headers):
    """The answer's body, and the cookie that it sets."""
    base = case.operation.schema.get_base_url().rstrip("/")
    request = urllib.request.Request(base + path, body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer), answer.headers.get("Set-Cookie")
