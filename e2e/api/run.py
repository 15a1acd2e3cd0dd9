"""The JSON interface against its own document: Schemathesis on the real binary, on an empty folder.

A buyer of the demonstration logs in through the form and makes access tokens on the page for them,
as a person would. Everything after that is done with those tokens. The number of examples and the
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

HERE = pathlib.Path(__file__).resolve().parent
# A buyer with orders in every state, and the password the demonstration prints at its start.
NAME, PASSWORD = "林知远", "qinghe-lantern-365"
# Whose organisation is a supplier with a licence.
OWNER = "算盘树店主"
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
                "account_read": "yes",
                "order_read": "yes",
                "organisation_read": "yes",
                "order_write": "yes",
            },
        )
        return re.search(r"qf_[0-9a-f]{64}", page)[0]


def tokens_of(base, name):
    """As many tokens as an account may have."""
    site = Site(base)
    site.post("/denglu", {"login": name, "password": PASSWORD})
    return [site.token(number) for number in range(1, TOKENS + 1)]


def write_known(folder, base, token, owner):
    """Something real to ask for: random identifiers alone would only ever find nothing."""

    def get(path, token=token):
        request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    services = get("/api/v1/services?per_page=50")["items"]
    orders = get("/api/v1/orders")["items"]
    organisations = get("/api/v1/organisations", owner)["organisations"]
    assert services and orders, "the demonstration has services and the buyer has orders"
    assert organisations, "the owner has an organisation"
    for name, values in {
        "services": {service["id"] for service in services},
        "suppliers": {service["supplier"]["id"] for service in services},
        "orders": {order["number"] for order in orders},
        "organisations": {organisation["id"] for organisation in organisations},
    }.items():
        (folder / f"{name}.txt").write_text("".join(f'"{value}"\n' for value in sorted(values)))
    # Steps that a buyer may take now: number, version and event seldom fit by chance.
    known = [get(f"/api/v1/orders/{order['number']}") for order in orders]
    steps = [
        {"number": order["number"], "version": order["version"], "event": event}
        for order in known
        for event in [next((event for event in order["allowed"] if event in BUYER_STEPS), None)]
        if event
    ]
    assert steps, "the buyer has an order with something to do"
    (folder / "steps.json").write_text(json.dumps(steps))


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
        tokens, owners = [tokens_of(base, name) for name in (NAME, OWNER)]
        write_known(folder, base, tokens[0], owners[0])
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
                "QIFU365_STEPS": str(folder / "steps.json"),
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
