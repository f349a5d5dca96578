import { createServer } from 'node:net';

/**
 * An app with a login of its own, as little of one as there can be: raw sockets, and a session that is its cookie. `/login`
 * takes a form and sets the session cookie, `/whoami` says whose it is, `/100` answers 100 bytes, `/count` too and sets
 * another cookie each time. Without a session cookie every page is 403, so that a jar that gave none would be a fault.
 */
const PAGE = 'x'.repeat(100);
let logins = 0;
let counted = 0;

function answer(status: string, body: string, ...fields: readonly string[]): string {
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: text/html', `Content-Length: ${body.length}`, ...fields];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

const CANNED = answer('200 OK', PAGE);
const DENIED = answer('403 Forbidden', 'nobody');

function signIn(body: string): string {
  const name = /(?:^|&)username=([\w-]+)/.exec(body)?.[1];
  if (name === undefined || !/(?:^|&)password=right(?:&|$)/.test(body)) return answer('401 Unauthorized', 'wrong');
  logins += 1;
  return answer(
    '200 OK',
    'welcome',
    `Set-Cookie: SESS=${name}.${logins}; Path=/; HttpOnly`,
    'Set-Cookie: theme=dark; Path=/',
  );
}

function page(path: string, head: string): string {
  const account = /\r\ncookie:[^\r]*[ ;]SESS=([\w-]+)\./i.exec(head)?.[1];
  if (path === '/whoami')
    return answer('200 OK', account === undefined ? '<b id="nobody"></b>' : `<b id="who">${account}</b>`);
  if (account === undefined) return DENIED;
  if (path !== '/count') return CANNED;
  counted += 1;
  return answer('200 OK', PAGE, `Set-Cookie: last=${counted}; Path=/`);
}

const server = createServer({ noDelay: true }, (socket) => {
  let held = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1');
    const end = held.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    const head = held.slice(0, end);
    const length = head.startsWith('POST') ? Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0) : 0;
    if (held.length < end + length) return;
    const body = held.slice(end);
    held = '';
    const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' ', 5)).split('?', 1)[0] ?? '';
    socket.write(head.startsWith('POST') ? signIn(body) : page(path, head), 'latin1');
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit());
