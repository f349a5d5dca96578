import { startPostgres } from '../support/postgres.ts';

// The PostgreSQL server of a run, in a process of its own: its address on standard output, until standard input is closed.
const server = await startPostgres();
process.stdout.write(`${server.url}\n`);
await new Promise((resolve) => process.stdin.on('close', resolve).resume());
await server.stop();
