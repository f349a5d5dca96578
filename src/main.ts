import { runProgram } from './cli/program.ts';

process.exitCode = await runProgram(process.argv.slice(2), async (parts) =>
  (await import('./app.ts')).createApp(parts),
);
// What was given up (an address that is still being looked up, a database that does not answer) holds the process no longer.
if (process.exitCode !== 0) setTimeout(() => process.exit(), 2_000).unref();
