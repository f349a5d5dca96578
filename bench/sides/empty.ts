import { createServer } from 'node:http';

/** The least a Node server can do: what any proxy in Node is measured against. `/auth` answers 204 for nginx. */
const bodies = new Map([100, 65_536].map((size) => [`/${size}`, Buffer.alloc(size, 'x')]));
const server = createServer((request, response) => {
  const body = bodies.get(request.url ?? '');
  if (body === undefined) response.writeHead(204).end();
  else response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
});
server.keepAliveTimeout = 75_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit());
