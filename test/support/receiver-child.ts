import { appendFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTls } from 'node:tls';
import { localhostCert, localhostKey } from './localhost-tls.ts';

/**
 * A receiver as a process of its own, which can be killed: `node receiver-child.ts webhook|syslog PORT FILE`. What it has taken
 * stands in the file before it says so: a line for each, as it came.
 */
const [kind = '', port = '0', file = ''] = process.argv.slice(2);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}

const webhook = () =>
  createServer((request, response) => {
    void bodyOf(request).then((body) => {
      appendFileSync(file, `${JSON.stringify({ id: request.headers['webhook-id'], body })}\n`);
      response.end();
    });
  });

/** RFC 5425 §4.3: length, blank, message. What is not whole is not taken. */
const syslog = () =>
  createTls({ cert: localhostCert, key: localhostKey }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (let blank = rest.indexOf(0x20); blank > 0; blank = rest.indexOf(0x20)) {
        const end = blank + 1 + Number(rest.toString('latin1', 0, blank));
        if (rest.length < end) break;
        appendFileSync(file, `${rest.toString('utf8', blank + 1, end)}\n`);
        rest = rest.subarray(end);
      }
    });
    socket.on('error', () => {});
  });

const server = kind === 'syslog' ? syslog() : webhook();
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
