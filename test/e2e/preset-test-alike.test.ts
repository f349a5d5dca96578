import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BoundLogin } from '../../src/config/login-types.ts';
import { presetNames } from '../../src/config/preset/load.ts';
import type { AppConfig } from '../../src/config/types.ts';
import { whoamiTarget } from '../../src/presets/whoami.ts';
import { HeaderFields } from '../../src/request/fields.ts';
import { readStep } from '../../src/request/login/step.ts';
import { type Behind, PERSON } from '../../src/workbench/direct/behind.ts';
import { navigationHead, sendingHead } from '../../src/workbench/direct/browser-head.ts';
import { DirectClient } from '../../src/workbench/direct/client.ts';
import { emptyJar } from '../../src/workbench/direct/cookies.ts';
import { isByScript } from '../../src/workbench/direct/posting.ts';
import { FormApp, type Received } from '../support/form-app.ts';
import { neededParams, presetOf, signInAddresses } from '../support/preset-sign-ins.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';

interface Case {
  readonly id: string;
  readonly preset: string;
  /** Of the upstream's block. */
  readonly more: string;
}

const CASES: readonly Case[] = [
  ...presetNames().map((preset) => ({ id: preset, preset, more: '' })),
  ...['preserve', 'upstream'].flatMap((host) =>
    ['preserve', 'upstream'].map((origin) => {
      return { id: `form-${host}-${origin}`, preset: 'generic-form', more: `, host: ${host}, origin: ${origin}` };
    }),
  ),
];
const TYPES: Readonly<Record<string, string>> = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  xml: 'text/xml',
  basic: '',
};

/** An app with one account belongs to somebody. */
const held = (preset: string) =>
  presetOf(preset).account?.one === undefined ? {} : { held_by: { accounts: ['alice'] } };

let sally: Sallyport;
let app: FormApp;
before(async () => {
  app = await FormApp.start();
  sally = await startSallyport({
    realm: 'app',
    apps: CASES.flatMap(({ id, preset, more }) => [
      `  ${id}:`,
      `    hosts: [${id}.test]`,
      `    origin: http://${id}.test`,
      `    upstream: { url: "${app.origin}"${more} }`,
      '    realm: staff',
      `    login: ${JSON.stringify({ preset, params: neededParams(presetOf(preset)), ...held(preset) })}`,
    ]),
  });
});
after(async () => {
  await sally.close();
  await app.close();
});

/** What an app can tell two requests apart by, but for the proof of a session, which a command has none of. */
function seen({ method, target, lines, body }: Received) {
  const fields: string[] = [];
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = (lines[i] ?? '').toLowerCase();
    if (name === 'sallyport-assertion') continue;
    fields.push(`${name}: ${(lines[i + 1] ?? '').replaceAll(PERSON, '127.0.0.1')}`);
  }
  return {
    method,
    target,
    body,
    fields: fields.filter((line) => !/^(?:connection|sallyport-request):/.test(line)).sort(),
  };
}

interface Standing {
  readonly id: string;
  readonly config: AppConfig;
  readonly login: BoundLogin;
  readonly behind: Behind;
  readonly cookie: string;
}

/** Sends `head` through Sallyport, then does the same as commands do; both must be the same to the app. */
async function alike(on: Standing, people: () => Promise<unknown>, command: () => Promise<unknown>): Promise<number> {
  app.received.length = 0;
  await people();
  const theirs = app.received.splice(0).map(seen);
  await command();
  const ours = app.received.splice(0).map(seen);
  // What people send may be followed by a question of ours, which is compared by itself.
  assert.deepEqual(ours[0], theirs[0], on.id);
  return theirs.length;
}

function pairs(lines: readonly string[]): (readonly [string, string])[] {
  return lines.flatMap((name, i) => (i % 2 === 1 || name === 'Host' ? [] : [[name, lines[i + 1] ?? ''] as const]));
}

async function standing(id: string): Promise<Standing & { close(): Promise<void> }> {
  const config = sally.config.apps.find((each) => each.id === id);
  assert.ok(config?.login.kind === 'bound');
  const { login } = config;
  const client = new DirectClient({ origin: app.origin, configured: () => config });
  const cookie = await sally.session('alice', { appId: id });
  return { id, config, login, behind: client.behind(login), cookie, close: () => client.close() };
}

async function pages(on: Standing): Promise<void> {
  const { id, config, login, behind, cookie } = on;
  for (const from of [null, '/before']) {
    const headers = pairs(navigationHead(config.origin, from));
    const people = () => sally.send('GET', login.entry, { host: `${id}.test`, cookie, headers });
    assert.ok((await alike(on, people, () => behind.page(login.entry, emptyJar(), from))) > 0, id);
  }
}

async function steps(on: Standing, preset: string): Promise<void> {
  const { id, config, login, behind } = on;
  const [address] = signInAddresses(presetOf(preset), config.origin);
  const [step] = login.steps;
  if (address === undefined || step === undefined) return;
  const basic = address.type === 'basic';
  const credentials = `Basic ${Buffer.from('alice:a-password').toString('base64')}`;
  const body = basic ? Buffer.alloc(0) : address.exact('alice', 'a-password', address.type === 'xml' ? 'x' : undefined);
  const head = sendingHead(config.origin, login.entry, isByScript(step));
  const own: string[] = basic ? ['Authorization', credentials] : ['Content-Type', TYPES[address.type] ?? ''];
  const headers = [...pairs(head), ...pairs(own)];
  const cookie = await sally.session('alice', { appId: id });
  const { method, target } = address;
  const send = { host: `${id}.test`, cookie, headers, origin: null };
  const people = () => sally.send(method, target, basic ? send : { ...send, body: String(body) });
  const lines = basic ? own : [...own, 'Content-Length', String(body.length)];
  const read = readStep(step, HeaderFields.of(lines), body, login.steps);
  assert.ok(read !== 'not-this-step', id);
  const { authorization, bytes, type: media } = read.send;
  const sent = { method, target, page: login.entry, authorization, script: isByScript(step) };
  const written = bytes === null ? null : { type: media, bytes };
  assert.ok((await alike(on, people, () => behind.step({ ...sent, body: written }, emptyJar()))) > 0, id);
}

/** The question that a page is asked about, where a preset has one. */
async function questions(on: Standing): Promise<number> {
  const { id, login, behind, config } = on;
  const ask = login.whoami?.ask;
  const [session] = login.sessionCookies;
  if (ask == null || session === undefined || login.whoami === null) return 0;
  const target = whoamiTarget(login.whoami, 'alice');
  const name = /^\^?\(?\??:?([A-Za-z0-9_]+)/.exec(session.source)?.[1] ?? 'x';
  app.lines = [['Set-Cookie', `${name}=1`]];
  const cookie = await sally.session('alice', { appId: id });
  app.received.length = 0;
  const headers = pairs(navigationHead(config.origin, null));
  // Any page that changes the app's session makes us ask.
  await sally.send('GET', '/zz-page', { host: `${id}.test`, cookie, headers });
  app.lines = [];
  const asked = app.received
    .splice(0)
    .map(seen)
    .find((each) => each.target === target);
  if (asked === undefined) return 0;
  await behind.question(ask.method, target, emptyJar());
  const [ours] = app.received.splice(0).map(seen);
  // What is sent for a person has an id, by which it is found in the app's log.
  const without = (lines: readonly string[] = []) =>
    lines.filter((line) => !/^(?:cookie|sallyport-request):/.test(line));
  assert.deepEqual({ ...ours, fields: without(ours?.fields) }, { ...asked, fields: without(asked.fields) }, id);
  return 1;
}

test('what commands send is what the proxy sends for people, line by line, for every preset', async () => {
  let compared = 0;
  for (const { id, preset } of CASES) {
    const on = await standing(id);
    try {
      await pages(on);
      await steps(on, preset);
      compared += await questions(on);
    } finally {
      await on.close();
    }
  }
  assert.ok(compared >= 8, `only ${compared} presets asked who is signed in`);
});

test('what commands are shown is what people are shown', async () => {
  const on = await standing('form-upstream-upstream');
  const { behind, cookie, login, config } = on;
  const page = `<a href="${app.origin}/a;jsessionid=0123456789abcdef">x</a><form action="/in;jsessionid=0123456789abcdef">`;
  app.page = () => page;
  app.lines = [
    ['Location', `${app.origin}/next`],
    ['Refresh', `0; url=${app.origin}/next`],
  ];
  try {
    const people = await sally.send('GET', login.entry, {
      host: 'form-upstream-upstream.test',
      cookie,
      headers: pairs(navigationHead(config.origin, null)),
    });
    const ours = await behind.page(login.entry, emptyJar());
    assert.equal(String(ours.body), people.body);
    for (const name of ['location', 'refresh', 'content-type'])
      assert.equal(ours.headers.first(name), people.headers.find(([each]) => each.toLowerCase() === name)?.[1], name);
    assert.equal(ours.headers.first('location'), `${config.origin}/next`);
  } finally {
    app.page = () => '';
    app.lines = [];
    await on.close();
  }
});
