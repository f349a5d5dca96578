import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installation, request, startSallyport } from './installation.ts';
import { table, whole } from './report.ts';
import { answering, COLLECTABLE, heldMb, Load, pause, startUpstream, stop, stopAll } from './rig.ts';
import { command, Person } from './soak/person.ts';
import { handshake } from './upgrades.ts';

/**
 * `npm run bench:soak` (ten minutes; `-- --minutes N`): half load by the clock, and beside it sign-ins with both factors, revocations by command,
 * uploads and WebSockets. What is held, descriptors and p99 of each minute; exits with 1 where memory or descriptors grow.
 */
const at = process.argv.indexOf('--minutes');
const minutes = at === -1 ? 10 : Number(process.argv[at + 1]);
if (!Number.isInteger(minutes) || minutes < 2 || minutes > 240) {
  process.stderr.write('--minutes wants a whole number from 2 to 240.\n');
  process.exit(2);
}
/** The first accounts are those of the people who enrol, which ends what sessions they had; the last are revoked. */
const [SESSIONS, PEOPLE, SOCKETS, UPLOAD] = [400, 8, 10, 20_000_000];
const MINUTE_MS = 60_000;
/** Beyond this share of what the second minute had, something grows; the first is warm-up. */
const GROWN = 1.1;

interface Minute {
  readonly p50: number;
  readonly p99: number;
  readonly faults: number;
  readonly mb: number;
  readonly descriptors: number;
}

const upstream = await startUpstream();
const load = new Load();
const beside = new Load();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-soak-'));
const done = { signIns: 0, revocations: 0, uploads: 0, sockets: 0 };

/** Whatever people and administrators do meanwhile, each some times a minute, until the end. */
async function busily(ours: Installation, config: string, people: readonly Person[], end: number): Promise<void> {
  const upload = request('/upload', ours.cookies[PEOPLE])
    .replace(/^GET/, 'POST')
    .replace('\r\n\r\n', `\r\nContent-Type: application/octet-stream\r\nContent-Length: ${UPLOAD}\r\n\r\n`);
  let next = SESSIONS / 2;
  while (performance.now() < end) {
    for (const person of people.filter(({ canSignIn }) => canSignIn)) {
      await person.signIn();
      done.signIns += 1;
    }
    await beside.transfer({ kind: 'upload', port: ours.port, request: upload, bytes: UPLOAD });
    done.uploads += 1;
    await beside.frames({
      port: ours.port,
      request: handshake(ours.cookies[PEOPLE] ?? ''),
      connections: SOCKETS,
      ms: 200,
    });
    done.sockets += SOCKETS;
    if (next < SESSIONS) {
      await command(config, 'session', 'revoke', '--account', `person-${next}`);
      next += 1;
      done.revocations += 1;
    }
    await pause(2_000);
  }
}

async function minute(ours: Installation, perSecond: number): Promise<Minute> {
  const requests = ours.cookies.slice(PEOPLE, SESSIONS / 2).map((cookie) => request('/100', cookie));
  const rate = await load.rate({ port: ours.port, requests, connections: 64, ms: MINUTE_MS - 4_000, perSecond });
  const mb = await heldMb(ours);
  const descriptors = readdirSync(`/proc/${ours.process.pid}/fd`).length;
  return { p50: rate.p50, p99: rate.p99, faults: rate.faults, mb, descriptors };
}

function told(all: readonly Minute[], perSecond: number): string {
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  return table([
    [`minute, ${whole(perSecond)} requests/s`, 'p50', 'p99', 'faults', 'held', 'descriptors'],
    ...all.map(({ p50, p99, faults, mb, descriptors }, i) => {
      return [String(i + 1), ms(p50), ms(p99), whole(faults), `${whole(mb)} MB`, whole(descriptors)];
    }),
  ]);
}

try {
  const wish = { upstreamPort: upstream.port, sessions: SESSIONS, nodeFlags: COLLECTABLE };
  const ours = await startSallyport('Sallyport', folder, wish);
  const text = request('/100', ours.cookies[PEOPLE]);
  await answering(ours.port, text, load);
  const people = Array.from({ length: PEOPLE }, (_, i) => new Person(`http://localhost:${ours.port}`, `person-${i}`));
  for (const person of people) await person.enrol(ours.config);
  await load.rate({ port: ours.port, requests: [text], connections: 64, ms: 10_000, count: 40_000 });
  const full = await load.rate({ port: ours.port, requests: [text], connections: 64, ms: 3_000 });
  const perSecond = Math.round(full.perSecond / 2);
  const meanwhile = busily(ours, ours.config, people, performance.now() + minutes * MINUTE_MS);
  meanwhile.catch(() => {}); // told below
  const all: Minute[] = [];
  for (let i = 0; i < minutes; i += 1) {
    all.push(await minute(ours, perSecond));
    process.stderr.write(`minute ${i + 1} of ${minutes}\n`);
  }
  await meanwhile;
  const { signIns, revocations, uploads, sockets } = done;
  const [second, last] = [all[1], all.at(-1)];
  const faults = all.reduce((sum, each) => sum + each.faults, 0);
  process.stdout.write(
    `${told(all, perSecond)}\n\nBeside it: ${signIns} sign-ins, ${revocations} revocations, ${uploads} uploads of ${UPLOAD / 1e6} MB, ${sockets} WebSockets.\n`,
  );
  const grown =
    second === undefined ||
    last === undefined ||
    last.mb > second.mb * GROWN ||
    last.descriptors > second.descriptors * GROWN;
  if (grown || faults > 0) process.exitCode = 1;
  await stop(ours.process);
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
