import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createBinding } from '../src/binding/binding.ts';
import { jarApp } from '../src/binding/jars.ts';
import { SallyportError } from '../src/errors.ts';
import { createJars } from '../src/jar/jars.ts';
import { systemClock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { requestHeaders } from '../src/proxy/headers.ts';
import type { Passage } from '../src/proxy/passage.ts';
import { responseHeaders } from '../src/proxy/response-headers.ts';
import type { HeadLines } from '../src/request/lines.ts';
import { exchangeContextOf } from '../src/web/bound.ts';
import { Exchange } from '../src/web/exchange.ts';
import type { Stand } from './parts-stand.ts';

type Row = readonly [part: string, micros: number];

const now = <T>(value: T | Promise<T>): T => {
  if (value instanceof Promise) throw new SallyportError('internal', 'the app is asked, or the store');
  return value;
};

/** What the jar of a session adds to its requests, part by part; `best`: µs of one call. */
export async function boundParts(
  of: Stand,
  raw: HeadLines,
  best: (work: () => void) => Promise<number>,
): Promise<readonly Row[]> {
  const { store, seal, gate, sites, parsed: read, passed: admission, judged } = of;
  const { live } = sites;
  const { app, method, session } = admission;
  if (session === null || app.login.kind !== 'bound') throw new SallyportError('internal', 'nobody is signed in');
  const jars = createJars({ store, seal, clock: systemClock });
  const rest = { setVisitor: () => () => '', setJar: () => () => '', asked: () => {}, shared: false };
  const parts = { store, clock: systemClock, random: systemRandom, seal, gate, jars, ...rest };
  const binding = createBinding({ ...parts, login: undefined as never }); // nobody signs in here
  const owner = { kind: 'session', id: session.id, expiresAt: session.expiresAt } as const;
  const jar = await jars.of(owner, jarApp(app), 0);
  const draft = await jars.begin(jar, 'all');
  draft.receive('/login', ['SESS=person-0.1; Path=/; HttpOnly', 'theme=dark; Path=/']);
  const credentials = draft.credentials();
  await draft.commit({ kind: 'bound', name: session.accountName, proof: 'whoami', credentials, checkedAt: Date.now() });
  const around = () => {
    const message = new IncomingMessage(new Socket());
    const exchange = new Exchange(message, new ServerResponse(message), live, { line: undefined, waits: false });
    exchange.headers = admission.headers;
    exchange.read = read;
    return exchange;
  };
  const exchange = around();
  const context = exchangeContextOf(exchange);
  const passage = await binding.passage(admission, context);
  const head = { status: 200, raw };
  const ask = { method, status: 200, session: true, passage, requested: admission };
  const inbound = responseHeaders(raw, ask);
  const settled = (one: Passage): void => {
    if (one.settle?.(head) !== undefined) throw new SallyportError('internal', 'an answer that is waited for');
  };
  const end = passage.onEnd?.(() => {});
  end?.();
  return [
    ['bound: decide, and mint', await best(() => void gate.pass(judged))],
    [
      'bound: what surrounds it',
      await best(() => {
        (exchange as { context: unknown }).context = undefined;
        exchangeContextOf(exchange);
      }),
    ],
    ['bound: an answer that was held', await best(() => void now(binding.release(admission, context)))],
    ['bound: what crosses', await best(() => void now(binding.passage(admission, context)))],
    ['bound: the head for the app', await best(() => void requestHeaders(admission, passage))],
    ['bound: its place among those that end with the jar', await best(() => void passage.onEnd?.(() => {})())],
    ['bound: the head for the browser', await best(() => void responseHeaders(raw, ask))],
    ['bound: whether the answer is waited for', await best(() => settled(passage))],
    ['bound: whether its body is changed', await best(() => void passage.edit?.(inbound, 200))],
  ];
}
