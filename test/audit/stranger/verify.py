#!/usr/bin/env python3
"""A verifier of wideline-audit/1 files, written from docs/audit-format.md alone.

verify.py FILE... --key VERIFIER-KEY... [--checkpoint FILE]
verify.py --batch     reads cases from standard input, one a line, as JSON:
                      {"files": [path], "keys": [verifier key], "checkpoint": path or null}

Prints a verdict for each case. Exit codes: 0 valid, 1 tampered with, 2 unanchored, 64 wrong usage.
"""
import base64
import binascii
import hashlib
import json
import math
import os
import re
import sys

try:
    if os.environ.get('VERIFY_PURE'):
        raise ImportError
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

# --- Ed25519 (RFC 8032) ---------------------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(data):
    """Decodes 32 bytes as a point of the curve in extended coordinates, or gives None."""
    y = int.from_bytes(data, 'little')
    sign = y >> 255
    y &= (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(n, p):
    r = (0, 1, 1, 0)
    while n:
        if n & 1:
            r = add(r, p)
        p = add(p, p)
        n >>= 1
    return r


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


def pure_ed25519(public, signature, message):
    a = point(public)
    s = int.from_bytes(signature[32:], 'little')
    if a is None or s >= Q or len(signature) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), 'little') % Q
    x, y, z, _ = add(multiply(s, BASE), multiply(k, (P - a[0], a[1], 1, P - a[3])))
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, 'little') == signature[:32]


def ed25519(public, signature, message):
    if Ed25519PublicKey is None:
        return pure_ed25519(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


# --- Forms (sections 1 and 3) -----------------------------------------------------------------------


class Malformed(Exception):
    """A record that is not of the form of this format."""


class Broken(Exception):
    """A line that breaks a rule of this format."""


PREFIX = b'{"@audit":"'
MAX_LINE = 16_777_216
MAX_MARKS = 16_384
REASONS = ('start', 'lines', 'time', 'request', 'close', 'seal', 'key')
SIZES = {'sha256': 32, 'sha512': 64}
NO_NAME = re.compile('[+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ufffd]')


def need(condition, what='form'):
    if not condition:
        raise Malformed(what)


def utf8(text):
    try:
        return text.encode('utf-8')
    except UnicodeEncodeError:
        raise Malformed('no UTF-8') from None


def count(value):
    need(type(value) is int and 0 <= value <= 2**53 - 1, 'count')
    return value


def count_of(text):
    need(re.fullmatch(r'0|[1-9][0-9]{0,15}', text, re.A), 'count')
    return count(int(text))


def time(text):
    need(isinstance(text, str), 'time')
    m = re.fullmatch(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z', text, re.A)
    need(m, 'time')
    year, month, day, hour, minute, second = map(int, m.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    need(1 <= month <= 12 and hour < 24 and minute < 60 and second < 60, 'time')
    need(1 <= day <= (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1], 'time')


def from64(text):
    need(isinstance(text, str), 'base64')
    try:
        data = base64.b64decode(text.encode('ascii'), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed('base64') from None
    need(base64.b64encode(data).decode() == text, 'base64')
    return data


def to64(data):
    return base64.b64encode(data).decode()


def origin(text):
    need(isinstance(text, str) and 1 <= len(utf8(text)) <= 255, 'origin')
    need(not any(c < ' ' or c == '\ufffd' for c in text) and text[0] not in ' \u2014', 'origin')


def name(text):
    need(1 <= len(utf8(text)) <= 255 and not NO_NAME.search(text), 'name')


def verifier_key(text):
    """Gives (name, key ID in hex, public key)."""
    need(isinstance(text, str), 'verifier key')
    parts = text.split('+', 2)
    need(len(parts) == 3, 'verifier key')
    name(parts[0])
    data = from64(parts[2])
    need(len(data) == 33 and data[0] == 1, 'verifier key')
    key_id = hashlib.sha256(utf8(parts[0]) + b'\n' + data).hexdigest()[:8]
    need(parts[1] == key_id, 'key ID')
    return (parts[0], key_id, data[1:])


# --- JSON as ECMAScript writes it -------------------------------------------------------------------

ESCAPES = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t'}


def string(text):
    return '"' + re.sub(
        '["\\\\\x00-\x1f\ud800-\udfff]', lambda m: ESCAPES.get(m[0]) or '\\u%04x' % ord(m[0]), text
    ) + '"'


def number(value):
    value = float(value)
    if not math.isfinite(value):
        return 'null'
    if value == 0:
        return '0'
    sign, digits, exponent = re.fullmatch(r'(-?)(\d+(?:\.\d+)?)(?:e([+-]\d+))?', repr(value)).groups()
    whole, _, part = digits.partition('.')
    n = len(whole) + int(exponent or 0)
    digits = whole + part
    stripped = digits.lstrip('0')
    n -= len(digits) - len(stripped)
    digits = stripped.rstrip('0')
    k = len(digits)
    if k <= n <= 21:
        return sign + digits + '0' * (n - k)
    if 0 < n <= 21:
        return sign + digits[:n] + '.' + digits[n:]
    if -6 < n <= 0:
        return sign + '0.' + '0' * -n + digits
    power = ('+' if n > 0 else '-') + str(abs(n - 1))
    return sign + digits[0] + ('.' + digits[1:] if k > 1 else '') + 'e' + power


def is_index(key):
    return re.fullmatch(r'0|[1-9][0-9]{0,9}', key, re.A) is not None and int(key) < 2**32 - 1


def stringify(value):
    if value is None:
        return 'null'
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, str):
        return string(value)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, list):
        return '[' + ','.join(stringify(v) for v in value) + ']'
    keys = sorted((k for k in value if is_index(k)), key=int) + [k for k in value if not is_index(k)]
    return '{' + ','.join(string(k) + ':' + stringify(value[k]) for k in keys) + '}'


def no_constant(text):
    raise ValueError(text)


def parse_int(text):
    return int(text) if len(text) < 300 else float(text)


def parse(line):
    """Gives the record that a line holds, or raises Malformed."""
    try:
        text = line.decode('utf-8')
        record = json.loads(text, parse_int=parse_int, parse_constant=no_constant)
        same = stringify(record) == text
    except (ValueError, RecursionError, OverflowError):
        raise Malformed('no JSON') from None
    need(same, 'no serialisation')
    check = RECORDS.get(record['@audit'])
    need(check, 'unknown record')
    check[1](record) if list(record) == check[0] else need(False, 'members')
    return record


def check_header(r):
    need(r['format'] == 'wideline-audit/1' and r['algorithm'] in ('sha256', 'sha512'))
    origin(r['origin'])
    need(isinstance(r['file'], str) and re.fullmatch('[0-9a-f]{32}', r['file']))
    need(count(r['sequence']) >= 1)
    time(r['time'])
    verifier_key(r['key'])
    p = r['previous']
    if r['sequence'] == 1:
        need(p is None)
    else:
        need(isinstance(p, dict) and list(p) == ['file', 'lines', 'head'])
        need(isinstance(p['file'], str) and re.fullmatch('[0-9a-f]{32}', p['file']))
        count(p['lines'])
        need(len(from64(p['head'])) in (32, 64))
    need(isinstance(r['metadata'], dict))
    for value in r['metadata'].values():
        need(isinstance(value, (str, int, float)))


def check_cut(r):
    count(r['line'])
    need(r['reason'] in REASONS)
    need(len(from64(r['marks'])) % 4 == 0)


def check_resume(r):
    count(r['line'])
    time(r['time'])
    need(isinstance(r['cause'], str) and re.fullmatch('[A-Za-z0-9_]{1,32}', r['cause']))
    for member in ('known', 'damaged', 'torn', 'lost'):
        count(r[member])
    need(r['damaged'] or not r['torn'], 'torn')


def check_line(r):
    from64(r['base64'])


def check_checkpoint(r):
    need(isinstance(r['note'], str))
    r['parsed'] = Note(r['note'])


class Note:
    """A checkpoint as section 3 has it."""

    def __init__(self, note, held=False):
        utf8(note)
        text, empty, signatures = note.partition('\n\n')
        need(empty and signatures.endswith('\n'), 'note')
        self.text = utf8(text + '\n')
        lines = text.split('\n')
        need(len(lines) >= 11, 'note')

        def after(index, start):
            need(lines[index].startswith(start), 'note')
            return lines[index][len(start):]

        self.origin = lines[0]
        origin(self.origin)
        self.size = count_of(lines[1])
        self.head = from64(lines[2])
        self.algorithm = after(3, 'wideline-audit/1 checkpoint ')
        need(self.algorithm in SIZES, 'algorithm')
        need(len(self.head) == SIZES[self.algorithm], 'head')
        m = re.fullmatch('file ([0-9a-f]{32}) ([^ ]*)', lines[4])
        need(m, 'file')
        self.file, self.sequence = m[1], count_of(m[2])
        self.bytes = count_of(after(5, 'bytes '))
        self.cut = from64(after(6, 'cut '))
        need(len(self.cut) == SIZES[self.algorithm], 'cut')
        previous = after(7, 'previous ')
        self.previous = None if previous == 'none' else from64(previous)
        need(previous == 'none' or len(self.previous) == SIZES[self.algorithm], 'previous')
        self.key = after(8, 'key ')
        key_name, plus, key_id = self.key.partition('+')
        name(key_name)
        need(re.fullmatch('[0-9a-f]{8}', key_id), 'key')
        time(after(9, 'time '))
        self.reason = after(10, 'reason ')
        need(self.reason in REASONS, 'reason')
        need(len(lines) == (12 if self.reason == 'key' else 11), 'note')
        self.next = after(11, 'next ') if self.reason == 'key' else None
        signers = [(key_name, key_id)]
        if self.next is not None:
            signers.append(verifier_key(self.next)[:2])
        rows = signatures[:-1].split('\n')
        if held:
            need(len(rows) <= 64 and len(utf8(note)) <= 65_536, 'size')
            # Whoever keeps a checkpoint may have had it signed by others too.
            self.signatures = [signature_line(row) for row in rows]
            return
        need(len(rows) == len(signers), 'signatures')
        self.signatures = []
        for row, signer in zip(rows, signers):
            signature = signature_line(row)
            need(signature[:2] == signer, 'signature')
            self.signatures.append(signature[2])


def signature_line(row):
    """Gives (name, key ID in hex, signature)."""
    parts = row.split(' ')
    need(len(parts) == 3 and parts[0] == '\u2014', 'signature line')
    need(parts[1] and not NO_NAME.search(parts[1]), 'signature line')
    data = from64(parts[2])
    need(len(data) > 4, 'signature line')
    return (parts[1], data[:4].hex(), data[4:])


RECORDS = {
    'header': (
        ['@audit', 'format', 'algorithm', 'origin', 'file', 'sequence', 'time', 'key', 'previous', 'metadata'],
        check_header,
    ),
    'cut': (['@audit', 'line', 'reason', 'marks'], check_cut),
    'checkpoint': (['@audit', 'note'], check_checkpoint),
    'resume': (['@audit', 'line', 'time', 'cause', 'known', 'damaged', 'torn', 'lost'], check_resume),
    'line': (['@audit', 'base64'], check_line),
}

# --- Files (sections 2, 4, 5 and 6) -----------------------------------------------------------------


def mark(line):
    value = 2166136261
    for byte in line:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value.to_bytes(4, 'big')


class File:
    """Walks through one file, and raises Broken at the first line that breaks a rule."""

    def __init__(self, data, trusted):
        self.trusted = trusted
        *self.lines, self.torn = data.split(b'\n')
        self.header = None
        self.turn = None  # the verifier key whose turn it is
        self.good = {}  # text of each good checkpoint -> (whether it stands directly after its cut, its line)
        self.sealed = None  # None, 'cut' or 'checkpoint'
        self.head = self.seal_line = None

    def walk(self):
        if len(self.torn) > MAX_LINE:
            raise Broken('the torn line is too long')
        if not self.lines:
            return
        self.kinds = [None] * len(self.lines)
        first = self.record(1)
        if not isinstance(first, dict) or first['@audit'] != 'header':
            raise Broken('line 1 is no header')
        self.header = first
        self.turn = first['key']
        self.hash = lambda data: hashlib.new(first['algorithm'], data).digest()
        self.head = self.hash(b'wideline-audit/1 start\n')
        self.new_segment()
        self.cut = None  # the last cut, if a checkpoint may still sign it
        self.signed = 0  # line of the last signed cut
        self.previous = None  # digest of the last checkpoint's text
        self.bytes = 0
        marks_from = 0
        number = 1
        while number <= len(self.lines):
            if number > 1:
                number = self.step(number)
            else:
                self.take(1)
            number += 1

    def record(self, number):
        """Gives a record as a dict, None for an entry, or the Malformed for a malformed record."""
        line = self.lines[number - 1]
        if not line.startswith(PREFIX):
            return None
        if self.kinds[number - 1] is None:
            try:
                self.kinds[number - 1] = parse(line)
            except Malformed as malformed:
                self.kinds[number - 1] = malformed
        return self.kinds[number - 1]

    def new_segment(self):
        self.segment = hashlib.new(self.header['algorithm'], b'wideline-audit/1 segment\n' + self.head)

    def take(self, number):
        """Takes a line into the chain."""
        line = self.lines[number - 1]
        if len(line) > MAX_LINE:
            raise Broken(f'line {number} is too long')
        self.segment.update(len(line).to_bytes(4, 'big') + line)
        self.bytes += len(line) + 1

    def step(self, number):
        record = self.record(number)
        if self.sealed == 'checkpoint':
            raise Broken(f'line {number} follows a sealed file')
        if isinstance(record, Malformed):
            return self.damage(number, record)
        kind = record and record['@audit']
        if self.sealed == 'cut' and record is None:
            return self.damage(number, 'an entry that follows a seal')
        if self.sealed == 'cut' and kind not in ('checkpoint', 'resume'):
            raise Broken(f'line {number} follows a seal')
        self.take(number)
        if kind == 'header':
            raise Broken(f'line {number} is a second header')
        if kind == 'cut':
            self.on_cut(number, record)
        if kind == 'checkpoint':
            self.on_checkpoint(number, record['parsed'])
        if kind == 'resume':
            self.on_resume(number, record, 0)
        return number

    def damage(self, number, malformed):
        """Looks for the resume that declares a malformed record as damage. Gives the number of its line."""
        for at in range(number + 1, len(self.lines) + 1):
            record = self.record(at)
            if isinstance(record, dict) and record['@audit'] == 'checkpoint' and self.is_newer(record['parsed']):
                break
            if isinstance(record, dict) and record['@audit'] == 'resume':
                if record['damaged'] == number:
                    for line in range(number, at + 1):
                        self.take(line)
                    self.on_resume(at, record, number)
                    return at
        raise Broken(f'line {number} is damaged: {malformed}')

    def is_newer(self, note):
        """Whether the writer signed this after the last checkpoint: then it signed what it says is damaged."""
        return note.size > self.signed and self.is_signed(note)

    def is_signed(self, note):
        key_name, key_id, _ = verifier_key(self.turn)
        keys = [self.turn] if note.next is None else [self.turn, note.next]
        return (
            self.turn in self.trusted
            and note.key == f'{key_name}+{key_id}'
            and all(ed25519(verifier_key(key)[2], s, note.text) for key, s in zip(keys, note.signatures))
        )

    def on_resume(self, number, record, damaged):
        if record['line'] != number:
            raise Broken(f'line {number} has a wrong number')
        if not self.signed <= record['known'] < number:
            raise Broken(f'line {number} has a wrong known')
        last = self.lines[number - 2]
        if record['torn'] not in (0, len(last)):
            raise Broken(f'line {number} has a wrong torn')
        if record['damaged'] != damaged:
            # No malformed record was found, so it is a torn entry on the line before, or the rule is broken.
            if record['damaged'] != number - 1 or self.record(number - 1) is not None or record['torn'] == 0:
                raise Broken(f'line {number} has a wrong damaged')
        self.cut = None
        self.sealed = None

    def on_cut(self, number, record):
        if record['line'] != number:
            raise Broken(f'line {number} has a wrong number')
        covered = range(self.signed + 1, number)
        marks = b''
        if len(covered) <= MAX_MARKS:
            marks = b''.join(mark(self.lines[n - 1]) for n in covered)
        if from64(record['marks']) != marks:
            raise Broken(f'line {number} has wrong marks')
        self.head = self.segment.digest()
        self.new_segment()
        self.cut = {
            'line': number,
            'reason': record['reason'],
            'bytes': self.bytes,
            'digest': self.hash(b'wideline-audit/1 cut\n' + self.lines[number - 1]),
        }
        if record['reason'] == 'seal':
            self.sealed = 'cut'
            self.seal_line = number

    def on_checkpoint(self, number, note):
        cut, header = self.cut, self.header
        if cut is None:
            raise Broken(f'line {number} signs no cut')
        same = (
            note.origin == header['origin']
            and note.size == cut['line']
            and note.head == self.head
            and note.algorithm == header['algorithm']
            and note.file == header['file']
            and note.sequence == header['sequence']
            and note.bytes == cut['bytes']
            and note.cut == cut['digest']
            and note.previous == self.previous
            and note.reason == cut['reason']
        )
        if not same:
            raise Broken(f'line {number} differs from what it signs')
        if not self.is_signed(note):
            raise Broken(f'line {number} has a wrong key or signature')
        if note.next is not None:
            self.trusted.add(note.next)
            self.turn = note.next
        self.previous = self.hash(b'wideline-audit/1 checkpoint\n' + note.text)
        self.signed = cut['line']
        self.good[note.text] = (number == cut['line'] + 1, number)
        self.cut = None
        if self.sealed:
            self.sealed = 'checkpoint'
            if self.torn:
                raise Broken('a torn line follows a sealed file')


def held_is_signed(note, trusted):
    return any(
        signature[:2] == key[:2] and ed25519(key[2], signature[2], note.text)
        for key in map(verifier_key, trusted)
        for signature in note.signatures
        if len(signature[2]) == 64
    )


def verify(files, keys, held=None):
    """Gives ('valid' | 'tampered' | 'unanchored' | 'unusable', why)."""
    try:
        need(keys, 'no key')
        for key in keys:
            verifier_key(key)
        note = None if held is None else Note(held.decode('utf-8'), held=True)
    except (Malformed, UnicodeDecodeError) as error:
        return ('unusable', f'a key or the held checkpoint is of no known form: {error}')
    trusted = set(keys)
    walked = []
    for index, data in enumerate(files):
        file = File(data, trusted)
        where = f'file {index + 1}: '
        try:
            file.walk()
        except Broken as broken:
            return ('tampered', where + str(broken))
        if walked and file.header:
            before, header = walked[-1], file.header
            previous = {'file': before.header['file'], 'lines': before.seal_line, 'head': to64(before.head)}
            if (
                header['origin'] != before.header['origin']
                or header['sequence'] != before.header['sequence'] + 1
                or header['previous'] != previous
                or header['key'] != before.turn
            ):
                return ('tampered', where + 'does not follow the file before it')
        if index < len(files) - 1 and not file.sealed:
            return ('tampered', where + 'does not end with a seal')
        walked.append(file)
    if note is None:
        return ('unanchored', 'no checkpoint is held')
    if not held_is_signed(note, trusted):
        return ('tampered', 'the held checkpoint has no trusted signature')
    if not any(note.text in file.good for file in walked):
        return ('tampered', 'the held checkpoint is not in the file')
    last = walked[-1]
    direct, line = last.good.get(note.text, (False, 0))
    if direct and line == len(last.lines) and not any(file.torn for file in walked):
        return ('valid', '')
    return ('unanchored', 'the held checkpoint is not the end')


CODES = {'valid': 0, 'tampered': 1, 'unanchored': 2, 'unusable': 64}


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def run(case):
    held = case.get('checkpoint')
    return verify([read(path) for path in case['files']], case['keys'], None if held is None else read(held))


def main(arguments):
    if arguments == ['--batch']:
        for row in sys.stdin:
            print(*run(json.loads(row)), sep='\t')
        return 0
    case = {'files': [], 'keys': [], 'checkpoint': None}
    rest = iter(arguments)
    for argument in rest:
        if argument == '--key':
            case['keys'].append(next(rest))
        elif argument == '--checkpoint':
            case['checkpoint'] = next(rest)
        else:
            case['files'].append(argument)
    if not case['files'] or not case['keys']:
        print(__doc__, file=sys.stderr)
        return 64
    verdict, why = run(case)
    print(verdict, why, sep='\t')
    return CODES[verdict]


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
