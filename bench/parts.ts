import { mkdtempSync, rmSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { LogLines, timeMember } from '../src/cli/log-lines.ts';
import { systemClock } from '../src/lib/clock.ts';
import { writeAnswerHead } from '../src/proxy/head.ts';
import { requestHeaders } from '../src/proxy/headers.ts';
import { AnswerReader } from '../src/proxy/http1/answer.ts';
import type { AnswerHead } from '../src/proxy/http1/fields.ts';
import { writeRequestHead } from '../src/proxy/http1/request-head.ts';
import { responseHeaders } from '../src/proxy/response-headers.ts';
import { cleanHead } from '../src/request/clean.ts';
import { AccessLog } from '../src/web/access-log.ts';
import { readRequest } from '../src/web/requests.ts';
import { boundParts } from './parts-bound.ts';
import { standAt } from './parts-stand.ts';
import { presetText } from './preset.ts';

/**
 * `npm run bench:parts`: what each part of the way of a request costs by itself, µs, best of many rounds in one process. What Node
 * does (sockets, its parser, its answer) stands apart; the sum is less than what a request costs, since caches are warm.
 */

const ROUNDS = 60;
const CALLS = 2_000;

/** The least of all rounds: what other processes take of the machine only ever adds. µs for one call. */
async function best(work: () => void): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    // The feed of changes must be looked at, or nothing in memory is believed.
    if (round % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const began = performance.now();
    for (let call = 0; call < CALLS; call += 1) work();
    least = Math.min(least, performance.now() - began);
  }
  return (least * 1000) / CALLS;
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
  const stand = await standAt(folder, '/100');
  const { site, sessions, gate, cookie, next, first, headers, parsed, session, judged, passed } = stand;
  const { app, method, target, client } = parsed;
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
  const rows: (readonly [string, number])[] = [
    ['read: clean the head', await best(() => void cleanHead(first))],
    ['read: host, method, client, target, cookies', await best(() => void readRequest(first, headers, site))],
    ['session: find it', await best(() => void sessions.find(cookie))],
    ['judge: decide, and mint', await best(() => void gate.pass(judged))],
    [
      'touch and watch the session',
      await best(() => {
        sessions.touch(session);
        sessions.watch(session);
      }),
    ],
    ['leave: the head for the app', await best(() => void requestHeaders(passed))],
    [
      'leave: write it',
      await best(() => void writeRequestHead({ method, path: '/100', headers: outbound.headers, body: null }, true)),
    ],
    ['answer: read its head', await best(readAnswer)],
    ['answer: the head for the browser', await best(() => void responseHeaders(raw, context))],
    [
      'log: a line',
      await best(() => {
        const response = new ServerResponse(first);
        const line = log.begin(first, response);
        line?.about(app.id, target.path, client.address);
        line?.by(session);
        response.emit('close');
      }),
    ],
    ['log: of this, what Node makes besides', await best(() => void new ServerResponse(first).emit('close'))],
    ['Node: a message as its parser makes it', await best(() => void next())],
    [
      'Node: an answer with its head and body',
      await best(() => {
        const response = new ServerResponse(first);
        writeAnswerHead(response, status, reason, responseHeaders(raw, context).headers);
        response.end('x'.repeat(100), 'latin1');
      }),
    ],
  ];
  await stand.close();
  const crossing = await standAt(folder, '/100', presetText(false));
  rows.push(...(await boundParts(crossing, raw, best)));
  await crossing.close();
  return rows;
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-parts-'));
try {
  const rows = await measure(folder);
  const width = Math.max(...rows.map(([part]) => part.length));
  for (const [part, micros] of rows)
    process.stdout.write(`${part.padEnd(width)}  ${micros.toFixed(2).padStart(6)} µs\n`);
  const ours = rows.filter(([part]) => !/Node|^log|^bound/.test(part)).reduce((sum, [, micros]) => sum + micros, 0);
  process.stdout.write(`${'all of ours, without the log'.padEnd(width)}  ${ours.toFixed(2).padStart(6)} µs\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
