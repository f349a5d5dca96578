/** An answer and what it answers. */
export interface Sample {
  readonly method: string;
  /** As it comes from the app, one character for one byte. */
  readonly text: string;
}

const crlf = (lines: readonly string[], body = ''): string => `${lines.join('\r\n')}\r\n\r\n${body}`;

const PAGE = '<!doctype html><title>x</title><p>Sign in</p>';

/** Answers as servers send them, each with something of its own. */
const TEXTS: readonly string[] = [
  crlf(['HTTP/1.1 200 OK', 'Content-Length: 5'], 'hello'),
  crlf(['HTTP/1.1 200 OK', 'Content-Length: 0']),
  crlf(['HTTP/1.1 200', 'Content-Length: 2'], 'ok'),
  crlf(['HTTP/1.1 200 ', 'Content-Length: 2'], 'ok'),
  crlf(['HTTP/1.0 200 OK', 'Content-Type: text/html'], PAGE),
  crlf(['HTTP/1.0 200 OK', 'Connection: keep-alive', 'Content-Length: 5'], 'hello'),
  crlf(['HTTP/1.0 200 OK', 'Connection: Keep-Alive', 'Keep-Alive: timeout=15, max=100', 'Content-Length: 1'], 'x'),
  crlf(['HTTP/1.1 200 OK', 'Connection: close'], PAGE),
  crlf(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'),
  crlf(['HTTP/1.1 200 OK', 'transfer-encoding:chunked'], '1\r\na\r\n2\r\nbc\r\n00\r\n\r\n'),
  crlf(['HTTP/1.1 200 OK', 'Transfer-Encoding: Chunked'], '3;name=value\r\nabc\r\n0;last\r\n\r\n'),
  crlf(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], '3;q="a;b\\"c"\r\nabc\r\n0\r\n\r\n'),
  crlf(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'], 'A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n'),
  crlf(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Connection: close'], '0\r\n\r\n'),
  crlf(['HTTP/1.1 204 No Content']),
  crlf(['HTTP/1.1 204 No Content', 'Content-Length: 0']),
  crlf(['HTTP/1.1 304 Not Modified', 'ETag: "x"', 'Content-Length: 1234']),
  crlf(['HTTP/1.1 304 Not Modified', 'ETag: W/"x"']),
  crlf(['HTTP/1.1 100 Continue']) + crlf(['HTTP/1.1 200 OK', 'Content-Length: 1'], '1'),
  crlf(['HTTP/1.1 102 Processing']) + crlf(['HTTP/1.1 200 OK', 'Content-Length: 1'], '1'),
  crlf(['HTTP/1.1 103 Early Hints', 'Link: </a.css>; rel=preload']) +
    crlf(['HTTP/1.1 200 OK', 'Content-Length: 1'], '1'),
  crlf(['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']),
  crlf([
    'HTTP/1.1 302 Found',
    'Location: /login?next=%2F',
    'Set-Cookie: a=1; Path=/',
    'Set-Cookie: b=2',
    'Content-Length: 0',
  ]),
  crlf(
    [
      'HTTP/1.1 200 OK',
      'X-Bytes: \xe4\xf6\xfc\x80',
      'Content-Disposition: attachment; filename="\xc3\xa4.txt"',
      'Content-Length: 1',
    ],
    '\xff',
  ),
  crlf(['HTTP/1.1 200 OK', 'X-Empty:', 'X-Blank:   ', 'X-Blanks-Around: \t a b \t', 'Content-Length: 1'], 'z'),
  crlf(['HTTP/1.1 404 Nicht gefunden \xfc', 'Content-Length: 3'], 'no\n'),
  crlf(['HTTP/1.1 999 Request Denied', 'Content-Length: 0']),
  crlf(['HTTP/1.1 200 OK', 'Connection: keep-alive, Upgrade', 'Upgrade: h2,h2c', 'Content-Length: 1'], 'u'),
  crlf(['HTTP/1.1 200 OK', 'Connection: X-Hop , close', 'X-Hop: 1', 'Content-Length: 1'], 'c'),
];

/** Heads as known products send them by default; what is personal or long is left out. */
const PRODUCTS: readonly string[] = [
  crlf(
    [
      'HTTP/1.1 200 OK',
      'Date: Mon, 01 Jan 2029 00:00:00 GMT',
      'Server: Apache/2.4.66 (Debian)',
      'Vary: Accept-Encoding',
      'Content-Length: 4',
      'Keep-Alive: timeout=5, max=100',
      'Connection: Keep-Alive',
      'Content-Type: text/html; charset=UTF-8',
    ],
    'page',
  ),
  crlf(
    [
      'HTTP/1.1 401 Unauthorized',
      'Date: Mon, 01 Jan 2029 00:00:00 GMT',
      'Server: Apache',
      'WWW-Authenticate: Digest realm="x", nonce="abc=", algorithm=MD5, qop="auth"',
      'Content-Length: 2',
      'Content-Type: text/html; charset=iso-8859-1',
    ],
    'no',
  ),
  crlf(
    [
      'HTTP/1.1 200 OK',
      'Server: nginx/1.28.0',
      'Content-Type: text/html; charset=utf-8',
      'Transfer-Encoding: chunked',
      'Connection: keep-alive',
      'X-Powered-By: PHP/8.4.1',
      'Set-Cookie: roundcube_sessid=abc; path=/; HttpOnly',
      'Expires: Thu, 19 Nov 1981 08:52:00 GMT',
    ],
    'b\r\nhello world\r\n0\r\n\r\n',
  ),
  crlf(
    [
      'HTTP/1.1 200 ',
      'Set-Cookie: JSESSIONID=0A1B; Path=/app; HttpOnly',
      'Content-Type: text/html;charset=UTF-8',
      'Content-Length: 6',
      'Date: Mon, 01 Jan 2029 00:00:00 GMT',
      'Keep-Alive: timeout=20',
      'Connection: keep-alive',
    ],
    'tomcat',
  ),
  crlf(
    [
      'HTTP/1.1 200 OK',
      'Cache-Control: private',
      'Content-Type: text/html; charset=utf-8',
      'Server: Microsoft-IIS/8.5',
      'X-AspNet-Version: 4.0.30319',
      'Set-Cookie: .ASPXAUTH=00FF; path=/; HttpOnly',
      'X-Powered-By: ASP.NET',
      'Content-Length: 3',
    ],
    'iis',
  ),
  crlf(
    [
      'HTTP/1.0 200 OK',
      'Date: Mon, 01 Jan 2029 00:00:00 GMT',
      'Server: WSGIServer/0.2 CPython/3.13.5',
      'Content-Type: text/html; charset=utf-8',
      'X-Frame-Options: DENY',
      'Content-Length: 6',
      'Vary: Cookie',
      'Set-Cookie:  csrftoken=abc; Path=/; SameSite=Lax',
    ],
    'django',
  ),
  crlf(
    [
      'HTTP/1.1 200 OK',
      'Content-Type: text/html',
      'Content-Encoding: gzip',
      'Transfer-Encoding: chunked',
      'Cache-Control: no-cache, no-store',
      "Content-Security-Policy: default-src 'self'",
    ],
    '8\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\r\n0\r\n\r\n',
  ),
];

/** All of them, asked for by GET; some by HEAD and POST as well. */
export const SEEDS: readonly Sample[] = [
  ...[...TEXTS, ...PRODUCTS].map((text) => ({ method: 'GET', text })),
  ...TEXTS.slice(0, 16).map((text) => ({ method: 'HEAD', text: text.slice(0, text.indexOf('\r\n\r\n') + 4) })),
  ...TEXTS.slice(0, 4).map((text) => ({ method: 'POST', text })),
];
