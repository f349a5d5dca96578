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
import re
import time

import jwt

COMPACT = re.compile(r'[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+')
REQUIRED = ['iss', 'aud', 'sub', 'name', 'sid', 'iat', 'nbf', 'exp', 'jti', 'auth_time', 'amr']


class Verifier:
    """Call it with the header's value: returns the claims or raises. Anything raised is a refusal."""

    def __init__(self, jwks_url, issuer, audience):
        if not (jwks_url and issuer and audience):  # PyJWT skips a check whose value is None
            raise ValueError('jwks_url, issuer and audience are all needed')
        self._keys = jwt.PyJWKClient(jwks_url, lifespan=300)
        self._issuer = issuer
        self._audience = audience

    def __call__(self, token):
        # fullmatch, not match with $: a trailing newline would pass. Two header lines, joined by a comma, fail too.
        if not isinstance(token, str) or len(token) > 8192 or not COMPACT.fullmatch(token):
            raise ValueError('no assertion')
        head = jwt.get_unverified_header(token)
        if head.get('alg') != 'ES256' or head.get('typ') != 'sallyport-assertion+jwt' or 'crit' in head:
            raise ValueError('alg, typ or crit')
        key = self._keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key.key,
            algorithms=['ES256'],
            issuer=self._issuer,
            audience=self._audience,
            leeway=5,
            options={'require': REQUIRED},
        )
        # PyJWT has no greatest age, and takes a list of audiences for one.
        age = time.time() - claims['iat']
        if not -5 <= age <= 65 or claims['aud'] != self._audience:
            raise ValueError('iat or aud')
        if not isinstance(claims['name'], str) or not claims['name']:
            raise ValueError('name')
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
