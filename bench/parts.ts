import { mkdtempSync, rmSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Assertions } from '../src/assertions/assertions.ts';
import { Keyring } from '../src/assertions/keyring.ts';
import { RequestIds } from '../src/assertions/request-ids.ts';
import { LogLines, timeMember } from '../src/cli/log-lines.ts';
import { loadConfigFile } from '../src/config/load.ts';
import { Admission } from '../src/gate/admission.ts';
import { Gate, type Judged } from '../src/gate/gate.ts';
import { systemClock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { KeyDuty } from '../src/manage/keys.ts';
import { writeAnswerHead } from '../src/proxy/head.ts';
import { requestHeaders } from '../src/proxy/headers.ts';
import { AnswerReader } from '../src/proxy/http1/answer.ts';
import type { AnswerHead } from '../src/proxy/http1/fields.ts';
import { writeRequestHead } from '../src/proxy/http1/request-head.ts';
import { responseHeaders } from '../src/proxy/response-headers.ts';
import { cleanHead } from '../src/request/clean.ts';
import { SessionMap } from '../src/sessions/map.ts';
import { Sites } from '../src/sites.ts';
import { openSealedStore } from '../src/store/open-sealed.ts';
import { AccessLog } from '../src/web/access-log.ts';
import { readRequest } from '../src/web/requests.ts';
import { install, request } from './installation.ts';

/**
 * `npm run bench:parts`: what each part of the way of a request costs by itself, µs, best of many rounds in one process. What Node
 * does (sockets, its parser, its answer) stands apart; the sum is less than what a request costs, since caches are warm.
 */

const ROUNDS = 60;
const CALLS = 2_000;

/** The least of all rounds: what other processes take of the machine only ever adds. µs for one call. */
function best(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    for (let call = 0; call < CALLS; call += 1) work();
    least = Math.min(least, performance.now() - began);
  }
  return (least * 1000) / CALLS;
}

/** The head that Node would hand over for the text of a request. */
function incoming(text: string): () => IncomingMessage {
  const [line = '', ...fields] = text.trimEnd().split('\r\n');
  const [method = '', url = ''] = line.split(' ');
  const raw = fields.flatMap((field) => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' });
  return () => {
    const message = new IncomingMessage(socket);
    Object.assign(message, { method, url, httpVersion: '1.1', rawHeaders: raw });
    return message;
  };
}

const ANSWER = [
  'HTTP/1.1 200 OK',
  'Content-Type: text/html; charset=utf-8',
  'Content-Length: 100',
  'Cache-Control: no-store',
  'Date: Sun, 29 Nov 2026 12:00:00 GMT',
  'Server: app',
  'Connection: keep-alive',
  '',
  'x'.repeat(100),
].join('\r\n');

async function measure(folder: string): Promise<readonly (readonly [part: string, micros: number])[]> {
  const installed = await install(folder, 8443, { upstreamPort: 1, sessions: 1 });
  const { config } = await loadConfigFile(installed.config);
  if (config === undefined) throw new Error('the configuration is faulty');
  const { store, seal } = await openSealedStore(config, { clock: systemClock, random: systemRandom });
  const ring = new Keyring(systemClock, seal);
  await new KeyDuty({ store, seal, clock: systemClock }, ring, () => {}).rotateWhenDue(config.keys.rotateMs);
  const sites = new Sites(config, systemClock);
  const { site } = sites.live;
  const sessions = new SessionMap({
    store,
    clock: systemClock,
    sourceOf: (app, realm) => sites.sourceOf(app, realm),
    stands: () => true,
    onError: (error) => console.error(error),
  });
  await sessions.start(() => null);
  const assertions = new Assertions(ring, systemClock, systemRandom);
  const ids = new RequestIds(seal, systemRandom);
  const gate = new Gate({ clock: systemClock, store, assertions, ids });
  const cookie = installed.cookies[0] ?? '';
  const next = incoming(request('/100', cookie));
  const first = next();
  const headers = cleanHead(first);
  const parsed = readRequest(first, headers, site);
  const session = await sessions.find(cookie);
  const rules = site.rules.get(parsed.app);
  if (session === undefined || rules === undefined) throw new Error('nobody is signed in');
  const { app, method, target, destination, client, head } = parsed;
  const judged: Judged = {
    ...{ request: first, headers, app, rules, method, target, destination, host: head.host, client, session },
    ...{ upgrade: false, originAllowed: false },
  };
  const passed = await gate.pass(judged);
  if (!(passed instanceof Admission) || !Admission.is(passed, 'session')) throw new Error('it is not admitted');
  const outbound = requestHeaders(passed);
  const answer = Buffer.from(ANSWER, 'latin1');
  let answered: AnswerHead | undefined;
  const reader = new AnswerReader({
    onInterim: () => {},
    onHead: (read) => {
      answered = read;
    },
    onPiece: () => {},
    onWhole: () => {},
  });
  const readAnswer = (): void => {
    reader.expect('GET');
    reader.read(answer, answer.length);
  };
  readAnswer();
  const { status, reason, raw } = answered ?? { status: 0, reason: '', raw: [] };
  const context = { method, status, session: true, requested: passed };
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = new LogLines((text) => nowhere.write(text));
  const log = new AccessLog(pino({ base: null, timestamp: timeMember }, lines), systemClock, () => true);
  const rows: [string, number][] = [
    ['read: clean the head', best(() => void cleanHead(first))],
    ['read: host, method, client, target, cookies', best(() => void readRequest(first, headers, site))],
    ['session: find it', best(() => void sessions.find(cookie))],
    ['judge: decide, and mint', best(() => void gate.pass(judged))],
    [
      'touch and watch the session',
      best(() => {
        sessions.touch(session);
        sessions.watch(session);
      }),
    ],
    ['leave: the head for the app', best(() => void requestHeaders(passed))],
    [
      'leave: write it',
      best(() => void writeRequestHead({ method, path: '/100', headers: outbound.headers, body: null }, true)),
    ],
    ['answer: read its head', best(readAnswer)],
    ['answer: the head for the browser', best(() => void responseHeaders(raw, context))],
    [
      'log: a line',
      best(() => {
        const response = new ServerResponse(first);
        const line = log.begin(first, response);
        line?.about(app.id, target.path, client.address);
        line?.by(session);
        response.emit('close');
      }),
    ],
    ['log: of this, what Node makes besides', best(() => void new ServerResponse(first).emit('close'))],
    ['Node: a message as its parser makes it', best(() => void next())],
    [
      'Node: an answer with its head and body',
      best(() => {
        const response = new ServerResponse(first);
        writeAnswerHead(response, status, reason, responseHeaders(raw, context).headers);
        response.end('x'.repeat(100), 'latin1');
      }),
    ],
  ];
  await sessions.stop();
  await sites.destroy();
  await store.close();
  return rows;
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-parts-'));
try {
  const rows = await measure(folder);
  const width = Math.max(...rows.map(([part]) => part.length));
  for (const [part, micros] of rows)
    process.stdout.write(`${part.padEnd(width)}  ${micros.toFixed(2).padStart(6)} µs\n`);
  const ours = rows
    .filter(([part]) => !/Node/.test(part) && !part.startsWith('log'))
    .reduce((sum, [, micros]) => sum + micros, 0);
  process.stdout.write(`${'all of ours, without the log'.padEnd(width)}  ${ours.toFixed(2).padStart(6)} µs\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
