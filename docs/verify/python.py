"""Verifies the assertion of Sallyport in a Python app (Python 3.9 or newer). Needs: pip install 'pyjwt[crypto]>=2.6'

WSGI (Flask, Django, …), around the whole app:

    from python import SallyportOnly
    application = SallyportOnly(
        application,
        jwks_url='https://portal.example.org/.sallyport/jwks.json',
        issuer='https://portal.example.org',     # the app's public origin
        audience='portal',                       # the app's id in Sallyport's configuration
    )

Behind it, environ['sallyport.account'] is the account's name and environ['sallyport.claims'] has the rest.
"""
import base64
import json
import re
import threading
import time
import unicodedata
import urllib.request

import jwt

# A signature has 64 bytes, and its last letter two bits. fullmatch, not match with $: a trailing newline would pass.
COMPACT = re.compile(r'[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]')
NAME = re.compile(r'[A-Za-z][A-Za-z0-9_]*')
CONTROL = re.compile('[\x00-\x1f\x7f-\x9f]')
MAX_LENGTH = 8192
MAX_DEPTH = 8
LIFE = 60  # seconds
SKEW = 5  # seconds
TEXTS = ['sub', 'name', 'realm', 'sid', 'jti', 'acr']
TIMES = ['iat', 'nbf', 'exp', 'auth_time']


def is_plain(value, depth):
    """Nothing that two readers of JSON could read in two ways: whole numbers, text without control characters, plain names."""
    if value is None or value is True or value is False:
        return True
    if type(value) is int:
        return abs(value) < 2**53
    if type(value) is str:
        return not CONTROL.search(value)
    if type(value) is list and depth > 0:
        return all(is_plain(each, depth - 1) for each in value)
    if type(value) is dict and depth > 0:
        return all(NAME.fullmatch(name) and is_plain(each, depth - 1) for name, each in value.items())
    return False


def read(part):
    """One part of a token, when it is written as Sallyport writes it: no blank, no member twice, no other spelling."""
    value = json.loads(base64.urlsafe_b64decode(part + '=' * (-len(part) % 4)).decode('utf-8'))
    text = json.dumps(value, ensure_ascii=False, separators=(',', ':')).encode('utf-8')
    again = base64.urlsafe_b64encode(text).decode('ascii').rstrip('=')
    if again != part or type(value) is not dict or not is_plain(value, MAX_DEPTH):
        raise ValueError('another spelling')
    return value


def is_text(value):
    if type(value) is not str or value == '':
        return False
    return not any(unicodedata.category(end).startswith('Z') for end in (value[0], value[-1]))


def is_texts(value):
    return type(value) is list and len(value) > 0 and all(is_text(each) for each in value)


def is_time(value):
    return type(value) is int and value > 0  # type, not isinstance: True is an int


def check_head(head):
    if sorted(head) != ['alg', 'kid', 'typ'] or not is_text(head['kid']):
        raise ValueError('members of the header')
    if head['alg'] != 'ES256' or head['typ'] != 'sallyport-assertion+jwt':
        raise ValueError('alg or typ')


def check_claims(claims, now):
    if not all(is_text(claims.get(name)) for name in TEXTS) or not all(is_time(claims.get(name)) for name in TIMES):
        raise ValueError('a claim that is missing, or is not what it should be')
    if not is_texts(claims.get('amr')) or ('groups' in claims and not is_texts(claims['groups'])):
        raise ValueError('amr or groups')
    iat, nbf, exp = claims['iat'], claims['nbf'], claims['exp']
    if not iat < exp <= iat + LIFE or nbf >= exp:
        raise ValueError('a longer life than an assertion has')
    if exp <= now - SKEW or max(iat, nbf, claims['auth_time']) > now + SKEW:
        raise ValueError('iat, nbf, exp or auth_time')


class Keys:
    """The published keys: kept for five minutes. An unknown kid asks again, at most every five seconds."""

    def __init__(self, url):
        self._url = url
        self._lock = threading.Lock()
        self._keys = []
        self._asked_at = None

    def _ask(self):
        self._asked_at = time.monotonic()
        self._keys = []  # when they cannot be had, there are none
        with urllib.request.urlopen(self._url, timeout=5) as answer:
            self._keys = json.loads(answer.read(1_000_000))['keys']

    def __call__(self, kid):
        with self._lock:
            for max_age in (300, 5):
                if self._asked_at is None or time.monotonic() - self._asked_at >= max_age:
                    self._ask()
                found = [key for key in self._keys if self._fits(key, kid)]
                if len(found) == 1:
                    return jwt.PyJWK(found[0], 'ES256').key
        raise ValueError('unknown key')

    @staticmethod
    def _fits(key, kid):
        if key.get('kid') != kid or key.get('kty') != 'EC' or key.get('crv') != 'P-256':
            return False
        return key.get('alg', 'ES256') == 'ES256' and key.get('use', 'sig') == 'sig'


class Verifier:
    """Call it with the header's value: returns the claims or raises. Anything raised is a refusal."""

    def __init__(self, jwks_url, issuer, audience):
        if not (jwks_url and is_text(issuer) and is_text(audience)):  # a value left out would be a check left out
            raise ValueError('jwks_url, issuer and audience are all needed')
        self._keys = Keys(jwks_url)
        self._issuer = issuer
        self._audience = audience

    def __call__(self, token):
        # Two header lines, joined by a comma, fail too.
        if type(token) is not str or len(token) > MAX_LENGTH or not COMPACT.fullmatch(token):
            raise ValueError('no assertion')
        head, claims = (read(part) for part in token.split('.')[:2])
        check_head(head)
        # Its signature alone: PyJWT takes text for a time, and a list for an audience.
        jwt.PyJWS().decode_complete(token, self._keys(head['kid']), algorithms=['ES256'])
        if claims.get('iss') != self._issuer or claims.get('aud') != self._audience:
            raise ValueError('issuer or audience')
        check_claims(claims, int(time.time()))
        return claims


class SallyportOnly:
    """WSGI middleware: 403 for whoever does not come through Sallyport."""

    def __init__(self, app, jwks_url, issuer, audience):
        self._app = app
        self._verify = Verifier(jwks_url, issuer, audience)

    def __call__(self, environ, start_response):
        try:
            claims = self._verify(environ.get('HTTP_SALLYPORT_ASSERTION'))
        except Exception:  # whatever it is, it refuses
            start_response('403 Forbidden', [('Content-Type', 'text/plain; charset=utf-8')])
            return [b'This app is reached through Sallyport only.\n']
        environ['sallyport.claims'] = claims
        environ['sallyport.account'] = claims['name']
        return self._app(environ, start_response)
