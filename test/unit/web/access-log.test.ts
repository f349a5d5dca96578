import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import test from 'node:test';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { quoted } from '../../../src/lib/log-text.ts';
import { Session } from '../../../src/sessions/session.ts';
import { AccessLog } from '../../../src/web/access-log.ts';
import { StillClock } from '../../support/clock.ts';
import { accountRow, sessionRow } from '../../support/rows.ts';

const HOSTILE = [
  '',
  'plain',
  '"',
  '\\',
  '\\"\n',
  '\u0000\u001f',
  '\u007f',
  'Å/é',
  '\ud800',
  '😀',
  '\u2028',
  'x'.repeat(300),
];

function logged(wish: { level?: string; on?: () => boolean; shape?: LoggerOptions } = {}) {
  const lines: string[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const shape = { level: wish.level ?? 'info', base: null, formatters };
  const log: Logger = pino(wish.shape ?? shape, { write: (line) => void lines.push(line) });
  const clock = new StillClock(0);
  return { log, lines, clock, access: new AccessLog(log, clock, wish.on ?? (() => true)) };
}

function exchange(method = 'GET', status = 200) {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  const response = new ServerResponse(request);
  response.statusCode = status;
  return { request, response };
}

function sessionOf(name: string, id = 'session-1'): Session {
  const proofs = [
    { kind: 'password', at: 1 },
    { kind: 'totp', at: 1 },
  ] as const;
  const made = Session.fromRow(
    { ...sessionRow({ id, proofs }), account: { ...accountRow({ name }), policy: '{}' } },
    'local',
  );
  assert.ok(made);
  return made;
}

test('a text is written as JSON writes it', () => {
  for (const text of HOSTILE) assert.equal(quoted(text), JSON.stringify(text));
  for (let code = 0; code < 0x300; code += 1) {
    const text = `a${String.fromCharCode(code)}b`;
    assert.equal(quoted(text), JSON.stringify(text));
  }
});

test('a line is the very one that the library would write, whatever stands in it', () => {
  const cases: (readonly [string, LoggerOptions])[] = HOSTILE.filter((text) => text.isWellFormed()).map((text) => [
    text,
    { base: null },
  ]);
  cases.push(['as it comes', {}], ['bound', { base: { node: 'a"b' }, formatters: { level: (level) => ({ level }) } }]);
  for (const [text, shape] of cases) {
    const { access, lines, log } = logged({ shape });
    const { request, response } = exchange(text, 404);
    const session = sessionOf(text, text);
    const line = access.begin(request, response);
    line?.about(text, `/${text}`, text);
    line?.by(session);
    line?.sent('id-1');
    line?.sent('id-1');
    line?.sent('id-2');
    response.emit('close');
    const of = { app: text, path: `/${text}`, source: text, account: text, session: text, id: 'id-2', sends: 2 };
    log.info({ ...of, method: text, status: 404, complete: false, ms: 0 }, 'request');
    const [ours = '', theirs = ''] = lines;
    const timeless = (each: string) => each.replace(/"time":[^,]*,/, '');
    assert.equal(timeless(ours), timeless(theirs));
    const { time } = JSON.parse(ours) as { time: string | number };
    assert.ok(Math.abs(new Date(time).getTime() - Date.now()) < 60_000, String(time));
  }
});

test('what nothing is known of is left out', () => {
  const { access, lines } = logged();
  const { request, response } = exchange();
  access.begin(request, response);
  response.emit('close');
  const { time: _time, ...said } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.deepEqual(said, { level: 'info', method: 'GET', status: 200, complete: false, ms: 0, msg: 'request' });
});

test('a session whose account was renamed is called by the new name, another by its own', () => {
  const { access, lines } = logged();
  for (const [name, id] of [
    ['alice', 'one'],
    ['alice.new', 'one'],
    ['bob', 'two'],
    ['alice', 'one'],
  ] as const) {
    const { request, response } = exchange();
    access.begin(request, response)?.by(sessionOf(name, id));
    response.emit('close');
    const { account, session } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    assert.deepEqual([account, session], [name, id]);
  }
});

test('whether there are lines is asked for each request: by configuration and by level', () => {
  let on = false;
  const { access, lines, log } = logged({ on: () => on });
  const ask = () => {
    const { request, response } = exchange();
    access.begin(request, response);
    response.emit('close');
    return lines.splice(0).length;
  };
  assert.equal(ask(), 0);
  on = true;
  assert.equal(ask(), 1);
  log.level = 'warn';
  assert.equal(ask(), 0);
  log.level = 'info';
  assert.equal(ask(), 1);
});

test('the ticket of a link is in no line', () => {
  const { access, lines } = logged();
  const { request, response } = exchange();
  access.begin(request, response)?.about('portal', '/.sallyport/enrol/abcdefghijklmnopqrstuvwxyz', '192.0.2.1');
  response.emit('close');
  assert.match(lines[0] ?? '', /"path":"\/\.sallyport\/enrol\/\(ticket\)"/);
});
