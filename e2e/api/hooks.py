"""What Schemathesis cannot read in the document: the tokens, what this site is ready for, and one check
of our own."""

import itertools
import json
import os
import pathlib
import threading

import schemathesis

TOKENS = itertools.cycle(os.environ["QIFU365_TOKENS"].split())
# Of somebody whose organisation is a supplier.
OWNERS = itertools.cycle(os.environ["QIFU365_OWNER_TOKENS"].split())
# For each operation what can be done here and now, each once: parts of the path, and the body.
READY = json.loads(pathlib.Path(os.environ["QIFU365_READY"]).read_text())
CALLS = {operation: itertools.count() for operation in READY}
LOCK = threading.Lock()


@schemathesis.auth(refresh_interval=None)
class Tokens:
    """One token after the other."""

    def get(self, case, context):
        with LOCK:
            return next(TOKENS), next(OWNERS)

    def set(self, case, data, context):
        buyer, owner = data
        token = owner if case.operation.path.startswith("/api/v1/organisations") else buyer
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Every fifth sound call is one that the site is ready for, as long as there are some."""
    operation = case.operation.definition.raw.get("operationId")
    if operation not in READY:
        return
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    with LOCK:
        if not READY[operation] or next(CALLS[operation]) % 5:
            return
        ready = READY[operation].pop()
    case.path_parameters.update(ready["path"])
    if "body" in ready:
        case.body = ready["body"]


@schemathesis.check
def only_rules_refuse_what_the_schema_allows(ctx, response, case):
    """A request the document allows may meet a rule, but is never called malformed."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 422:
        return
    code = response.json()["code"]
    assert code != "invalid", f"the document allows what the interface calls invalid: {response.text}"
