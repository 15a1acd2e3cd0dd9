"""What Schemathesis cannot read in the document: the tokens, steps that an order is ready for, and
one check of our own."""

import itertools
import json
import os
import pathlib
import threading

import schemathesis

TOKENS = itertools.cycle(os.environ["QIFU365_TOKENS"].split())
# Of somebody whose organisation is a supplier.
OWNERS = itertools.cycle(os.environ["QIFU365_OWNER_TOKENS"].split())
STEPS = json.loads(pathlib.Path(os.environ["QIFU365_STEPS"]).read_text())
ACTS = itertools.count()
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
    """Every fifth sound call of a step is one that an order is ready for, as long as there are some."""
    if case.operation.definition.raw.get("operationId") != "act_on_order":
        return
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    with LOCK:
        if not STEPS or next(ACTS) % 5:
            return
        step = STEPS.pop()
    case.path_parameters["number"] = step["number"]
    case.body = {"version": step["version"], "event": step["event"], "note": "按约定处理"}


@schemathesis.check
def only_rules_refuse_what_the_schema_allows(ctx, response, case):
    """A request the document allows may meet a rule, but is never called malformed."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 422:
        return
    code = response.json()["code"]
    assert code != "invalid", f"the document allows what the interface calls invalid: {response.text}"
