"""The encoders of wire format 1 as ../FORMAT.md lays them down, in plain Python: a second opinion on the Java ones.

Vectors are (dimension, support, coding, values) with support one of
("all",), ("listed", indices), ("seeded", count, seed), ("blocks", length, blocks).
"""
import math
import struct

CODINGS = {"float32": 0, "float64": 1, "bf16": 2, "natural": 3, "sign": 4, "log:4": 5, "log:5": 6, "log:6": 7, "log:7": 8, "log:8": 9}
MASK = (1 << 64) - 1


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def sealed(data):
    return data + struct.pack("<I", crc32c(data))


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = ((self.state ^ (self.state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        while True:
            bits = self.next() >> 1
            n = bits % bound
            if bits - n + bound - 1 < 1 << 63:
                return n


def draw(dimension, count, seed):
    random, chosen = SplitMix64(seed), set()
    for top in range(dimension - count, dimension):
        candidate = random.below(top + 1)
        chosen.add(top if candidate in chosen else candidate)
    return sorted(chosen)


class Bits:
    """Bits in the order they are written; the first is the lowest of the first byte."""

    def __init__(self):
        self.bits = []

    def put(self, value, width):
        self.bits += [value >> i & 1 for i in range(width)]

    def bytes(self):
        data = bytearray((len(self.bits) + 7) // 8)
        for i, bit in enumerate(self.bits):
            data[i // 8] |= bit << i % 8
        return bytes(data)


def bitmap(numbers, bound):
    data = bytearray((bound + 7) // 8)
    for n in numbers:
        data[n // 8] |= 1 << n % 8
    return bytes(data)


def divisor(parameter):
    return parameter if parameter < 4 else (4 + parameter % 4) << (parameter // 4 - 1)


def gaps_of(numbers):
    return [n - previous - 1 for previous, n in zip([-1] + numbers, numbers)]


def golomb_size(gaps, m):
    b = (m - 1).bit_length()
    c = (1 << b) - m
    return sum(g // m + 1 + (0 if m == 1 else b - 1 + (g % m >= c)) for g in gaps)


def golomb_parameter(gaps):
    power = min((2**s for s in range(31)), key=lambda m: (sum(g // m for g in gaps) + len(gaps) * m.bit_length(), m))
    near = [p for p in range(1, 120) if power < 2 * divisor(p) and divisor(p) < 2 * power]
    return min(near, key=lambda p: (golomb_size(gaps, divisor(p)), p))


def golomb(gaps, parameter):
    m, bits = divisor(parameter), Bits()
    b = (m - 1).bit_length()
    c = (1 << b) - m
    for g in gaps:
        bits.put(1 << g // m, g // m + 1)
        r = g % m
        if m > 1 and r < c:
            bits.put(r, b - 1)
        elif m > 1:
            bits.put((r + c) >> 1, b - 1)
            bits.put((r + c) & 1, 1)
    return bytes([parameter]) + bits.bytes()


def adaptive_parameter(gaps):
    median = sorted(gaps)[len(gaps) // 2] if gaps else 0
    return next((p for p in range(1, 120) if divisor(p) >= median), 119)


def adaptive(gaps, parameter):
    state, bits = 2 * parameter, Bits()
    for g in gaps:
        m = divisor(state // 2)
        w = max(0, (m - 1).bit_length() - 1)
        c = 1 if m == 1 else 2 ** (w + 1) - m
        u = (g // m).bit_length()
        bits.put(1 << u, u + 1)
        k = max(0, u - 1)
        r = g - (m * 2**k if u else 0)
        if r < c * 2**k:
            bits.put(r, w + k)
        else:
            bits.put((r + c * 2**k) >> 1, w + k)
            bits.put((r + c * 2**k) & 1, 1)
        state = min(238, state + 1) if u else max(2, state - 1)
    return bytes([parameter]) + bits.bytes()


def smallest(numbers, bound):
    """(0, bitmap), (1, gaps) or (2, adaptive gaps)"""
    gaps = gaps_of(numbers)
    choices = [golomb(gaps, golomb_parameter(gaps)), adaptive(gaps, adaptive_parameter(gaps))]
    choices.insert(0, bitmap(numbers, bound) if bound < 1 << 20 else bytes(1 << 20))
    best = min(choices, key=len)
    return choices.index(best), best


def index_section(dimension, support):
    """(id, bytes, count of values)"""
    kind = support[0]
    if kind == "all":
        return 0, b"", dimension
    if kind == "seeded":
        return 3, struct.pack("<Q", support[2]), support[1]
    if kind == "listed":
        choice, data = smallest(support[1], dimension)
        return (1, 2, 6)[choice], data, len(support[1])
    length, blocks = support[1], support[2]
    choice, data = smallest(blocks, -(-dimension // length))
    count = sum(min(length, dimension - b * length) for b in blocks)
    return (4, 5, 7)[choice], struct.pack("<I", length) + data, count


def log_powers(coding):
    """T(0), T(1), ... down to 2^-32, and what is nearest to 0 above it"""
    octave = [1.0]
    root = 0.5
    for _ in range(int(coding[-1]) - 3):
        root = math.sqrt(root)
        octave = [power * factor for power in octave for factor in (1.0, root)]
    return [power * 2.0**-o for o in range(33) for power in octave][: 32 * len(octave) + 1]


def to_float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def log_rounded(coding, values):
    powers = log_powers(coding)
    most = max(map(abs, values))
    largest = to_float32(most)

    def magnitude(v):
        if abs(v) == most:
            return largest
        level = sum(abs(v) / largest < (high + low) / 2 for high, low in zip(powers, powers[1:]))
        return 0.0 if level == len(powers) - 1 else largest * powers[level]

    return [math.copysign(magnitude(v), v) for v in values]


def huffman_lengths(counts):
    """{symbol: length} for {symbol: count}"""
    nodes = sorted((count, symbol, [symbol]) for symbol, count in counts.items())
    lengths = dict.fromkeys(counts, 0)
    merged = 1 << 20
    while len(nodes) > 1:
        (a, _, one), (b, _, other) = nodes[:2]
        for symbol in one + other:
            lengths[symbol] += 1
        nodes = sorted(nodes[2:] + [(a + b, merged, one + other)])
        merged += 1
    if max(lengths.values(), default=0) > 12:
        return huffman_lengths({symbol: (count + 1) // 2 for symbol, count in counts.items()})
    return lengths


def canonical(lengths):
    """{symbol: its code as a text of bits} for {symbol: length}"""
    codes, code, last = {}, 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in lengths.items()):
        code <<= length - last
        codes[symbol] = format(code, "b").zfill(length) if length else ""
        code, last = code + 1, length
    return codes


def code_table(lengths, symbols):
    text, last = "", 7
    for symbol in range(symbols):
        if symbol not in lengths:
            text += "0"
            continue
        n = lengths[symbol]
        text += {0: "10", -1: "110", 1: "1110"}.get(n - last) or "1111" + format(n, "04b")[::-1]
        last = n
    return text


def log_header(largest, levels):
    return struct.pack("<fH", largest, levels)


def log_bits(text):
    bits = Bits()
    for bit in text:
        bits.put(int(bit), 1)
    return bits.bytes()


def log_section(coding, values):
    largest = max(map(abs, values), default=0.0)
    powers = log_powers(coding)[:-1]
    levels = [None if v == 0 else [largest * power for power in powers].index(abs(v)) for v in values]
    used = 1 + max((level for level in levels if level is not None), default=-1)
    symbols = [used if level is None else level for level in levels]
    lengths = huffman_lengths({symbol: symbols.count(symbol) for symbol in set(symbols)})
    codes = canonical(lengths)
    text = code_table(lengths, used + 1)
    text += "".join(codes[s] + str(int(math.copysign(1, v) < 0)) for s, v in zip(symbols, values))
    return log_header(largest, used) + log_bits(text)


def value_section(coding, values):
    if coding.startswith("log:"):
        return log_section(coding, values)
    if coding in ("float32", "float64"):
        return struct.pack("<%d%s" % (len(values), "f" if coding == "float32" else "d"), *values)
    if coding == "bf16":
        return b"".join(struct.pack("<f", v)[2:] for v in values)
    if coding == "natural":
        exponents = [math.frexp(v)[1] - 1 for v in values if v != 0]
        largest = max(exponents, default=0)
        codes = [127 if v == 0 else largest - math.frexp(v)[1] + 1 + (128 if v < 0 else 0) for v in values]
        return struct.pack("<h", largest) + bytes(codes)
    bits = Bits()
    for v in values:
        bits.put(int(math.copysign(1, v) < 0), 1)
    return struct.pack("<f", abs(values[0]) if values else 0) + bits.bytes()


def frame(dimension, support, coding, values):
    index_id, indices, count = index_section(dimension, support)
    assert count == len(values), (count, len(values))
    header = b"\xe7F\x01\x00" + struct.pack("<BII", CODINGS[coding] << 4 | index_id, dimension, count)
    return sealed(header + indices + value_section(coding, values))


def message_header(sequence, previous, samples, loss=None, gradient_norm=None, smoothness=None, metrics=()):
    figures = [loss, gradient_norm, smoothness]
    flags = sum(1 << i for i, v in enumerate(figures) if v is not None)
    data = b"\xe7M\x01" + struct.pack("<BqQq", flags, sequence, previous, samples)
    data += b"".join(struct.pack("<d", v) for v in figures if v is not None)
    data += bytes([len(metrics)])
    for name, value in metrics:
        data += bytes([len(name)]) + name.encode() + struct.pack("<d", value)
    return sealed(data)


def update(round, retained, factor, divisors, changes, size=None):
    data = frame(*changes)
    total = 24 + 8 * len(divisors) + 4 + len(data) if size is None else size
    header = b"\xe7U\x01" + struct.pack("<BIIdI", int(retained), total, round, factor, len(divisors))
    return sealed(header + struct.pack("<%dd" % len(divisors), *divisors)) + data


def replica(round, x, total):
    doubles = any(struct.unpack("<f", struct.pack("<f", v))[0] != v for v in x)
    has_sum = any(struct.pack("<d", v) != bytes(8) for v in total)
    data = b"\xe7R\x01" + struct.pack("<BII", doubles | has_sum << 1, round, len(x))
    data += struct.pack("<%d%s" % (len(x), "d" if doubles else "f"), *x)
    return sealed(data + (struct.pack("<%dd" % len(x), *total) if has_sum else b""))
