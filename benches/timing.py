"""Whether time tells if an account exists: answers for known and unknown numbers and names, side by side.

Never a test: it measures, reports and fails nothing. It starts the binary that QIFU365_BIN names on an
empty folder, makes accounts through the forms, and asks in turn about one that exists and one that does
not, each from a network of its own. Printed are median, p95 and p99 of both and the Kolmogorov-Smirnov
statistic with the value beyond which it would be noticed at the level of 1 %.
"""
import http.client
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

SAMPLES = int(os.environ.get("SAMPLES", "500"))
PASSWORD = "四盏灯 照着 旧码头"
VERSION = "2020-11-01"


class Site:
    def __init__(self, host, port, data):
        self.host, self.port, self.hop, self.data = host, port, 0, data

    def post(self, line, path, fields):
        self.hop += 1
        # A network for each: the guard's counts are not what is measured here.
        network = f"{20 + (self.hop >> 16)}.{self.hop >> 8 & 255}.{self.hop & 255}.1"
        headers = {
            "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin",
            "x-forwarded-for": network,
            "user-agent": "Firefox Linux",
        }
        begun = time.perf_counter()
        line.request("POST", path, urllib.parse.urlencode({"csrf": "", **fields}), headers)
        answer = line.getresponse()
        body = answer.read().decode()
        return time.perf_counter() - begun, answer.status, body

    def line(self):
        return http.client.HTTPConnection(self.host, self.port)


# A demonstration takes numbers that end in two digits; those of its own people and of its hints are left out.
OURS = [of for of in range(100) if of not in range(51, 70) and of != 88]
KNOWN, UNKNOWN = OURS[:40], OURS[40:80]


def number(of):
    return f"100-0000-{of:04}"


def register(site, of):
    line = site.line()
    boxes = {"accept_agreement": VERSION, "accept_policy": VERSION}
    phone = number(of)
    site.post(line, "/zhuce/yanzhengma", {"phone": phone, **boxes})
    code = None
    for _ in range(5):
        line.request("GET", "/demo/outbox")
        page = line.getresponse().read().decode()
        found = re.search(rf"100\*\*\*\*{of:04}[\s\S]*?验证码 (\d{{6}})", page)
        if found:
            code = found[1]
            break
    _, status, body = site.post(line, "/zhuce", {
        "phone": phone, "code": code or "", "account_name": f"计时{of}号", "password": PASSWORD, **boxes,
    })
    if status != 303:
        raise SystemExit(f"no account for {phone}: {status} {re.findall('class=.err.[^<]*<', body)[:3]}")


def share(sorted_, part):
    return sorted_[min(len(sorted_) - 1, round((len(sorted_) - 1) * part))]


def kolmogorov(one, other):
    one, other = sorted(one), sorted(other)
    most, i, j = 0.0, 0, 0
    while i < len(one) and j < len(other):
        here = min(one[i], other[j])
        while i < len(one) and one[i] <= here:
            i += 1
        while j < len(other) and other[j] <= here:
            j += 1
        most = max(most, abs(i / len(one) - j / len(other)))
    return most


def report(name, known, unknown, alike):
    bound = 1.628 * ((len(known) + len(unknown)) / (len(known) * len(unknown))) ** 0.5
    print(f"\n{name}: {len(known)} + {len(unknown)} answers; status and text {'alike' if alike else 'DIFFER'}")
    for word, times in (("known", known), ("unknown", unknown)):
        ordered = sorted(times)
        figures = [share(ordered, part) * 1_000 for part in (0.5, 0.95, 0.99)]
        print(f"  {word:8} median {figures[0]:8.2f} ms   p95 {figures[1]:8.2f}   p99 {figures[2]:8.2f}")
    print(f"  Kolmogorov-Smirnov {kolmogorov(known, unknown):.3f}; noticed at 1 % from {bound:.3f} on")


def plain(body, typed):
    """What an answer says, without what was typed into it and the puzzle's own signs."""
    for text in typed:
        body = body.replace(text, "·")
    return re.sub(r"[0-9a-f]{32,}", "·", body)


def measure(site, name, path, ask):
    line, known, unknown, alike = site.line(), [], [], True
    for sample in range(SAMPLES):
        # Rations are not what is measured: each try is the first.
        for table in ("attempt", "one_time_code"):
            site.data.execute(f"DELETE FROM {table}")
        site.data.commit()
        pair = [("known", KNOWN[sample % len(KNOWN)]), ("unknown", UNKNOWN[sample % len(UNKNOWN)])]
        random.Random(sample).shuffle(pair)
        said = {}
        for word, of in pair:
            fields = ask(of)
            took, status, body = site.post(line, path, fields)
            (known if word == "known" else unknown).append(took)
            said[word] = (status, plain(body, [value for value in fields.values() if value]))
        alike &= said["known"] == said["unknown"]
    report(name, known, unknown, alike)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [os.environ["QIFU365_BIN"], "--data", folder, "--listen", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1"],
            stdout=subprocess.PIPE, text=True)
        try:
            for text in server.stdout:
                found = re.search(r"http://([0-9.]+):(\d+)", text)
                if found:
                    break
            data = sqlite3.connect(f"{folder}/data.sqlite", timeout=30)
            site = Site(found[1], int(found[2]), data)
            begun = time.perf_counter()
            with ThreadPoolExecutor(3) as pool:
                list(pool.map(lambda of: register(site, of), KNOWN))
            print(f"{len(KNOWN)} accounts in {time.perf_counter() - begun:.0f} s")
            boxes = {"accept_agreement": VERSION, "accept_policy": VERSION}
            measure(site, "log-in with a wrong password", "/denglu",
                    lambda of: {"login": number(of), "password": "not it at all"})
            measure(site, "code for a new password", "/mima/chongzhi/yanzhengma", lambda of: {"phone": number(of)})
            measure(site, "code to register", "/zhuce/yanzhengma", lambda of: {"phone": number(of), **boxes})
            measure(site, "recovery with a wrong password", "/zhaohui/yanzhengma",
                    lambda of: {"login": number(of), "password": "not it at all", "phone": "100-0000-0099"})
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
