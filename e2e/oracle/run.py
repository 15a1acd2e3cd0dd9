"""Numbers of persons (GB 11643) and enterprises (GB 32100): what our program says beside python-stdnum.

Both ways, 100,000 of each kind: numbers that our program made (half of them with a slip) judged by
python-stdnum, and numbers made with python-stdnum's own check digits judged by ours. Every difference
must be one of those named here, and each of those must occur: a reason that explains nothing is none.
"""
import os
import random
import subprocess
import sys
from collections import Counter

from stdnum import numdb
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength

COUNT = 100_000
OURS = os.environ["QIFU365_IDENTIFIERS"]

# What our program says, by what python-stdnum says. The region of a number is a hint for us and never a
# reason to refuse; days to come and ages above 130 are none; authorities and kinds are those of the
# standard's table, among them letters.
EXPLAINED = {
    ("id", "ok", "InvalidComponent"): "the region is in no table, or was not there in that year: a hint for us",
    ("id", "id_date", "InvalidComponent"): "the day does not exist: both refuse",
    ("id", "id_date", "ok"): "a day to come, or more than 130 years ago",
    ("id", "id_date", "InvalidChecksum"): "both refuse; we look at the day first",
    ("id", "id_characters", "InvalidFormat"): "both refuse",
    ("id", "id_length", "InvalidLength"): "both refuse",
    ("id", "id_check", "InvalidChecksum"): "both refuse",
    ("id", "id_characters", "InvalidChecksum"): "both refuse; a letter other than X in the last place",
    ("code", "credit_code_check", "InvalidChecksum"): "both refuse",
    ("code", "credit_code_length", "InvalidLength"): "both refuse",
    ("code", "credit_code_characters", "InvalidFormat"): "both refuse",
    ("code", "credit_code_kind", "InvalidChecksum"): "both refuse; we look at authority and kind first",
    ("code", "credit_code_kind", "InvalidFormat"): "both refuse",
    ("code", "credit_code_kind", "ok"): "no authority or kind of the standard's table",
    ("code", "ok", "InvalidFormat"): "an authority whose sign is a letter (Y)",
    ("code", "credit_code_check", "InvalidFormat"): "both refuse; a letter among the first eight signs",
}
# Those that must be met in a run: where one is not, it explains nothing.
MET = [("id", "ok", "ok"), ("code", "ok", "ok"), *EXPLAINED]


def oracle(kind, text):
    validate = ric.validate if kind == "id" else uscc.validate
    try:
        validate(text)
        return "ok"
    except (InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength) as error:
        return type(error).__name__
    except ValueError:
        return "InvalidFormat"


def check_digit_agrees(kind, text, ours):
    """Whatever else is said: a number of the right shape has the check digit, or has not, for both."""
    if kind == "id" and len(text) == 18 and text[:17].isdigit() and ours in ("ok", "id_check"):
        return (ric.calc_check_digit(text) == text[17]) == (ours == "ok")
    if kind == "code" and len(text) == 18 and ours in ("ok", "credit_code_check"):
        return (uscc.calc_check_digit(text[:17]) == text[17]) == (ours == "ok")
    return True


def compare(name, lines):
    seen, wrong = Counter(), []
    for line in lines:
        kind, text, ours = line.split()
        theirs = oracle(kind, text)
        seen[kind, ours, theirs] += 1
        fine = (ours == theirs == "ok") or (kind, ours, theirs) in EXPLAINED
        if not fine or not check_digit_agrees(kind, text, ours):
            wrong.append(f"{kind} {text}: ours {ours}, theirs {theirs}")
    print(f"{name}: {sum(seen.values())} numbers")
    for (kind, ours, theirs), count in sorted(seen.items()):
        reason = EXPLAINED.get((kind, ours, theirs), "agreed")
        print(f"  {count:7} {kind:4} ours {ours:24} theirs {theirs:16} {reason}")
    return seen, wrong


def regions(dice):
    """Counties of the validator's own table, as six digits."""
    found = set()

    def walk(prefixes, before):
        for length, low, high, _, children in prefixes:
            for value in range(int(low), int(high) + 1):
                here = before + str(value).zfill(length)
                if len(here) == 6:
                    found.add(here)
                elif len(here) < 6:
                    walk(children, here)

    walk(numdb.get("cn/loc").prefixes, "")
    whole = sorted(found)
    return [dice.choice(whole) for _ in range(400)]


def made_by_them():
    dice = random.Random(365)
    places = regions(dice)
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for number in range(COUNT):
        day = f"{dice.randint(1890, 2040)}{dice.randint(1, 12):02}{dice.randint(1, 31):02}"
        body = dice.choice(places) + day + f"{dice.randint(0, 999):03}"
        text = body + ric.calc_check_digit(body + "0")
        if number % 2:
            at = dice.randrange(18)
            text = text[:at] + dice.choice("0123456789X") + text[at + 1:]
        yield f"id {text}"
        body = dice.choice("123456789") + dice.choice("1239") + dice.choice(places)
        body += "".join(dice.choice(alphabet) for _ in range(9))
        text = body + uscc.calc_check_digit(body)
        if number % 2:
            at = dice.randrange(18)
            text = text[:at] + dice.choice(alphabet) + text[at + 1:]
        yield f"code {text}"


def main():
    ours = subprocess.run([OURS, "generate", str(COUNT)], check=True, capture_output=True, text=True)
    seen, wrong = compare("made by us, judged by python-stdnum", ours.stdout.splitlines())
    asked = "\n".join(made_by_them()) + "\n"
    judged = subprocess.run([OURS, "judge"], input=asked, check=True, capture_output=True, text=True)
    more, also = compare("made with python-stdnum, judged by us", judged.stdout.splitlines())
    seen.update(more)
    wrong += also
    missing = [entry for entry in MET if not seen[entry]]
    for line in wrong[:20]:
        print("DIFFERENT", line)
    for entry in missing:
        print("NEVER MET", entry)
    failed = bool(wrong) + bool(missing)
    print(f"{2 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
