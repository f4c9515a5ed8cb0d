#!/usr/bin/env python3
"""Make src/stats/dga_table.c and print the held-out rates.

    tests/train/dga_train.py --benign alexa.tsv.gz [--attack dga.tsv.gz]
                             [--out src/stats/dga_table.c]

The benign list gives a trigram model (part of it), the weights of a logistic
regression (another part) and false positive rates (the rest).  The positive
examples are made here, by families of generators of our own.  Files are
TSV (gzip) whose last column is a domain name.  Only the standard library;
the same input gives the same table, byte for byte.
"""
import argparse
import gzip
import hashlib
import math
import random

SYMBOLS = "abcdefghijklmnopqrstuvwxyz0123456789-"  # and the border
BORDER = len(SYMBOLS)
SIZE = BORDER + 1
VOWELS = set("aeiou")
SCALE = 16  # quantised units a bit
SECOND = {"co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go",
          "gob", "gouv", "mil", "in", "web"}
HOSTS = {"blogspot", "wordpress", "tumblr", "github", "cloudfront"}
FEATURES = ["one", "bits", "excess", "worst", "length", "digits", "vowels",
            "run", "entropy", "switches", "hex"]

WORDS = """apple river stone green market cloud table winter silver garden
summer bridge window orange paper forest little golden yellow monday travel
animal doctor engine father flower friend ground island kitchen letter
minute morning mother number office parent people picture police question
reason school season sister street student teacher thought thunder traffic
village weather woman work writer yesterday bottle camera castle circle
coffee corner cotton dinner dragon family farmer finger guitar hammer jacket
leader lesson mirror monkey music needle number ocean pencil planet pocket
potato rabbit ribbon rocket saddle sailor secret shadow shelter soldier
spider spirit spring square station sugar sunset temple ticket tiger tower
tunnel valley velvet violin wagon water whistle wonder""".split()


def label_of(name):
    parts = name.strip().lower().rstrip(".").split(".")
    if len(parts) < 2:
        return parts[0]
    at = len(parts) - 2
    if at > 0 and parts[at] in SECOND and len(parts[-1]) == 2:
        at -= 1
    return parts[at]


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    seen = set()
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            label = label_of(line.rstrip("\n").split("\t")[-1])
            if label and not label.startswith("xn--") and label not in HOSTS:
                seen.add(label)
    return sorted(seen)


def part(label):
    """A stable number in [0, 1) for splitting."""
    return int(hashlib.sha256(label.encode()).hexdigest()[:8], 16) / 2**32


def indices(label):
    return [SYMBOLS.find(c) if c in SYMBOLS else SYMBOLS.index("-")
            for c in label]


# --- the trigram model ------------------------------------------------------
def trigram_table(labels):
    """-log2 P(c | a, b), interpolated Witten-Bell, quantised to a byte."""
    one = [0.1] * SIZE
    two = [dict() for _ in range(SIZE)]
    three = {}
    for label in labels:
        ids = [BORDER, BORDER] + indices(label) + [BORDER]
        for a, b, c in zip(ids, ids[1:], ids[2:]):
            one[c] += 1
            two[b][c] = two[b].get(c, 0) + 1
            cell = three.setdefault((a, b), {})
            cell[c] = cell.get(c, 0) + 1
    total = sum(one)
    table = []
    for a in range(SIZE):
        for b in range(SIZE):
            cell, pair = three.get((a, b), {}), two[b]
            n3, k3 = sum(cell.values()), len(cell)
            n2, k2 = sum(pair.values()), len(pair)
            for c in range(SIZE):
                p = one[c] / total
                if n2:
                    p = (pair.get(c, 0) + k2 * p) / (n2 + k2)
                if n3:
                    p = (cell.get(c, 0) + k3 * p) / (n3 + k3)
                bits = -math.log2(max(p, 1e-9))
                table.append(min(255, round(bits * SCALE)))
    return table


# --- the features: dga.c computes the same ---------------------------------
def features(table, label):
    n = len(label)
    ids = [BORDER, BORDER] + indices(label) + [BORDER]
    bits = [table[(a * SIZE + b) * SIZE + c] / SCALE
            for a, b, c in zip(ids, ids[1:], ids[2:])]
    worst = sorted(bits, reverse=True)[:3]
    digits = sum(c.isdigit() for c in label)
    letters = sum("a" <= c <= "z" for c in label)
    vowels = sum(c in VOWELS for c in label)
    run = longest = 0
    for c in label:
        run = run + 1 if "a" <= c <= "z" and c not in VOWELS else 0
        longest = max(longest, run)
    counts = {}
    for c in label:
        counts[c] = counts.get(c, 0) + 1
    entropy = -sum(k / n * math.log2(k / n) for k in counts.values())
    switches = sum(x.isdigit() != y.isdigit() for x, y in zip(label, label[1:]))
    ishex = all(c in "0123456789abcdef" for c in label)
    mean = sum(bits) / len(bits)
    return [
        1.0,
        mean,
        sum(x - 4.5 for x in bits) / 10,
        sum(worst) / len(worst),
        math.log2(n),
        digits / n,
        vowels / letters if letters else 0.0,
        min(longest, 8) / 4,
        entropy / math.log2(n) if n > 1 else 0.0,
        min(switches, 8) / 4,
        1.0 if ishex and n >= 8 and digits else 0.0,
    ]


# --- generators of our own --------------------------------------------------
def letters(r):
    return "".join(r.choice(SYMBOLS[:26]) for _ in range(r.randint(8, 22)))


def short_letters(r):
    return "".join(r.choice(SYMBOLS[:26]) for _ in range(r.randint(6, 8)))


def hexadecimal(r):
    return "%0*x" % (n := r.choice([8, 10, 12, 16, 24, 32]), r.getrandbits(4 * n))


def lcg(r):
    """A linear congruential walk over consonants with a rare vowel."""
    x, out = r.getrandbits(31), []
    for _ in range(r.randint(7, 14)):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        out.append("bcdfghjklmnpqrstvwxzaeiouy"[(x >> 12) % 23])
    return "".join(out)


def base32(r):
    return "".join(r.choice("abcdefghijklmnopqrstuvwxyz234567")
                   for _ in range(r.randint(12, 28)))


def alphanumeric(r):
    return "".join(r.choice(SYMBOLS[:36]) for _ in range(r.randint(9, 24)))


def pronounceable(r):
    return "".join(r.choice("bcdfghjklmnprstvwz") + r.choice("aeiouy")
                   for _ in range(r.randint(4, 8)))


def dictionary(r):
    return r.choice(WORDS) + r.choice(WORDS)


TRAINED = [letters, hexadecimal, lcg, base32, alphanumeric, short_letters]
UNSEEN = [pronounceable, dictionary]


def generate(families, count, seed):
    r = random.Random(seed)
    return [families[i % len(families)](r) for i in range(count)]


# --- logistic regression by Newton's method ---------------------------------
def solve(a, b):
    n = len(b)
    m = [row[:] + [v] for row, v in zip(a, b)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(m[k][i]))
        m[i], m[pivot] = m[pivot], m[i]
        for k in range(n):
            if k != i:
                f = m[k][i] / m[i][i]
                m[k] = [x - f * y for x, y in zip(m[k], m[i])]
    return [m[i][n] / m[i][i] for i in range(n)]


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def fit(rows, rounds=12, ridge=1.0):
    n = len(rows[0][0])
    w = [0.0] * n
    for _ in range(rounds):
        g = [-ridge * x for x in w]
        h = [[ridge if i == j else 0.0 for j in range(n)] for i in range(n)]
        for x, y, weight in rows:
            p = sigmoid(sum(a * b for a, b in zip(w, x)))
            e, v = weight * (y - p), weight * p * (1 - p)
            for i in range(n):
                g[i] += e * x[i]
                vi = v * x[i]
                hi = h[i]
                for j in range(i, n):
                    hi[j] += vi * x[j]
        for i in range(n):
            for j in range(i):
                h[i][j] = h[j][i]
        step = solve(h, g)
        w = [a + b for a, b in zip(w, step)]
        if max(abs(s) for s in step) < 1e-6:
            break
    return w


# --- the report and the table -----------------------------------------------
def rates(name, table, w, labels):
    p = [sigmoid(sum(a * b for a, b in zip(w, features(table, x))))
         for x in labels]
    over = ["%7.3f %%" % (100 * sum(v > t for v in p) / len(p))
            for t in (0.5, 0.9, 0.98)]
    print("| %-38s | %6d | %s |" % (name, len(p), " | ".join(over)))
    return p


def write(path, table, w):
    with open(path, "w") as out:
        out.write("/*\n * Generated by tests/train/dga_train.py; see "
                  "docs/dga-table.md.  Numbers\n * derived from a list, not "
                  "the list.\n */\n/* clang-format off */\n"
                  "#include \"stats/dga.h\"\n\n")
        out.write("const double dga_weight[DGA_FEATURES] = {\n")
        for name, x in zip(FEATURES, w):
            out.write("\t%.6f, /* %s */\n" % (x, name))
        out.write("};\n\nconst unsigned char dga_bits[DGA_SYMBOLS * "
                  "DGA_SYMBOLS * DGA_SYMBOLS] = {\n")
        row = 2 * SIZE
        for i in range(0, len(table), row):
            out.write(",".join(map(str, table[i:i + row])) + ",\n")
        out.write("};\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--benign", required=True)
    ap.add_argument("--attack")
    ap.add_argument("--out")
    args = ap.parse_args()
    benign = read(args.benign)
    model = [x for x in benign if part(x) < 0.5]
    weigh = [x for x in benign if 0.5 <= part(x) < 0.7]
    held = [x for x in benign if part(x) >= 0.7]
    table = trigram_table(model)
    bad = generate(TRAINED, len(weigh), 1)
    rows = [(features(table, x), 0.0, 1.0) for x in weigh]
    rows += [(features(table, x), 1.0, 1.0) for x in bad]
    w = [round(x, 6) for x in fit(rows)]
    print("| set | names | p > 0.5 | p > 0.9 | p > 0.98 |")
    print("|---|---|---|---|---|")
    rates("benign, held-out 30 %", table, w, held)
    for family in TRAINED:
        rates("own generator: " + family.__name__.replace("_", " "), table, w,
              generate([family], 5000, 2))
    for family in UNSEEN:
        rates("not trained on: " + family.__name__, table, w,
              generate([family], 5000, 2))
    if args.attack:
        rates("published DGA names, never trained on", table, w,
              read(args.attack))
    if args.out:
        write(args.out, table, w)
        print("\n%d labels for the table, %d for the weights, %d held out; "
              "%d bytes" % (len(model), len(weigh), len(held), len(table)))


if __name__ == "__main__":
    main()
