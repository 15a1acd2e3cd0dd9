"""The JSON interface against its own document: Schemathesis on the real binary, on an empty folder.

People of the demonstration log in through the form and make access tokens on the page for them, as they
would themselves; two of them join the organisation of a third. Everything after that is done with those
tokens. The number of examples and the
seed are fixed in `schemathesis.toml`.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import uuid

HERE = pathlib.Path(__file__).resolve().parent
# A buyer with orders in every state, and the password the demonstration prints at its start.
NAME, PASSWORD = "林知远", "qinghe-lantern-365"
# Whose organisation is a supplier with a licence.
OWNER = "算盘树店主"
# Who joins that organisation: one who purchases, and one who is there to be removed again.
JOINING = [("何小满", "100-0000-0052", "buyer"), ("顾念安", "100-0000-0053", "viewer")]
# How many there are of what an operation uses up.
EACH = 3
# As many as an account may have: they are used in turn, so that the limit a token has per minute
# does not hold up the run.
TOKENS = 20
# Steps that need nothing but a reason.
BUYER_STEPS = ["cancel", "sign", "request_refund", "withdraw_refund"]


class Site:
    """The site as a browser without scripts meets it."""

    def __init__(self, base):
        self.base = base
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def get(self, path):
        with self.browser.open(self.base + path, timeout=30) as page:
            return page.read().decode()

    def post(self, path, fields):
        request = urllib.request.Request(
            self.base + path,
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        with self.browser.open(request, timeout=30) as page:
            return page.read().decode()

    def token(self, number):
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/zhanghao/lingpai"))[1]
        page = self.post(
            "/zhanghao/lingpai",
            {
                "csrf": csrf,
                "token_name": f"schemathesis {number}",
                "days": "1",
                **{
                    f"{what}_{way}": "yes"
                    for what in ("account", "order", "organisation")
                    for way in ("read", "write")
                },
            },
        )
        return re.search(r"qf_[0-9a-f]{64}", page)[0]

    def act_for(self, organisation):
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get("/zhanghao/shenfen"))[1]
        self.post("/zhanghao/shenfen", {"csrf": csrf, "organisation": organisation, "next": "/zhanghao"})

    def accept(self):
        page = self.get("/zhanghao/qiye")
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page)[1]
        for invitation in re.findall(r"/zhanghao/yaoqing/[0-9a-f-]{36}/jieshou", page):
            self.post(invitation, {"csrf": csrf})


def logged_in(base, name):
    site = Site(base)
    site.post("/denglu", {"login": name, "password": PASSWORD})
    return site


def caller(base):
    """Calls the interface, with a key of its own for what is made."""

    def call(token, path, method="GET", body=None):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    return call


def organised(base, owner):
    """Lets people join the owner's organisation; its address, and the tokens of the first of them."""
    call = caller(base)
    personal = owner.token(0)
    organisation = call(personal, "/api/v1/organisations")["organisations"][0]["id"]
    place = f"/api/v1/organisations/{organisation}"
    tokens = []
    for name, phone, seat in JOINING:
        call(personal, f"{place}/invitations", "POST", {"phone": phone, "seat": seat})
        site = logged_in(base, name)
        site.accept()
        site.act_for(organisation)
        tokens.append(site.token(0))
    call(personal, f"{place}/limits", "PUT", {"once": 0, "approvals": 1})
    owner.act_for(organisation)
    return place, tokens[0]


def write_known(folder, base, token, owner, place, colleague):
    """Something real to ask for: random identifiers alone would only ever find nothing."""
    call = caller(base)
    services = call(token, "/api/v1/services?per_page=50")["items"]
    orders = call(token, "/api/v1/orders")["items"]
    assert services and orders, "the demonstration has services and the buyer has orders"

    def ask(token):
        body = {"service": services[0]["id"], "sku": 0}
        return call(token, f"{place}/requests", "POST", body)

    organisation = call(owner, place)
    members = {member["seat"]: member["id"] for member in organisation["members"]}
    asked = [ask(colleague) for _ in range(2 * EACH)]
    own = [ask(owner) for _ in range(EACH)]
    invitations = [
        call(owner, f"{place}/invitations", "POST", {"phone": f"100-0000-008{n}", "seat": "sales"})["id"]
        for n in range(EACH + 1)
    ]
    for _ in range(EACH):
        logged_in(base, NAME)
    devices = [device["id"] for device in call(token, "/api/v1/account/devices")["items"]]
    for name, values in {
        "services": {service["id"] for service in services},
        "suppliers": {service["supplier"]["id"] for service in services},
        "orders": {order["number"] for order in orders},
        "organisations": {organisation["id"]},
        "members": {members["owner"], members["buyer"]},
        "invitations": set(invitations[:1]),
        "requests": {request["id"] for request in asked[:1] + own},
    }.items():
        (folder / f"{name}.txt").write_text("".join(f'"{value}"\n' for value in sorted(values)))
    # Steps that a buyer may take now: number, version and event seldom fit by chance.
    known = [call(token, f"/api/v1/orders/{order['number']}") for order in orders]
    steps = [
        {
            "path": {"number": order["number"]},
            "body": {"version": order["version"], "event": event, "note": "按约定处理"},
        }
        for order in known
        for event in [next((event for event in order["allowed"] if event in BUYER_STEPS), None)]
        if event
    ]
    assert steps, "the buyer has an order with something to do"

    def of(part, values, **body):
        inside = {"id": organisation["id"]} if part != "session" else {}
        return [{"path": {**inside, part: value}, **body} for value in values]

    approval = {"amount": asked[0]["amount"]["amount"]}
    ready = {
        "act_on_order": steps,
        "end_device": of("session", devices),
        "take_back_invitation": of("invitation", invitations[1:]),
        "remove_member": of("member", [members["viewer"]]),
        "set_seat": of("member", [members["buyer"]], body={"seat": "buyer"}),
        "approve_request": of("request", [one["id"] for one in asked[:EACH]], body=approval),
        "refuse_request": of("request", [one["id"] for one in asked[EACH:]], body={"decline": "budget"}),
        "take_back_request": of("request", [one["id"] for one in own]),
    }
    (folder / "ready.json").write_text(json.dumps(ready))


def started(folder):
    server = subprocess.Popen(
        [os.environ["QIFU365_BIN"], "--data", folder, "--listen", "127.0.0.1:0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    seen = []
    for line in server.stdout:
        seen.append(line)
        found = re.search(r"http://[0-9.:]+", line)
        if found:
            return server, found[0]
    raise SystemExit(f"the server ended with {server.wait()}\n{''.join(seen)}")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="qifu365-api-"))
    server, base = started(folder / "data")
    try:
        buyer, owner = logged_in(base, NAME), logged_in(base, OWNER)
        place, colleague = organised(base, owner)
        tokens = [buyer.token(number) for number in range(1, TOKENS + 1)]
        # One of the owner's was made before they acted for the organisation.
        owners = [owner.token(number) for number in range(1, TOKENS)]
        write_known(folder, base, tokens[0], owners[0], place, colleague)
        # The lists are read beside the configuration.
        shutil.copy(HERE / "schemathesis.toml", folder)
        outcome = subprocess.run(
            [
                pathlib.Path(sys.executable).with_name("st"),
                "run",
                f"{base}/api/v1/openapi.json",
                "--no-color",
            ],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(HERE),
                "PYTHONDONTWRITEBYTECODE": "1",
                "QIFU365_TOKENS": " ".join(tokens),
                "QIFU365_OWNER_TOKENS": " ".join(owners),
                "QIFU365_READY": str(folder / "ready.json"),
            },
            stdin=subprocess.DEVNULL,
            check=False,
        )
        alive = server.poll() is None
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    if not alive:
        print("the server ended during the run")
    clean = outcome.returncode == 0 and alive
    print(f"{int(clean)} passed, {int(not clean)} failed")
    raise SystemExit(0 if clean else 1)


if __name__ == "__main__":
    main()
