import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { presetNames } from '../../src/config/preset/load.ts';
import { HTML_ELEMENTS } from '../../src/request/login/html-names.ts';
import { neededParams, presetOf, type SignInAddress, signInAddresses } from '../support/preset-sign-ins.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { type Encoded, encodings, type Pair, TYPES } from '../support/sign-in-encodings.ts';
import { type SniffingApp, sniff, startSniffingApp } from '../support/sniffing-app.ts';

const [BOB, PASSWORD, OTHER] = ['bob', 'Passw0rd-of-bob', 'An0ther-password'];
const PRESETS = presetNames().filter((name) => presetOf(name).login.length > 0);

/** One account for all: its password alone is a sign-in. */
const hasOne = (name: string): boolean => presetOf(name).account?.one !== undefined;

interface Sent {
  readonly name: string;
  readonly type: string | null;
  readonly body: Buffer;
  readonly coding?: string;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let sally: Sallyport;
let app: SniffingApp;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

before(async () => {
  app = await startSniffingApp();
  const apps = PRESETS.flatMap((name) => [
    `  ${name}:`,
    `    hosts: [${name}.test]`,
    `    origin: http://${name}.test`,
    `    upstream: { url: ${app.origin}, first_byte_timeout: 2s }`,
    '    realm: staff',
    `    login: ${JSON.stringify({ preset: name, params: neededParams(presetOf(name)), ...(hasOne(name) ? { held_by: { accounts: ['alice'], groups: ['ops'] } } : {}) })}`,
  ]);
  sally = await startSallyport({ realm: 'app', apps });
});
after(async () => {
  agent.destroy();
  await sally.close();
  await app.close();
});

/** Sends it as a browser in alice's session would; the status. */
function send(preset: string, cookie: string, address: SignInAddress, sent: Sent): Promise<number> {
  const headers = {
    Host: `${preset}.test`,
    Origin: `http://${preset}.test`,
    Cookie: cookie,
    'Content-Length': String(sent.body.length),
    ...(sent.type === null ? {} : { 'Content-Type': sent.type }),
    ...(sent.coding === undefined ? {} : { 'Content-Encoding': sent.coding }),
    ...sent.headers,
  };
  return new Promise((resolve, reject) => {
    const { method = address.method, target: path = address.target } = sent;
    const going = request({ agent, port: sally.port, host: '127.0.0.1', method, path, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    // Whoever refuses need not read to the end.
    going.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(400) : reject(error),
    );
    going.end(sent.body);
  });
}

/** Entries of their own are rationed by the hour. */
const HOUR = 3_600_000;

const OWN = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json',
  xml: 'text/xml',
  basic: null,
} as const;

const REFUSED: ReadonlySet<number> = new Set([400, 403, 413, 415]);

/** Each encoding by its own type, and all that fit in one request under every other type. */
function underEveryType({ plain, nested, recoded }: ReturnType<typeof encodings>): Sent[] {
  const own = (each: Encoded): Sent => ({ ...each, name: `${each.name} as ${each.type}` });
  const other = plain.flatMap((each) =>
    TYPES.map((type): Sent => ({ ...each, type, name: `${each.name} as ${type}` })),
  );
  const untyped = recoded.map((each): Sent => ({ ...each, type: null, name: `${each.name} as null` }));
  return [...other, ...[...nested, ...recoded].map(own), ...untyped];
}

/** The same request by another method or query, and by methods that are said in another place. */
function elsewise(address: SignInAddress, each: Encoded): Sent[] {
  const mark = address.target.includes('?') ? '&' : '?';
  const override = { 'X-HTTP-Method-Override': address.method, 'X-HTTP-Method': address.method };
  const methods = ['PUT', 'PATCH', 'DELETE', 'GET', 'OPTIONS'].filter((method) => method !== address.method);
  return [
    ...methods.map((method): Sent => ({ ...each, method, headers: override, name: `${each.name} by ${method}` })),
    { ...each, target: `${address.target}${mark}x=1`, name: `${each.name} with a query` },
    { ...each, target: `${address.target}${mark}_method=${address.method}`, name: `${each.name} with _method` },
  ];
}

/** The fields of one sign-in, some in the query and the others in the body, in every way there is: many apps read both alike. */
function halves(address: SignInAddress, fields: readonly Pair[]): Sent[] {
  const mark = address.target.includes('?') ? '&' : '?';
  const encoded = (pairs: readonly Pair[]): string =>
    pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  return Array.from({ length: 2 ** fields.length - 1 }, (_, i) => i + 1).map((bits): Sent => {
    const inQuery = fields.filter((_, at) => (bits >> at) % 2 === 1);
    const inBody = fields.filter((field) => !inQuery.includes(field));
    return {
      name: `${inQuery.map(([key]) => key).join(' and ')} in the query`,
      type: OWN.form,
      body: Buffer.from(encoded(inBody)),
      target: `${address.target}${mark}${encoded(inQuery)}`,
    };
  });
}

/** Names of HTML itself are in every page that somebody writes, and do not count where a form holds XML. */
const isHtml = ({ fields }: SignInAddress): boolean =>
  [fields.account, ...fields.secrets].every((field) => HTML_ELEMENTS.has(field));

/** What may pass in two requests, if anything: names that any text has by chance count together alone, inside of values. */
const byChance = ({ fields, shared }: SignInAddress): boolean =>
  shared && [fields.account, ...fields.secrets].some((field) => field.length < 4);

for (const preset of PRESETS)
  describe(preset, () => {
    before(() => sally.advance(HOUR));
    const addresses = signInAddresses(presetOf(preset), `http://${preset}.test`);
    for (const address of addresses) {
      const { account, secrets } = address.fields;
      const name: Pair = [account, BOB];
      const passwords = secrets.map((secret): Pair => [secret, PASSWORD]);
      const at = `${address.step} at ${address.target}`;
      const nobody = (label: string): void => {
        assert.equal(app.names.has(BOB) && app.passwords.has(PASSWORD), false, `${label}: bob is signed in`);
      };

      test(`${at}: no encoding of another name and password passes`, async () => {
        const cookie = await sally.session('alice', { appId: preset });
        const all = encodings([...address.need, name, ...passwords]);
        const bare = address.need.length === 0 ? [] : encodings([name, ...passwords]).plain;
        const exempt = address.shared && isHtml(address);
        const rows = [...underEveryType(all), ...bare, ...all.plain.flatMap((each) => elsewise(address, each))].filter(
          (row) => !(exempt && /^XML in a (?:form|part)/.test(row.name)),
        );
        const readable = new Set<Buffer>();
        for (const row of rows) {
          if (row.body.length < 4096 && !readable.has(row.body)) {
            const found = sniff(row.body, address.fields);
            assert.ok(found.names.has(BOB) && found.passwords.has(PASSWORD), `${row.name}: the app would find it`);
            readable.add(row.body);
          }
          app.look(address.fields);
          const status = await send(preset, cookie, address, row);
          nobody(row.name);
          if (hasOne(preset)) assert.equal(app.passwords.has(PASSWORD), false, row.name);
          assert.ok(REFUSED.has(status), `${row.name}: ${status}`);
          assert.equal(app.count, 0, row.name);
        }
      });

      if (address.type !== 'basic')
        test(`${at}: no part of a sign-in stands in the query`, async () => {
          const cookie = await sally.session('alice', { appId: preset });
          const credentials = [name, ...passwords];
          for (const row of halves(address, [...address.need, ...credentials])) {
            app.look(address.fields);
            const status = await send(preset, cookie, address, row);
            const half = credentials.some(([key]) => row.target?.includes(`${encodeURIComponent(key)}=`));
            assert.ok(!half || REFUSED.has(status), `${row.name}: ${status}`);
            nobody(row.name);
            if (half) assert.equal(app.count, 0, row.name);
          }
        });

      test(`${at}: another form passes where the app takes others there, and nowhere else`, async () => {
        const cookie = await sally.session('alice', { appId: preset });
        // What people write, with code in it and a word for everything.
        const text = 'int p; p = 1; { q: 1 } <p>my <u>own</u> page</p> "q": 2';
        const [, , , json, , xml] = encodings([['text', text.replaceAll(/[<>&"]/g, '')]]).plain;
        const forms = encodings([['text', text]]).plain.filter((each) => ['a form', 'multipart'].includes(each.name));
        const own = address.type === 'json' ? [json] : address.type === 'xml' ? [xml] : forms;
        assert.equal(forms.length, 2);
        for (const body of own) {
          assert.ok(body);
          app.look(address.fields);
          const status = await send(preset, cookie, address, body);
          assert.equal(status === 200, address.shared, `${body.name}: ${status}`);
          assert.equal(app.count, address.shared ? 1 : 0, body.name);
        }
      });

      test(`${at}: nor in two requests, one after the other`, async () => {
        const cookie = await sally.session('alice', { appId: preset });
        const [names, rest] = [encodings([name]), encodings(passwords)];
        const own = byChance(address) ? [] : names.nested.map((each, i) => [each, rest.nested[i]] as const);
        const pairs = [...names.plain.map((each, i) => [each, rest.plain[i]] as const), ...own];
        for (const [first, second] of pairs)
          for (const type of [first.type, null, 'text/plain', 'application/octet-stream']) {
            assert.ok(second);
            const label = `${first.name} as ${type}`;
            app.look(address.fields);
            const statuses = [first, second, first].map((each) => ({ ...each, type }));
            for (const each of statuses) await send(preset, cookie, address, each);
            nobody(label);
          }
      });

      test(`${at}: nor inside of another value of the step`, async () => {
        const all = encodings([name, ...passwords]);
        // Where the app has no names, another password is what a value could hide.
        const hidden: Pair = hasOne(preset) ? [secrets[0] ?? '', OTHER] : name;
        const [names, both] = [encodings([hidden]), all];
        const bodies = [...names.plain, ...names.nested].map(({ body }) =>
          address.exact('alice', PASSWORD, String(body)),
        );
        const inSecret = [...both.plain, ...both.nested].map(({ body }) => address.exact('alice', String(body)));
        const cookie = await sally.session('alice', { appId: preset });
        for (const body of address.type === 'basic' ? [] : [...bodies, ...inSecret]) {
          app.look(address.fields);
          const label = decodeURIComponent(body.toString());
          const status = await send(preset, cookie, address, { name: at, type: OWN[address.type], body });
          nobody(label);
          assert.equal(app.passwords.has(OTHER), false, label);
          if (app.count > 0) assert.equal(app.names.has(BOB), false, label);
          else assert.ok(REFUSED.has(status) || status === 409, `${label}: ${status}`);
        }
      });

      test(`${at}: the step itself in another's name is refused, and on record`, async () => {
        // What the tests before this one had refused may have used up what has an entry of its own within an hour.
        sally.advance(HOUR);
        const cookie = await sally.session('alice', { appId: preset });
        app.look(address.fields);
        const basic = `Basic ${Buffer.from(`${BOB}:${PASSWORD}`).toString('base64')}`;
        const sent: Sent =
          address.type === 'basic'
            ? { name: at, type: null, body: Buffer.alloc(0), headers: { Authorization: basic } }
            : { name: at, type: OWN[address.type], body: address.exact(BOB, PASSWORD) };
        const status = await send(preset, cookie, address, sent);
        nobody(at);
        if (!address.named) return;
        assert.equal(status, 403);
        assert.equal(app.count, 0);
        const rows = await sally.audit('app.sign-in');
        assert.ok(rows.some(({ appId, outcome }) => appId === preset && outcome === 'refused'));
      });

      if (hasOne(preset))
        test(`${at}: the step itself is a holder's, by name or by group, and refused to whoever holds nothing`, async () => {
          const sent = { name: at, type: OWN[address.type], body: address.exact('alice', PASSWORD) };
          for (const [who, groups, may] of [
            ['alice', [], true],
            ['dora', ['ops'], true],
            ['carol', ['opsx'], false],
          ] as const) {
            const cookie = await sally.session(who, { appId: preset, groups });
            app.look(address.fields);
            const status = await send(preset, cookie, address, sent);
            assert.equal(status === 403, !may, who);
            assert.equal(app.count, may ? 1 : 0, who);
            assert.equal(app.passwords.has(PASSWORD), may, who);
          }
        });
    }
  });
