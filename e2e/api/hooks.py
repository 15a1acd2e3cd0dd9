"""What Schemathesis cannot read in the document: the tokens, and one check of our own."""

import itertools
import os
import threading

import schemathesis

TOKENS = itertools.cycle(os.environ["QIFU365_TOKENS"].split())
LOCK = threading.Lock()


@schemathesis.auth(refresh_interval=None)
class Tokens:
    """One token after the other."""

    def get(self, case, context):
        with LOCK:
            return next(TOKENS)

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.check
def only_rules_refuse_what_the_schema_allows(ctx, response, case):
    """A request the document allows may meet a rule, but is never called malformed."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code != 422:
        return
    code = response.json()["code"]
    assert code != "invalid", f"the document allows what the interface calls invalid: {response.text}"
