#!/usr/bin/env python3
"""Verifies an evidence pack of Sallyport with Python's standard library alone (3.8 or newer), without network.

    python3 verify.py PACK [--key NAME+ID+KEY] [--checkpoint FILE] [--json]

Exit 0: everything holds (by your key, or, without one, by the key that the pack names itself: then it fits together, and
anybody can have made it). Exit 1: something does not hold. It trusts nothing in the pack but what follows from the key.
The format: docs/decisions/0051 and 0052 of Sallyport.
"""
import argparse
import base64
import datetime
import hashlib
import json
import re
import struct
import sys
import zlib

MAX_PACK, MAX_UNPACKED, MAX_FILES, MAX_NAME, MAX_LINE = 2 ** 30, 2 ** 32 - 1, 4096, 120, 4194304
MAX_SAFE, MAX_MOMENT, DAY, MAX_DAYS = 2 ** 53 - 1, 253402300799999, 86400000, 3653
FORMAT, MANIFEST, SIGNED = 'sallyport evidence v1', 'manifest.json', 'manifest.note'
STORED, DEFLATED = 0, 8
NEEDED = ['README.txt', 'report.html', 'report.pdf', 'entries.ndjson', 'nodes.ndjson', 'checkpoint.txt', 'checkpoints.ndjson',
          'statements.ndjson', 'sbom.json', 'verifier.html', 'verify.py']
CHECKS = {
    'zip': 'The file is a ZIP with the parts of a pack, and has no byte besides them.',
    'manifest': 'The manifest says what the pack is about, and lists every other file.',
    'signature': 'The manifest is signed by the key of the log.',
    'digests': 'Every file is, byte for byte, the one that the manifest lists.',
    'checkpoint': 'The head on which all rests is signed by the key of the log, and is the one that the manifest names.',
    'history': 'Each older head is signed, and proven to be a beginning of the same record: nothing was rewritten between them.',
    'yours': 'The head that you hold is proven to be a beginning of the same record.',
    'entries': 'Every entry that is shown is complete in its form, and its leaf follows from what is shown of it.',
    'tree': 'The entries that are shown and the rest of the tree cover the record once, and have the root that was signed.',
    'documents': 'Every document is the one that an entry names by its digest.',
    'statements': 'Every statement follows from the entries that are shown, by the rules, and names those on which it rests.',
    'software': 'What sbom.json is to the software that was in force in the range is said by the digests on record.',
    'tables': 'The tables and the answers of report.html say what the statements say. Its other words, and the PDF, are as whoever made the pack wrote them.',
}


class Fault(Exception):
    """Something that is not as it must be, and where."""

    def __init__(self, says, file, **where):
        super().__init__(says)
        self.says, self.where = says, dict(file=file, **where)


# ---------------------------------------------------------------- bytes, JSON, hashes

def utf8(text):
    return re.sub('[\ud800-\udfff]', '\ufffd', text).encode('utf-8')


def text_of(data):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError:
        return None


def from_base64(text, length=None):
    try:
        data = base64.b64decode(text.encode('ascii'), validate=True)
    except (ValueError, UnicodeEncodeError):
        return None
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        return None
    return data


def b64(data):
    return base64.b64encode(data).decode()


def sha256(*parts):
    made = hashlib.sha256()
    for part in parts:
        made.update(part)
    return made.digest()


def to_json(value):
    made = json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    return re.sub('[\ud800-\udfff]', lambda lone: '\\u%04x' % ord(lone.group()), made)


def js_number(text):
    """A number as ECMA-262 (Number::toString) writes it; what has another spelling stands in no pack."""
    sign, whole, rest, exponent = re.fullmatch(r'(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?', repr(float(text))).groups()
    digits = (whole + (rest or '')).lstrip('0')
    point = len(digits) - len(rest or '') + int(exponent or 0)
    digits = digits.rstrip('0')
    if digits == '':
        return '0'
    if point > 21 or point <= -6:
        return '%s%se%s%d' % (sign, digits[0] + ('.' + digits[1:] if digits[1:] else ''), '+' if point > 0 else '-', abs(point - 1))
    if point <= 0:
        return sign + '0.' + '0' * -point + digits
    return sign + digits.ljust(point, '0')[:point] + ('.' + digits[point:] if digits[point:] else '')


def number_of(text):
    if len(text) > 15 or not text.lstrip('-').isdigit():
        if len(text) > 30 or float(text) in (float('inf'), float('-inf')) or js_number(text) != text:
            raise ValueError('another spelling')
    return int(text) if text.lstrip('-').isdigit() else float(text)


def parse_json(text):
    """JSON as packs have it, and nothing else that means the same; raises ValueError."""
    value = json.loads(text, parse_constant=lambda _: (_ for _ in ()).throw(ValueError()), parse_int=number_of, parse_float=number_of)
    if to_json(value) != text:
        raise ValueError('another spelling')
    return value


def parsed(text):
    try:
        return parse_json(text)
    except (ValueError, RecursionError, OverflowError):
        return None


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SAFE


def is_text(value):
    return isinstance(value, str)


def is_moment(value):
    return is_count(value) and value <= MAX_MOMENT


def is_digest(value):
    return is_text(value) and re.fullmatch('[0-9a-f]{64}', value) is not None


def has_form(value, form):
    return isinstance(value, dict) and set(value) == set(form) and all(judge(value[name]) for name, judge in form.items())


def utc(ms):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.strftime('%Y-%m-%dT%H:%M:%S.').rjust(20, '0') + '%03dZ' % (ms % 1000)


# ---------------------------------------------------------------- Ed25519 (RFC 8032 §5.1), verifying alone

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point_add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_mul(n, p):
    made = (0, 1, 1, 0)
    while n > 0:
        if n & 1:
            made = point_add(made, p)
        p = point_add(p, p)
        n >>= 1
    return made


def point_of(data):
    """RFC 8032 §5.1.3; None for bytes that are no point."""
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & (2 ** 255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if x * x % P != square or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def point_bytes(p):
    inverse = pow(p[2], P - 2, P)
    return (p[1] * inverse % P | (p[0] * inverse % P & 1) << 255).to_bytes(32, 'little')


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, 'little'))


def ed25519(key, message, signature):
    """RFC 8032 §5.1.7."""
    point = point_of(key)
    if point is None or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], 'little')
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), 'little') % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return point_bytes(point_add(point_mul(s, BASE), point_mul(k, minus))) == signature[:32]


# ---------------------------------------------------------------- notes and heads (C2SP signed-note, tlog-checkpoint)

def parse_key(text):
    parts = re.fullmatch(r'([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{43}[A-Za-z0-9+/=])', text)
    data = parts and from_base64(parts.group(3), 33)
    if not data or data[0] != 1 or sha256(utf8(parts.group(1) + '\n'), data).hex()[:8] != parts.group(2):
        return None
    return dict(name=parts.group(1), id=parts.group(2), public=data[1:], text=text)


def parse_note(whole):
    end = whole.rfind('\n\n')
    if len(whole) > 131072 or end < 0 or not whole.endswith('\n') or re.search('[\x00-\x09\x0b-\x1f]', whole):
        return None
    signatures = []
    lines = whole[end + 2:-1].split('\n')
    if len(lines) > 100:
        return None
    for line in lines:
        parts = re.fullmatch(r'\u2014 ([^\s+]{1,255}) ([A-Za-z0-9+/]+={0,2})', line)
        data = parts and from_base64(parts.group(2))
        if not data or len(data) <= 4:
            return None
        signatures.append((parts.group(1), data[:4].hex(), data[4:]))
    return whole[:end + 1], signatures


def signed_by(note, key):
    own = [data for name, id, data in note[1] if name == key['name'] and id == key['id']]
    return bool(own) and all(ed25519(key['public'], utf8(note[0]), data) for data in own)


def open_head(whole, key, where):
    note = parse_note(whole)
    lines = note[0].split('\n') if note else []
    root = from_base64(lines[2], 32) if len(lines) == 4 else None
    if root is None or lines[0] != key['name'] or lines[3] != '' or not re.fullmatch('0|[1-9][0-9]{0,15}', lines[1]) \
            or int(lines[1]) > MAX_SAFE:
        raise Fault('The text is not a head of this log.', **where)
    if not signed_by(note, key):
        raise Fault('The head is not signed by the key of the log.', **where)
    return dict(size=int(lines[1]), root=root, note=note)


# ---------------------------------------------------------------- the ZIP

def local_header(f):
    told = (f['crc'], f['packed'], f['size']) if f['method'] == STORED else (0, 0, 0)
    flags = 8 if f['method'] == DEFLATED else 0
    return struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, flags, f['method'], 0, 0x21, *told, len(f['name']), 0) + f['name'].encode()


def descriptor(f):
    return b'' if f['method'] == STORED else struct.pack('<IIII', 0x08074b50, f['crc'], f['packed'], f['size'])


def central_header(f):
    flags = 8 if f['method'] == DEFLATED else 0
    return struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, 20, flags, f['method'], 0, 0x21, f['crc'], f['packed'], f['size'],
                       len(f['name']), 0, 0, 0, 0, 0, f['offset']) + f['name'].encode()


def central_at(pack, at, end):
    fault = Fault('The directory of the ZIP is not as that of a pack.', 'the ZIP', what='directory')
    if at + 46 > end:
        raise fault
    method, = struct.unpack_from('<H', pack, at + 10)
    crc, packed, size, length = struct.unpack_from('<IIIH', pack, at + 16)
    offset, = struct.unpack_from('<I', pack, at + 42)
    if length > MAX_NAME or at + 46 + length > end or method not in (STORED, DEFLATED):
        raise fault
    name = pack[at + 46:at + 46 + length].decode('latin-1')
    if not re.fullmatch(r'(?:(?:tables|documents|rosters)/)?[A-Za-z0-9][A-Za-z0-9._-]*', name):
        raise fault
    f = dict(name=name, method=method, crc=crc, packed=packed, size=size, offset=offset)
    if pack[at:at + 46 + length] != central_header(f):
        raise fault
    return f


def read_zip(pack):
    fault = Fault('The file does not end as a pack does.', 'the ZIP', what='end of directory')
    if len(pack) > MAX_PACK:
        raise Fault('The file is larger than any pack.', 'the ZIP', what='size')
    if len(pack) < 22:
        raise fault
    start = len(pack) - 22
    count, = struct.unpack_from('<H', pack, start + 10)
    length, offset = struct.unpack_from('<II', pack, start + 12)
    if pack[start:] != struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, count, count, length, offset, 0):
        raise fault
    if offset + length != start or count > MAX_FILES:
        raise fault
    files, at, directory, unpacked = {}, 0, offset, 0
    for _ in range(count):
        f = central_at(pack, directory, start)
        if f['name'] in files:
            raise Fault('A name stands twice in the ZIP.', 'the ZIP', what='directory')
        unpacked += f['size']
        if unpacked > MAX_UNPACKED:
            raise Fault('The files of the ZIP are larger than those of any pack.', 'the ZIP', what='size')
        begin = at + 30 + len(f['name'])
        to = begin + f['packed']
        after = to + (16 if f['method'] == DEFLATED else 0)
        if f['offset'] != at or after > offset or (f['method'] == STORED and f['size'] != f['packed']) \
                or pack[at:begin] != local_header(f) or pack[to:after] != descriptor(f):
            raise Fault('The file does not lie in the ZIP as its directory says.', f['name'], what='header')
        f['data'] = pack[begin:to]
        files[f['name']] = f
        directory += 46 + len(f['name'])
        at = after
    if directory != start or at != offset:
        raise Fault('The ZIP has bytes that belong to no file.', 'the ZIP', what='directory')
    return files


def pieces(f):
    if f['method'] == STORED:
        yield f['data']
        return
    inflate, rest = zlib.decompressobj(-15), f['data']
    while not inflate.eof:
        piece = inflate.decompress(rest, 65536)
        if not piece and not inflate.eof and not inflate.unconsumed_tail:
            raise zlib.error('truncated')
        rest = inflate.unconsumed_tail
        yield piece
    if inflate.unused_data:
        raise zlib.error('more')


def unpack(f):
    fault = Fault('The file cannot be unpacked to what the ZIP says of it.', f['name'])
    size = crc = 0
    try:
        for piece in pieces(f):
            size += len(piece)
            if size > f['size']:
                raise fault
            crc = zlib.crc32(piece, crc)
            yield piece
    except zlib.error:
        raise fault
    if size != f['size'] or crc != f['crc']:
        raise fault


def digest_of(f):
    made = hashlib.sha256()
    for piece in unpack(f):
        made.update(piece)
    return made.hexdigest()


def member(files, name):
    if name not in files:
        raise Fault('The pack has no such file.', name)
    return files[name]


def whole_text(f, most=MAX_LINE):
    if f['size'] > most:
        raise Fault('The file is larger than that of any pack.', f['name'])
    text = text_of(b''.join(unpack(f)))
    if text is None:
        raise Fault('The file is not UTF-8.', f['name'])
    return text


def lines_of(f):
    number, rest = 0, b''
    for piece in unpack(f):
        lines = piece.split(b'\n')
        lines[0] = rest + lines[0]
        rest = lines.pop()
        for line in lines:
            number += 1
            value = parsed(text_of(line) or '')
            if value is None:
                raise Fault('The line is not JSON as a pack has it.', f['name'], line=number)
            yield number, value
        if len(rest) > MAX_LINE:
            raise Fault('The line is longer than any of a pack.', f['name'], line=number + 1)
    if rest:
        raise Fault('The last line does not end.', f['name'], line=number + 1)


# ---------------------------------------------------------------- manifest, digests, heads

def read_manifest(files):
    value = parsed(whole_text(member(files, MANIFEST)))
    listed = lambda f: has_form(f, dict(name=is_text, size=is_count, sha256=is_digest, packed=is_count, packedSha256=is_digest))
    form = dict(format=lambda v: v == FORMAT, made=is_moment, to=is_moment,
                organisation=lambda v: v is None or has_form(v, dict(id=is_text, name=is_text)),
                redacted=lambda v: isinstance(v, bool), size=is_count, root=is_text, key=is_text, sallyport=is_text,
                node=is_text, files=lambda v: isinstance(v, list) and all(listed(f) for f in v))
    form['from'] = is_moment
    if not has_form(value, form):
        raise Fault('The manifest is not that of an evidence pack.', MANIFEST)
    if value['from'] >= value['to'] or value['to'] - value['from'] > MAX_DAYS * DAY:
        raise Fault('The range of the pack is empty, or longer than any.', MANIFEST, what='from')
    for name in NEEDED:
        member(files, name)
    names, expected = list(files), [f['name'] for f in value['files']] + [MANIFEST, SIGNED]
    for i, name in enumerate(names):
        if i >= len(expected) or expected[i] != name:
            raise Fault('Manifest and ZIP do not have the same files.', name)
    if len(expected) > len(names):
        raise Fault('Manifest and ZIP do not have the same files.', expected[len(names)])
    for f in value['files']:
        if f['name'] not in NEEDED and not re.fullmatch('tables/[a-z-]+\\.csv|(?:documents|rosters)/[0-9a-f]{64}', f['name']):
            raise Fault('No pack has a file of that name.', f['name'])
    for f in files.values():
        if (f['method'] == STORED) != (f['name'] in (MANIFEST, SIGNED)):
            raise Fault('The file is not packed as those of a pack are.', f['name'])
    return value


def check_signature(files, manifest, given):
    own = parse_key(given.strip()) if given is not None else None
    if given is not None and own is None:
        raise Fault('The key that you gave is no verifier key (NAME+ID+KEY), or is damaged.', 'your key')
    key = own or parse_key(manifest['key'])
    if key is None:
        raise Fault('The manifest names no key.', MANIFEST, what='key')
    if key['text'] != manifest['key']:
        raise Fault('The pack is not of the log whose key you gave.', MANIFEST, what='key')
    note = parse_note(whole_text(member(files, SIGNED)))
    digest = sha256(files[MANIFEST]['data']).hex()
    if note is None or note[0] != '%s\n%s\n' % (FORMAT, digest) or len(note[1]) != 1:
        raise Fault('The signed note is not one over this manifest.', SIGNED)
    if not signed_by(note, key):
        raise Fault('The manifest is not signed by the key of the log.', SIGNED)
    return key


def check_digests(files, manifest):
    said = 'The file is not the one that the manifest lists.'
    for line in manifest['files']:
        f = member(files, line['name'])
        if f['packed'] != line['packed'] or f['size'] != line['size'] or sha256(f['data']).hex() != line['packedSha256']:
            raise Fault(said, line['name'])
    for line in manifest['files']:
        if digest_of(files[line['name']]) != line['sha256']:
            raise Fault(said, line['name'])
    return True


def check_head(files, manifest, key):
    head = open_head(whole_text(member(files, 'checkpoint.txt')), key, dict(file='checkpoint.txt'))
    if head['size'] != manifest['size'] or b64(head['root']) != manifest['root']:
        raise Fault('The head is not the one that the manifest names.', 'checkpoint.txt')
    return head


def check_history(files, head, key):
    heads, name = [], 'checkpoints.ndjson'
    proof_form = lambda v: isinstance(v, list) and all(is_text(each) for each in v)
    for line, value in lines_of(member(files, name)):
        where = dict(file=name, line=line)
        if len(heads) == 4000:
            raise Fault('The pack has more heads than any.', **where)
        if not has_form(value, dict(size=is_count, note=is_text, proof=proof_form)):
            raise Fault('The line is not that of an older head.', **where)
        older = open_head(value['note'], key, where)
        if older['size'] != value['size']:
            raise Fault('The older head has another size than its line says.', **where)
        if older['size'] <= (heads[-1]['size'] if heads else -1):
            raise Fault('Older heads stand by their size, each once.', **where)
        if not consistent(older, head, [from_base64(each, 32) for each in value['proof']]):
            raise Fault('The older head is not proven to be a beginning of the record: the past was rewritten.', **where)
        heads.append(older)
    return heads


def check_yours(text, key, proven):
    where = dict(file='your checkpoint')
    yours = open_head(text, key, where)
    found = [head for head in proven if head['size'] == yours['size']]
    if all(head['size'] < yours['size'] for head in proven):
        raise Fault('Your head is newer than the pack, which can prove nothing of it: ask for a pack that was made later, or give an older head.', **where)
    if not found:
        raise Fault('The pack proves nothing of a head of that size: ask for one that is exported with --checkpoint and this file.', **where)
    if found[0]['root'] != yours['root']:
        raise Fault('The head that you hold is not a beginning of this record: the past was rewritten, or forked.', **where)
    return True


# ---------------------------------------------------------------- the tree (RFC 9162 §2.1)

def node_hash(left, right):
    return sha256(b'\x01', left, right)


def consistent(older, newer, proof):
    """RFC 9162 §2.1.4.2."""
    if older['size'] > newer['size'] or len(proof) > 64 or None in proof:
        return False
    if older['size'] == newer['size']:
        return not proof and older['root'] == newer['root']
    if older['size'] == 0:
        return not proof and older['root'] == sha256()
    node, last = older['size'] - 1, newer['size'] - 1
    while node % 2 == 1:
        node, last = node // 2, last // 2
    path = [older['root']] + proof if node == 0 else proof
    if not path:
        return False
    before = after = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node % 2 == 1 or node == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            after = node_hash(after, step)
        node, last = node // 2, last // 2
    return last == 0 and before == older['root'] and after == newer['root']


class Covered:
    """Puts complete subtrees together, left to right."""

    def __init__(self):
        self.size, self.roots = 0, []

    def add(self, level, index, root):
        if index * 2 ** level != self.size or self.size + 2 ** level > MAX_SAFE:
            return False
        self.size += 2 ** level
        while self.roots and self.roots[-1][0] == level:
            root, level = node_hash(self.roots.pop()[1], root), level + 1
        self.roots.append((level, root))
        return True

    def root(self):
        made = None
        for _, left in reversed(self.roots):
            made = left if made is None else node_hash(left, made)
        return sha256() if made is None else made


def leaf_of(fields):
    if not isinstance(fields, list) or len(fields) > 256:
        return None
    data, before = ['sallyport entry v1\n'], ''
    for field in fields:
        if not isinstance(field, dict) or not all(is_text(each) for each in field.values()) \
                or list(field) not in (['name', 'salt', 'text'], ['name', 'commitment']):
            return None
        if field['name'] <= before or not re.fullmatch('[A-Za-z0-9._-]{1,64}', field['name']):
            return None
        if 'commitment' in field:
            commitment = field['commitment']
            if from_base64(commitment, 32) is None:
                return None
        else:
            salt = from_base64(field['salt'], 16)
            if salt is None:
                return None
            commitment = b64(sha256(salt, utf8(field['text'])))
        data.append('%s %s\n' % (field['name'], commitment))
        before = field['name']
    return sha256(b'\x00', ''.join(data).encode())


OPEN = {'account', 'app', 'at', 'kind', 'outcome', 'seq'}
RULED = re.compile('detail\\.(?:adding|authenticator|codes|disabled|factors|kind|left|meaning|password|realm|recovery|rp|ticket|ttl|until)(?:\\.[0-9]+)?')


def must_show(name, values):
    if name == 'detail.organisation':
        return is_text(values.get('kind')) and values['kind'].startswith('organisation.')
    return name in OPEN or (RULED.fullmatch(name) is not None and (name != 'detail.realm' or 'account' in values))


def read_entries(files, manifest):
    is_open = manifest['organisation'] is None and not manifest['redacted']
    name, entries, last = 'entries.ndjson', [], -1
    whole = lambda v: isinstance(v, int) and not isinstance(v, bool) and abs(v) <= MAX_SAFE
    for line, value in lines_of(member(files, name)):
        if not has_form(value, dict(index=is_count, fields=lambda v: isinstance(v, list))):
            raise Fault('The line is not that of an entry.', name, line=line)
        index, where = value['index'], dict(file=name, line=line, index=value['index'])
        leaf, values, hidden, odd = leaf_of(value['fields']), {}, set(), False
        for field in value['fields'] if leaf else []:
            if 'commitment' in field:
                hidden.add(field['name'])
                continue
            try:
                values[field['name']] = parse_json(field['text'])
            except (ValueError, RecursionError, OverflowError):
                odd = True
            odd = odd or isinstance(values.get(field['name']), (dict, list))
        if leaf is None or odd:
            raise Fault('The fields of the entry are not in their form.', **where)
        if any(must_show(name, values) for name in hidden):
            raise Fault('The entry hides what it must show for anything to follow from it.', **where)
        if not (whole(values.get('seq')) and whole(values.get('at')) and is_text(values.get('kind')) and is_text(values.get('outcome'))):
            raise Fault('The entry does not say what it is of, and when.', **where)
        if is_open and hidden:
            raise Fault('The entry hides something, and the pack says that it is of everything, with nothing hidden.', **where)
        if index <= last:
            raise Fault('Entries stand by index, each once.', **where)
        last = index
        entries.append(dict(index=index, line=line, leaf=leaf, values=values))
    return entries


def check_tree(files, entries, head):
    covered, waiting = Covered(), iter(entries)
    entry = next(waiting, None)

    def add_entries(before, entry):
        while entry is not None and (before is None or entry['index'] < before):
            if not covered.add(0, entry['index'], entry['leaf']):
                raise Fault('The leaf is not covered exactly once.', 'entries.ndjson', line=entry['line'], index=entry['index'])
            entry = next(waiting, None)
        return entry
    for line, value in lines_of(member(files, 'nodes.ndjson')):
        root = from_base64(value['hash'], 32) if has_form(value, dict(level=is_count, index=is_count, hash=is_text)) else None
        if root is None or value['level'] > 52:
            raise Fault('The line is not that of a node.', 'nodes.ndjson', line=line)
        entry = add_entries(value['index'] * 2 ** value['level'], entry)
        if not covered.add(value['level'], value['index'], root):
            raise Fault('A leaf is not covered exactly once.', 'nodes.ndjson', line=line)
    add_entries(None, entry)
    if covered.size != head['size']:
        raise Fault('What is shown and the rest do not cover the whole record.', 'nodes.ndjson', index=covered.size)
    if covered.root() != head['root']:
        raise Fault('Entries and nodes do not have the root that was signed: one of them was altered.', 'entries.ndjson')
    return True


def check_documents(files, entries):
    named = {value for entry in entries for name, value in entry['values'].items() if name.startswith('detail.') and is_text(value)}
    documents = {}
    for name, f in files.items():
        if not name.startswith('documents/'):
            continue
        text = whole_text(f, 16 * 1024 * 1024)
        if sha256(utf8(text)).hex() != name[10:]:
            raise Fault('The document has another digest than its name says.', name)
        if name[10:] not in named:
            raise Fault('No entry that is shown names the document.', name)
        documents[name[10:]] = text
    check_rosters(files, entries)
    return documents


def is_salt(value):
    return is_text(value) and re.fullmatch('[0-9a-f]{32}', value) is not None


def committed(value):
    if has_form(value, dict(commitment=is_digest)):
        return value['commitment'], False
    if not has_form(value, dict(salt=is_salt, text=is_text)) or not is_text(parsed(value['text'])):
        return None, False
    return sha256(bytes.fromhex(value['salt']) + utf8(value['text'])).hex(), True


def check_roster(f, erased):
    name, whole, before, opened, hidden = f['name'], hashlib.sha256(b'sallyport roster v2\n'), '', 0, 0
    for line, value in lines_of(f):
        commitment, is_open = committed(value)
        if commitment is None:
            raise Fault('The line is not that of a list of accounts.', name, line=line)
        if commitment <= before:
            raise Fault('Names of a list stand in order, each once.', name, line=line)
        before = commitment
        whole.update(utf8(commitment + '\n'))
        opened, hidden = opened + is_open, hidden + (not is_open)
    if whole.hexdigest() != name[8:]:
        raise Fault('The list has another digest than its name says.', name)
    if not opened or hidden != erased:
        raise Fault('Other names of the list are left out than entries that are shown say were erased.', name)


def check_rosters(files, entries):
    named, erased = set(), {}
    for values in (entry['values'] for entry in entries):
        digest, count = values.get('detail.digest'), values.get('detail.erased')
        if values['kind'] == 'roster.read':
            named.add(digest if is_text(digest) else None)
        elif values['kind'] == 'roster.erased' and is_text(digest):
            erased[digest] = erased.get(digest, 0) + (count if is_count(count) else 0)
    for name, f in files.items():
        if not name.startswith('rosters/'):
            continue
        if name[8:] not in named:
            raise Fault('No entry that is shown names the list.', name)
        check_roster(f, erased.get(name[8:], 0))


# ---------------------------------------------------------------- what follows from entries (coverage/ of Sallyport)

def text_in(of, name):
    return of[name] if is_text(of.get(name)) else None


def number_in(of, name):
    value = of.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value in (float('inf'), float('-inf')):
        return None
    return value


def long_in(of, name):
    """A text that may go on in NAME.2, NAME.3 …"""
    text = text_in(of, name)
    if text is None:
        return None
    for i in range(2, 65):
        piece = text_in(of, '%s.%d' % (name, i))
        if piece is None:
            break
        text += piece
    return None if text.endswith('\u2026') else text


def double(text):
    """As ECMA-262 reads a number; one without a fraction is whole."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= MAX_SAFE else value


def json_in(of, name):
    try:
        return json.loads(long_in(of, name) or '', parse_constant=lambda _: (_ for _ in ()).throw(ValueError()), parse_int=double,
                          parse_float=double)
    except (ValueError, RecursionError):
        return None


def life_of(text):
    parts = re.fullmatch('([1-9][0-9]{0,8})(ms|s|m|h|d)', text or '')
    if parts is None:
        return 7 * DAY
    return int(parts.group(1)) * dict(ms=1, s=1000, m=60000, h=3600000, d=DAY)[parts.group(2)]


def unknown(id):
    return dict(id=id, realm=None, name=None, organisation=None, groups=None, password=None, disabled=None, removed=None, factors={},
                recovery=None, ticket=None, uses={}, known=None, began=None, place=None, state=None)


class Replay:
    """How each account and each organisation stood, entry by entry."""

    def __init__(self):
        self.accounts, self.organisations, self.configured = {}, {}, None

    def feed(self, e):
        if e['outcome'] != 'ok':
            return
        d, rule = e['detail'], RULES.get(e['kind'])
        if e['kind'] in OF_ORGANISATIONS:
            OF_ORGANISATIONS[e['kind']](self.organisations, e, d)
        elif e['kind'] == 'config.load':
            self.configured = e['seq']
        elif rule is None or e['account'] is None:
            return
        elif rule in (added, stands):
            self.accounts[e['account']] = rule(self.accounts.get(e['account']), e, d)
            realm, organisation = text_in(d, 'realm'), text_in(d, 'organisation')
            if realm is not None and organisation == 'realm.' + realm and organisation not in self.organisations:
                self.organisations[organisation] = dict(policy='{}', seq=e['seq'])
        else:
            rule(self.accounts.setdefault(e['account'], unknown(e['account'])), e, d)
            if e['kind'] == 'recovery.use':
                self.use(e)

    def use(self, e):
        """The latest counts, in whatever order they come; of an account of which nothing else is said, nothing."""
        a, id = self.accounts.get(e['account']), text_in(e['detail'], 'authenticator')
        if e['outcome'] != 'ok' or a is None or id is None or a['removed'] is not None:
            return
        a['uses'][id] = max(a['uses'].get(id, (e['at'], e['seq'])), (e['at'], e['seq']))


def policy_in(d):
    policy = long_in(d, 'policy')
    return long_in(d, 'strict') if policy is None else policy


def organisation_added(organisations, e, d):
    id, realm = text_in(d, 'organisation'), text_in(d, 'realm')
    if id is not None and realm is not None:
        organisations[id] = dict(policy='{}', seq=e['seq'])


def organisation_stands(organisations, e, d):
    organisation_added(organisations, e, d)
    if text_in(d, 'organisation') in organisations:
        organisations[d['organisation']]['policy'] = policy_in(d)


def organisation_restricted(organisations, e, d):
    if text_in(d, 'organisation') is not None:
        organisations[d['organisation']] = dict(policy=policy_in(d), seq=e['seq'])


def organisation_removed(organisations, e, d):
    organisations.pop(text_in(d, 'organisation'), None)


OF_ORGANISATIONS = {'organisation.add': organisation_added, 'organisation.stands': organisation_stands,
                    'organisation.restrict': organisation_restricted, 'organisation.remove': organisation_removed}
USES = ('sign-in.second', 'sign-in.step-up')


def words_in(d, name):
    text = long_in(d, name)
    return None if text is None else [word for word in text.split(' ') if word != '']


def flag_in(of, name):
    return of[name] if isinstance(of.get(name), bool) else None


def added(_, e, d):
    disabled = d.get('disabled') is True
    return dict(unknown(e['account']), realm=text_in(d, 'realm'), name=text_in(d, 'name'), organisation=text_in(d, 'organisation'),
                groups=words_in(d, 'groups'), password=False, disabled=e['at'] if disabled else None, known=e['at'], began=e['seq'], place=e['seq'],
                state=e['seq'] if disabled else None)


def factors_in(d, before, e):
    found, made = json_in(d, 'factors'), {}
    if not isinstance(found, list):
        return None
    for of in found:
        if not isinstance(of, dict) or text_in(of, 'id') is None or of.get('kind') not in ('totp', 'passkey'):
            return None
        known, disabled = before['factors'].get(of['id']), number_in(of, 'disabledAt')
        ended = None
        if disabled is not None:
            ended = known['ended'] if known and known['ended'] is not None else e['seq']
        enrolled = number_in(of, 'enrolledAt')
        made[of['id']] = dict(kind=of['kind'], seq=known['seq'] if known else e['seq'], disabled=disabled, ended=ended,
                              rp=text_in(of, 'rp'), verified=flag_in(of, 'userVerified'), enrolled=0 if enrolled is None else enrolled)
    return made


def recovery_in(d, before, e):
    of = json_in(d, 'recovery')
    if not isinstance(of, dict):
        return None
    id, left, known = text_in(of, 'id'), number_in(of, 'left'), before['recovery']
    known = known if known is not None and known['id'] == id else None
    same, at = known is not None and known['left'] == left, number_in(of, 'at')
    return dict(id=id, left=left, seq=known['seq'] if same else e['seq'], disabled=number_in(of, 'disabledAt'),
                enrolled=e['at'] if at is None else at)


def ticket_in(d, before, e):
    of = json_in(d, 'ticket')
    if not isinstance(of, dict) or text_in(of, 'id') is None or number_in(of, 'until') is None:
        return None
    known = before['ticket']
    return dict(id=of['id'], until=of['until'], seq=known['seq'] if known and known['id'] == of['id'] else e['seq'])


def stands(before, e, d):
    before = before or unknown(e['account'])
    factors, names = factors_in(d, before, e), long_in(d, 'names')
    named = names is None or isinstance(json_in(d, 'names'), (dict, list))
    disabled, organisation = number_in(d, 'disabled'), text_in(d, 'organisation')
    same_place = before['organisation'] == organisation and before['place'] is not None
    same_state = before['disabled'] == disabled and before['state'] is not None
    known = None
    if factors is not None and named:
        known = e['at'] if before['known'] is None else before['known']
    return dict(before, realm=text_in(d, 'realm'), name=text_in(d, 'name'), organisation=organisation, disabled=disabled, removed=None,
                groups=words_in(d, 'groups'), password=flag_in(d, 'password'), factors=before['factors'] if factors is None else factors, recovery=recovery_in(d, before, e),
                ticket=ticket_in(d, before, e), known=known,
                began=e['seq'] if before['known'] is None else before['began'],
                place=before['place'] if same_place else e['seq'],
                state=before['state'] if same_state else None if disabled is None else e['seq'])


def disabled(a, e, d):
    if a['disabled'] is None:
        a['disabled'], a['state'] = e['at'], e['seq']
    a['ticket'] = None


def enabled(a, e, d):
    a['disabled'], a['state'] = None, e['seq']


def removed(a, e, d):
    a['removed'], a['state'] = e['at'], e['seq']
    for name in ('realm', 'name'):
        a[name] = text_in(d, name) if a[name] is None else a[name]
    a.update(ticket=None, recovery=None, factors={}, uses={})


def changed(a, e, d):
    a['name'] = text_in(d, 'name') if a['name'] is None else a['name']
    if 'groups' in d:
        a['groups'] = words_in(d, 'groups')


def password_set(a, e, d):
    a['password'] = True


def moved(a, e, d):
    if text_in(d, 'to') != text_in(d, 'from'):
        a['ticket'] = None
    a['organisation'], a['place'] = text_in(d, 'to'), e['seq']


def links_end(a, e, d):
    a['ticket'] = None


def seen(a, e, d):
    pass


def issued(a, e, d):
    until = number_in(d, 'until')
    until = e['at'] + life_of(text_in(d, 'ttl')) if until is None else until
    a['ticket'] = dict(id=text_in(d, 'ticket') or '', until=until, seq=e['seq'])


def opened(a, e, d):
    if text_in(d, 'ticket') is not None:
        a['ticket'] = None


def finished(a, e, d):
    if d.get('adding') is not True:
        a['ticket'] = None


def enrolled(a, e, d):
    id, kind = text_in(d, 'authenticator'), text_in(d, 'kind')
    if id is None or kind not in ('totp', 'passkey'):
        a['known'] = None
        return
    a['factors'][id] = dict(kind=kind, seq=e['seq'], disabled=None, ended=None, rp=text_in(d, 'rp'), verified=flag_in(d, 'userVerified'),
                            enrolled=e['at'])


def factor_removed(a, e, d):
    id, recovery = text_in(d, 'authenticator'), a['recovery']
    if text_in(d, 'kind') == 'recovery' or (id is not None and recovery is not None and id == recovery['id']):
        a['recovery'] = None
    elif id is not None:
        a['factors'].pop(id, None)


def factor_disabled(a, e, d):
    id, recovery = text_in(d, 'authenticator') or '', a['recovery']
    factor = a['factors'].get(id)
    if factor is not None:
        if factor['disabled'] is None:
            factor.update(disabled=e['at'], ended=e['seq'])
    elif recovery is not None and recovery['id'] in (None, id):
        recovery['disabled'] = e['at'] if recovery['disabled'] is None else recovery['disabled']


def codes_replaced(a, e, d):
    id = text_in(d, 'authenticator')
    a['recovery'] = dict(id=id, left=None if id is None else number_in(d, 'codes'), seq=e['seq'], disabled=None, enrolled=e['at'])


def code_used(a, e, d):
    if a['recovery'] is not None:
        a['recovery'].update(left=number_in(d, 'left'), seq=e['seq'])


RULES = {
    'account.add': added, 'account.stands': stands, 'account.disable': disabled, 'account.enable': enabled, 'account.remove': removed,
    'account.set': changed, 'account.move': moved, 'account.password': password_set, 'role.grant': links_end, 'role.revoke': seen,
    'app-name.set': seen, 'app-name.remove': seen, 'ticket.issue': issued, 'ticket.revoke': links_end, 'enrol.open': opened,
    'enrol.password': password_set, 'enrol.authenticator': enrolled, 'enrol.finish': finished, 'authenticator.rename': seen,
    'authenticator.remove': factor_removed, 'authenticator.disabled': factor_disabled, 'recovery.replace': codes_replaced,
    'recovery.use': code_used,
}


def stands_as(a, indexes):
    used = [f for f in a['factors'].values() if f['disabled'] is None]
    codes = a['recovery']
    if codes is not None and (codes['left'] == 0 or codes['disabled'] is not None):
        codes = None
    ways = sorted({f['kind'] for f in used} | ({'recovery'} if codes else set()))
    seqs = [f['seq'] for f in used] + [f['ended'] for f in a['factors'].values()] + [codes['seq'] if codes else None]
    if a['removed'] is not None:
        standing = 'removed'
    elif a['disabled'] is not None:
        standing = 'disabled'
    elif a['known'] is None:
        standing = 'unknown'
    elif ways:
        standing = 'enrolled'
    else:
        standing = 'none' if a['ticket'] is None else 'waiting'
    is_in = standing in ('enrolled', 'unknown')
    waits = a['ticket'] if standing == 'waiting' else None
    by = [a['began'], a['place'], a['state']] + (seqs if is_in or standing == 'none' else []) + [waits['seq'] if waits else None]
    return dict(account=a['id'], realm=a['realm'], name=a['name'], organisation=a['organisation'], standing=standing,
                ways=ways if is_in else [], basis=sorted({indexes[seq] for seq in by if seq is not None and seq in indexes}),
                ends=waits['until'] if waits else float('inf'))


def utf16(text):
    return text.encode('utf-16-be', 'surrogatepass')


class Track:
    """The spans of one account."""

    def __init__(self, start, stop):
        self.spans, self.start, self.stop, self.value, self.since = [], start, stop, None, 0

    def move(self, value, at):
        kept = ('standing', 'organisation', 'name', 'ends', 'ways', 'basis')
        if self.value is not None and all(self.value[k] == value[k] for k in kept):
            return
        moment = max(at, self.since)
        self.end(moment)
        self.value, self.since = value, moment

    def end(self, moment):
        if self.value is None:
            return
        over = min(max(self.value['ends'], self.since), moment)
        self.put(self.value['standing'], self.since, over)
        if over < moment:
            self.put('none', over, moment)

    def put(self, standing, since, till):
        begin, until, v = max(since, self.start), min(till, self.stop), self.value
        if begin < until:
            self.spans.append({'account': v['account'], 'realm': v['realm'], 'name': v['name'], 'organisation': v['organisation'],
                               'from': begin, 'until': until, 'standing': standing, 'ways': v['ways'], 'basis': v['basis']})


def account_spans(start, stop, entries, indexes, replay):
    tracks = {}
    for e in entries:
        if e['at'] >= stop or e['kind'] in USES:
            continue
        replay.feed(e)
        account = replay.accounts.get(e['account'])
        if account is not None:
            tracks.setdefault(account['id'], Track(start, stop)).move(stands_as(account, indexes), e['at'])
    for e in entries:
        if e['at'] < stop and e['kind'] in USES:
            replay.use(e)
    made = []
    for id in sorted(tracks, key=utf16):
        tracks[id].end(stop)
        spans = tracks[id].spans
        if not (spans and spans[0]['standing'] == 'removed'):
            made += spans
    return made


def read_meant(text):
    value = parsed(text)
    if not isinstance(value, dict) or value.get('format') not in ('sallyport meaning v1', 'sallyport slice v1'):
        return None
    objects = lambda v: [each for each in v if isinstance(each, dict)] if isinstance(v, list) else []
    texts = lambda v: [each for each in v if is_text(each)] if isinstance(v, list) else []
    text_or = lambda of, name: text_in(of, name) or ''
    exception = lambda of: dict(reason=text_or(of, 'reason'), owner=text_or(of, 'owner'), expires=text_or(of, 'expires'),
                                over=number_in(of, 'expiresAt') or 0)
    path = lambda of: dict(method=text_or(of, 'method'), path=text_or(of, 'path'))
    apps = []
    for app in objects(value.get('apps')):
        holders, unbound = app.get('holders'), app.get('unbound')
        apps.append(dict(
            id=text_or(app, 'id'), realm=text_or(app, 'realm'), bound=text_or(app, 'bound'), rp=text_in(app, 'rp'),
            order=app['order'] if app.get('order') in ('factor-first', 'login-first') else None,
            unbound=exception(unbound) if isinstance(unbound, dict) else None,
            holders=dict(accounts=texts(holders.get('accounts')), groups=texts(holders.get('groups'))) if isinstance(holders, dict) else None,
            rules=[dict(path=text_or(r, 'path'), passkey=r.get('require') == 'passkey', age=number_in(r, 'maxAgeMs'),
                        groups=texts(r.get('groups'))) for r in objects(app.get('rules'))],
            exemptions=[dict(path(x), **exception(x)) for x in objects(app.get('exemptions'))],
            surfaces=[path(x) for x in objects(app.get('surfaces'))], doors=texts(app.get('doors')),
            slice=value['format'] == 'sallyport slice v1', bars=app.get('bars') is True))
    realms = [(text_or(r, 'id'), text_or(r, 'source')) for r in objects(value.get('realms'))]
    return dict(realms=realms, apps=sorted(apps, key=lambda app: utf16(app['id'])))


def loads_of(stop, entries, indexes, documents):
    """Every configuration up to the end of the range; `meant` None: neither its meaning nor a slice of it is shown."""
    read, made = {}, []

    def meant(digest):
        if digest not in read:
            read[digest] = read_meant(documents[digest]) if digest in documents else None
        return read[digest]
    for e in entries:
        if e['kind'] != 'config.load' or e['outcome'] != 'ok' or e['at'] >= stop:
            continue
        slices = [each for each in (meant(text_in(e['detail'], 'slice.%d' % (i + 1))) for i in range(64)) if each is not None]
        all_of = meant(text_in(e['detail'], 'meaning'))
        if all_of is None and slices:
            all_of = dict(realms=[realm for each in slices for realm in each['realms']],
                          apps=sorted((app for each in slices for app in each['apps']), key=lambda app: utf16(app['id'])))
        made.append(dict(at=e['at'], index=indexes.get(e['seq'], 0), meant=all_of,
                         software=tuple(text_in(e['detail'], name) for name in ('sallyport', 'node', 'sbom'))))
    return made


class Standing:
    """Values that stand from when they came until they are gone."""

    def __init__(self):
        self.spans, self.now = [], {}

    def put(self, at, values):
        for key in [key for key in self.now if key not in values]:
            span = self.now.pop(key)
            span['until'] = max(span['from'], at)
        for key, value in values.items():
            if key not in self.now:
                self.now[key] = dict(value, until=float('inf'), **{'from': at})
                self.spans.append(self.now[key])


def within(span, start, stop):
    span = dict(span, until=min(span['until'], stop), **{'from': max(span['from'], start)})
    return [span] if span['from'] < span['until'] else []


def picked(span, *names):
    return {name: span[name] for name in names}


def configured_spans(start, stop, loads):
    """Apps, exemptions and software, as they stood from one configuration to another."""
    apps, exemptions, software = Standing(), Standing(), Standing()
    for load in loads:
        at, basis, meant = load['at'], [load['index']], load['meant']['apps'] if load['meant'] else []
        apps.put(at, {(a['id'], a['realm'], a['bound']): dict(app=a['id'], realm=a['realm'], bound=a['bound'], basis=basis) for a in meant})
        exemptions.put(at, {
            (a['id'],) + tuple(x[name] for name in ('method', 'path', 'reason', 'owner', 'over')):
            dict(x, app=a['id'], exemption='%s %s' % (x['method'], x['path']), basis=basis)
            for a in meant for x in a['exemptions']})
        software.put(at, {load['software']: dict(zip(('sallyport', 'node', 'sbom'), load['software']), basis=basis)})
    a = [picked(cut, 'app', 'realm', 'bound', 'from', 'until', 'basis') for s in apps.spans for cut in within(s, start, stop)]
    x = [picked(cut, 'app', 'exemption', 'reason', 'owner', 'from', 'until', 'basis') for s in exemptions.spans
         for cut in within(dict(s, until=min(s['until'], s['over'])), start, stop)]
    w = [picked(cut, 'sallyport', 'node', 'sbom', 'from', 'until', 'basis') for s in software.spans for cut in within(s, start, stop)]
    return (sorted(a, key=lambda s: (utf16(s['app']), s['from'])),
            sorted(x, key=lambda s: (utf16(s['app']), utf16(s['exemption']), s['from'])),
            sorted(w, key=lambda s: (s['from'], s['basis'][0])))


# ---------------------------------------------------------------- each account at each app, at the end of the range

CLASSES = ('protected', 'waiting', 'none', 'barred', 'disabled', 'removed', 'unknown')
STRENGTHS = ('possession', 'mfa', 'phr')
GROUPED_WAYS = ('second factor', 'passkey')


def strength_with(kind, verified, source, password):
    """Strength of a sign-in by it, with the password where one is kept; None: it opens no session."""
    typed = source == 'local' and password is not False
    mfa = typed or (kind == 'passkey' and verified is True)
    if source == 'local' and not mfa:
        return None
    return 'phr' if kind == 'passkey' else 'mfa' if mfa else 'possession'


def usable_at(a, app, source):
    """Kind, strength and entry of what signs in at the app."""
    made = []
    for f in a['factors'].values():
        if f['disabled'] is not None or (f['kind'] == 'passkey' and (app['rp'] is None or f['rp'] not in (None, app['rp']))):
            continue
        made.append((f['kind'], strength_with(f['kind'], f['verified'], source, a['password']), f['seq']))
    codes = a['recovery']
    if codes is not None and codes['disabled'] is None and codes['left'] != 0:
        made.append(('recovery', strength_with('recovery', None, source, a['password']), codes['seq']))
    return [each for each in made if each[1] is not None]


def everywhere(app, holds):
    return any(rule['path'] == '/**' for rule in app['rules']) and all(map(holds, app['rules']))


def barred_from(a, app, policy):
    if isinstance(policy.get('apps'), list) and app['id'] not in policy['apps']:
        return 'not-of-organisation'
    groups, holders = a['groups'] or [], app['holders']
    if holders is not None and (a['name'] or '') not in holders['accounts'] and not any(g in groups for g in holders['groups']):
        return 'not-a-holder'
    out = everywhere(app, lambda rule: rule['groups'] and not any(g in groups for g in rule['groups']))
    return 'not-of-group' if out else None


def policy_of(organisation):
    """What is stricter for an organisation; None: not on record."""
    if organisation is None or organisation['policy'] is None:
        return None
    try:
        value = json.loads(organisation['policy'], parse_constant=lambda _: (_ for _ in ()).throw(ValueError()))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else {} if isinstance(value, list) else None


def cell_of(at, state, realms, a, app):
    """Class, reason, factors, strength, end of the link, and the entries by which it is so."""
    began = [a['began'], a['state']]
    if a['removed'] is not None or a['disabled'] is not None:
        return 'disabled' if a['removed'] is None else 'removed', None, [], None, None, began
    organisation = state.organisations.get(a['organisation'] or '')
    policy, source = policy_of(organisation), next((source for id, source in realms if id == app['realm']), None)
    if a['known'] is None:
        return 'unknown', 'not-on-record', [], None, None, began
    if policy is None or source not in ('local', 'app'):
        return 'unknown', 'policy-not-on-record', [], None, None, began
    place = began + [a['place'], organisation['seq'], state.configured]
    barred = barred_from(a, app, policy)
    if barred is not None:
        return 'barred', barred, [], None, None, place
    found = usable_at(a, app, source)
    passkey_only = policy.get('require') == 'passkey' or everywhere(app, lambda rule: rule['passkey'])
    usable = [each for each in found if each[1] == 'phr'] if passkey_only else found
    if usable:
        kinds = sorted({kind for kind, _, _ in usable})
        acr = max((acr for _, acr, _ in usable), key=STRENGTHS.index)
        return 'protected', 'recovery-codes-only' if kinds == ['recovery'] else None, kinds, acr, None, place + [seq for _, _, seq in usable]
    factors, ticket = a['factors'].values(), a['ticket']
    why = 'too-weak' if found else 'elsewhere' if any(f['disabled'] is None for f in factors) else 'guessed-out' if factors else 'no-factor'
    had = place + [seq for f in factors for seq in (f['seq'], f['ended'])]
    if ticket is None or ticket['until'] <= at:
        return 'none', why, [], None, None, had
    return 'waiting', why, [], None, ticket['until'], had + [ticket['seq']]


def ways_into(app, at):
    """Every way into an app; together they are the whole of it."""
    way = lambda method, path, way, age=None, groups=(), x=None: {
        'method': method, 'path': path, 'way': way, 'maxAgeMs': age, 'groups': list(groups), 'until': x['expires'] if x else '',
        'owner': x['owner'] if x else '', 'reason': x['reason'] if x else ''}
    made = [way(x['method'], x['path'], 'expired exemption' if at >= x['over'] else 'exempt', x=x) for x in app['exemptions']]
    made += [way(x['method'], x['path'], 'surface') for x in app['surfaces']]
    made += [way('*', path, 'door') for path in app['doors']]
    made += [way('*', r['path'], 'passkey' if r['passkey'] else 'second factor', r['age'], r['groups']) for r in app['rules']]
    return made if any(r['path'] == '/**' for r in app['rules']) else made + [way('*', '/**', 'second factor')]


def app_ways(at, load):
    made = []
    for app in load['meant']['apps'] if load and load['meant'] else []:
        x = app['unbound']
        unbound = x and {'until': x['expires'], 'owner': x['owner'], 'reason': x['reason'], 'over': at >= x['over']}
        made.append({'app': app['id'], 'realm': app['realm'], 'bound': app['bound'], 'order': app['order'], 'unbound': unbound,
                     'ways': ways_into(app, at), 'basis': [load['index']]})
    return made


def refused_at(app, at, a, acr):
    def refuses(way):
        grouped = app['slice'] or not way['groups'] or any(g in (a['groups'] or []) for g in way['groups'])
        return not grouped or (way['way'] == 'passkey' and acr != 'phr')
    return [way['path'] for way in ways_into(app, at) if way['way'] in GROUPED_WAYS and refuses(way)]


def authenticators_of(a):
    made = [dict(f, id=id, used=a['uses'].get(id)) for id, f in sorted(a['factors'].items(), key=lambda pair: utf16(pair[0]))]
    codes = a['recovery']
    if codes is not None:
        made.append(dict(codes, kind='recovery', rp=None, used=a['uses'].get(codes['id'])))
    return made


def pack_cell(at, state, meant, a, app, indexes):
    how, why, kinds, acr, until, seqs = cell_of(at, state, meant['realms'], a, app)
    uses = [f['used'] for f in authenticators_of(a) if f['used'] and f['disabled'] is None and f['kind'] in kinds
            and (f['kind'] != 'passkey' or f['rp'] in (None, app['rp']))]
    used = max(uses, default=None)
    basis = placed(indexes, seqs + ([used[1]] if used else []))
    if app['bars'] and how not in ('removed', 'disabled', 'unknown') and why != 'not-of-organisation':
        return cell_line('unknown', 'not-shown', basis)
    refused = refused_at(app, at, a, acr) if how == 'protected' else []
    return cell_line(how, why, basis, kinds, acr, until, used[0] if used else None, refused)


def cell_line(how, why, basis, factors=(), acr=None, until=None, used=None, refused=()):
    return {'class': how, 'why': why, 'factors': list(factors), 'acr': acr, 'until': until, 'used': used, 'refused': list(refused),
            'basis': basis}


def placed(indexes, seqs):
    return sorted({indexes[seq] for seq in seqs if seq is not None and seq in indexes})


def account_cells(at, state, load, indexes, organisation, ids):
    made, meant = [], load['meant'] if load else None
    for id in ids:
        a = state.accounts[id]
        if organisation is not None and a['organisation'] != organisation and a['place'] is not None:
            continue
        factors = [{'id': f['id'], 'kind': f['kind'], 'enrolled': f['enrolled'], 'disabled': f['disabled'], 'used': f['used'] and f['used'][0],
                    'basis': placed(indexes, [f['seq'], f['used'] and f['used'][1]])} for f in authenticators_of(a)]
        cells = []
        if meant is None:
            cells.append(dict(apps=[], **cell_line('unknown', 'configuration-not-shown', placed(indexes, [a['began'], a['state']]))))
        for app in meant['apps'] if meant else []:
            if a['realm'] is not None and app['realm'] != a['realm']:
                continue
            cell = pack_cell(at, state, meant, a, app, indexes)
            alike = next((each for each in cells if all(each[name] == cell[name] for name in cell)), None)
            if alike is None:
                cells.append(dict(apps=[app['id']], **cell))
            else:
                alike['apps'].append(app['id'])
        last = max(a['uses'].values(), default=None)
        made.append({'account': id, 'realm': a['realm'], 'name': a['name'], 'organisation': a['organisation'],
                     'used': last and last[0], 'factors': factors, 'cells': cells})
    return made


FOUND = {'canary.passed': 'canary', 'canary.failed': 'canary', 'origin.checked': 'origin.checked',
         'origin.log-read': 'origin.log-read', 'roster.read': 'roster.read'}


def finding_spans(start, stop, entries, indexes):
    still, spans = {}, []
    for e in entries:
        finding = FOUND.get(e['kind'])
        if finding is None or e['at'] >= stop:
            continue
        ok = e['outcome'] == 'ok' and not e['kind'].endswith('.failed')
        key, index, counted = '%s %s' % (finding, e['app'] or ''), indexes.get(e['seq'], 0), int(e['at'] >= start)
        before = still.get(key)
        if before is not None and before['ok'] == ok:
            before.update(count=before['count'] + counted, basis=[before['basis'][0], index])
            continue
        begin = e['at'] if before is None else max(e['at'], before['from'])
        if before is not None:
            spans += within(dict(before, until=begin), start, stop)
            still.pop(key)
        still[key] = {'finding': finding, 'app': e['app'], 'ok': ok, 'from': begin, 'until': stop, 'count': counted, 'basis': [index]}
    for span in still.values():
        spans += within(span, start, stop)
    order = ('finding', 'app', 'ok', 'from', 'until', 'count', 'basis')
    return sorted([picked(s, *order) for s in spans], key=lambda s: (utf16(s['finding']), utf16(s['app'] or ''), s['from']))


def claims_of(manifest, shown, documents):
    start, stop, entries = manifest['from'], manifest['to'], []
    for entry in shown:
        values = entry['values']
        detail = {name[7:]: value for name, value in values.items() if name.startswith('detail.')}
        outcome = values['outcome'] if values['outcome'] in ('ok', 'refused') else 'failed'
        entries.append(dict(seq=values['seq'], at=values['at'], kind=values['kind'], outcome=outcome, account=text_in(values, 'account'),
                            app=text_in(values, 'app'), detail=detail))
    entries.sort(key=lambda e: e['seq'])
    indexes = {entry['values']['seq']: entry['index'] for entry in shown}
    replay, loads = Replay(), loads_of(stop, entries, indexes, documents)
    accounts = account_spans(start, stop, entries, indexes, replay)
    apps, exemptions, software = configured_spans(start, stop, loads)
    load, organisation = loads[-1] if loads else None, manifest['organisation'] and manifest['organisation']['id']
    ids = list(dict.fromkeys(span['account'] for span in accounts))
    claims = dict(accounts=accounts, apps=apps, exemptions=exemptions, findings=finding_spans(start, stop, entries, indexes),
                  software=software, ways=app_ways(stop - 1, load),
                  cells=account_cells(stop - 1, replay, load, indexes, organisation, ids),
                  sbom=next((f['sha256'] for f in manifest['files'] if f['name'] == 'sbom.json'), ''))
    claims['days'] = days_of(start, stop, claims)
    return claims


def days_of(start, stop, claims):
    first = start // DAY
    count = (stop - 1) // DAY - first + 1

    def sums(stretches):
        change, total, made = [0] * (count + 1), 0, []
        for a, b in stretches:
            if a <= b:
                change[a] += 1
                change[b + 1] -= 1
        for each in change[:count]:
            total += each
            made.append(total)
        return made

    def touched(s):
        return s['from'] // DAY - first, (s['until'] - 1) // DAY - first

    def at_end(s):
        return s['from'] // DAY - first, count - 1 if s['until'] == stop else s['until'] // DAY - 1 - first

    def stood(*words):
        return sums(at_end(s) for s in claims['accounts'] if s['standing'] in words)
    is_open = [s for s in claims['findings'] if not s['ok'] and s['finding'] in ('origin.checked', 'origin.log-read')]
    past = [0] * count
    for realm in {a['realm'] for a in claims['apps'] if any(s['app'] == a['app'] for s in is_open)}:
        own = {a['app'] for a in claims['apps'] if a['realm'] == realm}
        open_on = sums(touched(s) for s in is_open if s['app'] in own)
        there = sums(at_end(s) for s in claims['accounts'] if s['realm'] == realm and s['standing'] not in ('disabled', 'removed'))
        past = [p + (t if o > 0 else 0) for p, t, o in zip(past, there, open_on)]
    columns = [stood('enrolled', 'waiting', 'none', 'disabled', 'unknown'), stood('enrolled'), stood('waiting'), stood('none'),
               stood('disabled'), stood('unknown'), sums(map(touched, claims['exemptions'])),
               sums(touched(a) for a in claims['apps'] if a['bound'].startswith('unbound')), sums(map(touched, is_open)), past]
    days = [utc((first + i) * DAY)[:10] for i in range(count)]
    return [dict(zip(DAY_HEADS, row)) for row in zip(days, *columns)]


DAY_HEADS = ['day', 'accounts', 'enrolled', 'waiting', 'none', 'disabled', 'unknown', 'exemptions', 'unbound', 'open', 'past']


STATED = ('accounts', 'apps', 'exemptions', 'findings', 'software', 'ways', 'cells')


def id_of(value):
    return value if is_text(value) and re.fullmatch('[A-Za-z0-9._-]{1,128}', value) else '?'


def cell_name(account, app):
    return '%s at %s' % (id_of(account), id_of(app))


def cells_in(value):
    """A statement about an account at apps; None: another one."""
    if not isinstance(value, dict) or not is_text(value.get('account')) or not isinstance(value.get('cells'), list):
        return None
    cells = []
    for cell in value['cells']:
        if isinstance(cell, dict):
            text = to_json({name: each for name, each in cell.items() if name != 'apps'})
            cells += [(id_of(app), text) for app in (cell['apps'] if isinstance(cell.get('apps'), list) else [])]
    return value['account'], cells


def place_of(value):
    found = cells_in(value)
    return {} if found is None else dict(what=cell_name(found[0], found[1][0][0] if found[1] else ''))


def place_between(expected, found):
    """What is stated otherwise: what is changed or dropped by what was expected, what is added or doubled by what was found."""
    must, has = cells_in(expected), cells_in(found)
    if must is None:
        return place_of(found) if expected is None else {}
    if has is None:
        return place_of(expected)
    if must[0] != has[0]:
        return place_of(expected if utf16(has[0]) > utf16(must[0]) else found)
    at = 0
    while at < len(must[1]) and at < len(has[1]) and must[1][at] == has[1][at]:
        at += 1
    one, other = (each[1][at] if at < len(each[1]) else None for each in (must, has))
    if one is None and other is None:
        return dict(what=id_of(must[0]))
    is_added = one is None or (other is not None and all(app != other[0] for app, _ in must[1][at:]))
    return dict(what=cell_name(must[0], (other if is_added else one)[0]))


def check_statements(files, claims):
    expected, line = (each for of in STATED for each in claims[of]), 0
    for line, value in lines_of(member(files, 'statements.ndjson')):
        one = next(expected, None)
        if to_json(value) != to_json(one):
            raise Fault('The statement does not follow from the entries that are shown.', 'statements.ndjson', line=line,
                        **place_between(one, value))
    one = next(expected, None)
    if one is not None:
        raise Fault('A statement that follows from the entries is left out.', 'statements.ndjson', line=line + 1, **place_of(one))
    return claims


def software_words(claims):
    digests = [s['sbom'] for s in claims['software']]
    if not any(digests):
        return 'The record names no bill of materials for the range: sbom.json is that of the software that made the pack.'
    here = digests.count(claims['sbom'])
    if here == len(digests):
        return 'sbom.json is the bill of materials of the software that was in force, by its digest on record.'
    if here == 0:
        return ('sbom.json is that of other software than was in force in the range: tables/software.csv says which was, and when.')
    return ('sbom.json is that of software that was in force in a part of the range alone: tables/software.csv says what was besides, '
            'and when.')


# ---------------------------------------------------------------- tables and report

def cell(text):
    harmless = text == '' or re.match('[A-Za-z0-9/(\u00c0-\u1fff\u3001-\ud7ff]', text)
    return '"%s"' % (text if harmless else "'" + text).replace('"', '""')


def tables(claims):
    basis = lambda s: ' '.join(map(str, s['basis']))
    span = lambda s: [utc(s['from']), utc(s['until'])]
    yield 'days', DAY_HEADS, ([str(each) for each in day.values()] for day in claims['days'])
    yield ('accounts', ['account', 'realm', 'name', 'organisation', 'from', 'until', 'standing', 'ways', 'entries'],
           ([s['account'], s['realm'] or '', s['name'] or '', s['organisation'] or ''] + span(s)
            + [s['standing'], ' '.join(s['ways']), basis(s)] for s in claims['accounts']))
    yield ('apps', ['app', 'realm', 'bound', 'from', 'until', 'entries'],
           ([s['app'], s['realm'], s['bound']] + span(s) + [basis(s)] for s in claims['apps']))
    yield ('exemptions', ['app', 'exemption', 'reason', 'owner', 'from', 'until', 'entries'],
           ([s['app'], s['exemption'], s['reason'], s['owner']] + span(s) + [basis(s)] for s in claims['exemptions']))
    yield ('findings', ['finding', 'app', 'found', 'from', 'until', 'times', 'entries'],
           ([s['finding'], s['app'] or '', 'as it must be' if s['ok'] else 'not as it must be'] + span(s) + [str(s['count']), basis(s)]
            for s in claims['findings']))
    yield from end_tables(claims)


def moment(ms):
    return utc(ms) if is_moment(ms) else ''


def own_login(app):
    x = app['unbound'] or dict(until='', owner='', reason='', over=False)
    return ['', 'its own login', 'shut: unbound too long' if x['over'] else app['order'] or '', '', '', x['until'], x['owner'], x['reason']]


def end_tables(claims):
    """How it stood at the end of the range."""
    basis = lambda s: ' '.join(map(str, s['basis']))
    of = lambda a: [a['realm'] or '', a['name'] or '', a['organisation'] or '']
    seconds = lambda ms: '' if ms is None else js_number(repr(ms / 1000))
    yield ('coverage', ['account', 'app', 'realm', 'name', 'organisation', 'stands', 'why', 'factors', 'strength', 'link until', 'last used',
                        'refused at', 'entries'],
           ([a['account'], app] + of(a) + [c['class'], c['why'] or '', ' '.join(c['factors']), c['acr'] or '', moment(c['until']),
                                           moment(c['used']), ' '.join(c['refused']), basis(c)]
            for a in claims['cells'] for c in a['cells'] for app in c['apps'] or ['']))
    yield ('ways', ['app', 'realm', 'bound', 'method', 'path', 'takes', 'within seconds', 'groups', 'until', 'owner', 'reason', 'entries'],
           ([a['app'], a['realm'], a['bound']] + cells + [basis(a)] for a in claims['ways'] for cells in [own_login(a)] + [
               ['any' if w['method'] == '*' else w['method'], w['path'], w['way'], seconds(w['maxAgeMs']), ' '.join(w['groups']), w['until'], w['owner'], w['reason']]
               for w in a['ways']]))
    yield ('factors', ['account', 'realm', 'name', 'organisation', 'factor', 'kind', 'enrolled', 'disabled', 'last used', 'entries'],
           ([a['account']] + of(a) + [f['id'] or '', f['kind'], moment(f['enrolled']), moment(f['disabled']), moment(f['used']), basis(f)]
            for a in claims['cells'] for f in a['factors']))
    yield ('software', ['sallyport', 'node', 'sbom', 'sbom.json', 'from', 'until', 'entries'],
           ([s['sallyport'] or '', s['node'] or '', s['sbom'] or '', 'is it' if s['sbom'] == claims['sbom'] else 'is another',
             utc(s['from']), utc(s['until']), basis(s)] for s in claims['software']))


def answer_values(claims, manifest):
    days, last = claims['days'], claims['days'][-1]
    is_open = [s for s in claims['findings'] if not s['ok'] and s['finding'] in ('origin.checked', 'origin.log-read')]
    yield 'from', utc(manifest['from'])
    yield 'to', utc(manifest['to'])
    yield 'sealed', str(manifest['size'])
    yield 'days', str(len(days))
    yield 'wanting-days', str(sum(1 for day in days if day['open'] > 0 or day['past'] > 0))
    yield 'exemptions', str(len(claims['exemptions']))
    yield 'open-findings', str(len(is_open))
    yield 'failed-findings', str(sum(1 for s in claims['findings'] if not s['ok']))
    for name in ('accounts', 'enrolled', 'waiting', 'none', 'disabled', 'unknown'):
        yield name, str(last[name])
    counts = dict.fromkeys(CLASSES, 0)
    for cell in (cell for a in claims['cells'] for cell in a['cells']):
        counts[cell['class']] += len(cell['apps'])
    yield 'cells', str(sum(counts.values()))
    for name, count in counts.items():
        yield 'cells-' + name, str(count)


def line_in(files, claims, file):
    """The first line of a table that is not as it must be, and the cell that it is about."""
    heads, rows = next((heads, rows) for name, heads, rows in tables(claims) if 'tables/%s.csv' % name == file)
    found, at, line, before, said = b''.join(unpack(member(files, file))), 0, 0, None, {}
    for row in [heads, *rows]:
        line += 1
        data = utf8(','.join(map(cell, row)) + '\r\n')
        what = dict(what=cell_name(row[0], row[1])) if line > 1 and file == 'tables/coverage.csv' else {}
        if found[at:at + len(data)] != data:
            return dict(line=line, **(said if before is not None and found[at:at + len(before)] == before else what))
        at, before, said = at + len(data), data, what
    return dict(line=line + 1, **said)


def check_tables(files, manifest, claims):
    known = set()
    for name, heads, rows in tables(claims):
        name = 'tables/%s.csv' % name
        known.add(name)
        made = hashlib.sha256()
        for row in [heads, *rows]:
            made.update(utf8(','.join(map(cell, row)) + '\r\n'))
        if made.hexdigest() != digest_of(member(files, name)):
            raise Fault('The table does not say what the statements say.', name, **line_in(files, claims, name))
    for name in files:
        if name.startswith('tables/') and name not in known:
            raise Fault('No pack has a table of that name.', name)
    found, expected = [], list(answer_values(claims, manifest))
    for piece in whole_text(member(files, 'report.html'), 64 * 1024 * 1024).split('<data ')[1:]:
        parts = re.match('id="([a-z-]+)" value="([^"<>]*)">([^<]*)</data>', piece)
        found.append((parts.group(1), parts.group(2) if parts.group(2) == parts.group(3) else '') if parts else ('', ''))
    for i, (name, value) in enumerate(expected):
        if i >= len(found) or found[i] != (name, value):
            raise Fault('The report does not answer what the statements say.', 'report.html', what=name)
    if len(found) != len(expected):
        raise Fault('The report does not answer what the statements say.', 'report.html', what='answers')
    return True


# ---------------------------------------------------------------- all of it

def look(done, check, work):
    """Does one check; None where it does not hold."""
    try:
        value = work()
        done[check] = dict(check=check, ok=True, where=None, says=CHECKS[check])
        return value
    except Fault as fault:
        done[check] = dict(check=check, ok=False, where=fault.where, says=fault.says)
    except Exception:  # No proof of anything: it is told as what was not shown to hold.
        done[check] = dict(check=check, ok=False, where=None,
                           says='The verifier could not go on: the pack is not as any of ours.')
    return None


def look_all(done, counted, pack, key_text, checkpoint):
    files = look(done, 'zip', lambda: read_zip(pack))
    manifest = files is not None and look(done, 'manifest', lambda: read_manifest(files))
    key = manifest and look(done, 'signature', lambda: check_signature(files, manifest, key_text))
    if not key or not look(done, 'digests', lambda: check_digests(files, manifest)):
        return
    head = look(done, 'checkpoint', lambda: check_head(files, manifest, key))
    if head is not None:
        older = look(done, 'history', lambda: check_history(files, head, key))
        if checkpoint is None:
            done['yours'] = dict(check='yours', ok=None, where=None, says='You gave no head of your own: that nothing older was '
                                 'rewritten follows from the heads in the pack alone.')
        elif older is not None:
            look(done, 'yours', lambda: check_yours(checkpoint, key, older + [head]))
    entries = look(done, 'entries', lambda: read_entries(files, manifest))
    if entries is None:
        return
    if head is not None and look(done, 'tree', lambda: check_tree(files, entries, head)):
        shown = len(entries)
        counted.update(shown=shown, others=manifest['size'] - shown)
    documents = look(done, 'documents', lambda: check_documents(files, entries))
    if documents is None:
        return
    claims = look(done, 'statements', lambda: check_statements(files, claims_of(manifest, entries, documents)))
    if claims is not None:
        done['software'] = dict(check='software', ok=True, where=None, says=software_words(claims))
        look(done, 'tables', lambda: check_tables(files, manifest, claims))


def verify(pack, key=None, checkpoint=None):
    done, counted = {}, {}
    look_all(done, counted, pack, key, checkpoint)
    unseen = 'Not looked at, since what it rests on does not hold.'
    checks = [done.get(check, dict(check=check, ok=None, where=None, says=unseen)) for check in CHECKS]
    holds = all(c['ok'] or (c['ok'] is None and c['check'] == 'yours' and checkpoint is None) for c in checks)
    return dict(verdict='failed' if not holds else 'self-consistent' if key is None else 'verified', checks=checks,
                entries=counted or None)


def sentence_of(answer):
    said = {'verified': 'Verified: all of it holds, by the key that you gave.',
            'self-consistent': 'The pack fits together, but by a key that it names itself: anybody can make such a pack. '
                               'Get the key of the log from elsewhere, and verify again.',
            'failed': 'Not verified: something does not hold. Rely on nothing in this pack.'}[answer['verdict']]
    entries = answer['entries']
    if answer['verdict'] == 'failed' or entries is None:
        return said
    if entries['others'] == 0:
        return said + ' It shows all %d entries of the record.' % entries['shown']
    return said + (' It shows %d entries of the record and only counts %d others. That none of these is a decision about who could '
                   'get in follows from no proof: whoever made the pack says so.' % (entries['shown'], entries['others']))


def main():
    parser = argparse.ArgumentParser(description='Verifies an evidence pack of Sallyport.')
    parser.add_argument('pack')
    parser.add_argument('--key', help='the key of the log as you were given it: NAME+ID+KEY')
    parser.add_argument('--checkpoint', help='a file with an older head that you hold')
    parser.add_argument('--json', action='store_true')
    asked = parser.parse_args()
    with open(asked.pack, 'rb') as file:
        pack = file.read(MAX_PACK + 1)
    checkpoint = None
    if asked.checkpoint is not None:
        with open(asked.checkpoint, encoding='utf-8', newline='') as file:
            checkpoint = file.read(MAX_LINE)
    answer = verify(pack, asked.key, checkpoint)
    if asked.json:
        print(json.dumps(answer, indent=2))
    else:
        for check in answer['checks']:
            word = 'left' if check['ok'] is None else 'yes ' if check['ok'] else 'NO  '
            where = '' if check['where'] is None else ' (%s)' % ', '.join('%s %s' % pair for pair in check['where'].items())
            print('%s  %-11s %s%s' % (word, check['check'], check['says'], where))
        print('\n' + sentence_of(answer))
    return 1 if answer['verdict'] == 'failed' else 0


if __name__ == '__main__':
    sys.exit(main())
