import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { DirectClient } from '../../src/workbench/direct/client.ts';
import { command } from '../support/command.ts';
import { localhostCert } from '../support/localhost-tls.ts';
import { folder, type Ran } from '../support/process.ts';
import { OWN_ADDRESS, StrictApp, strictnesses, strictPreset } from '../support/strict-app.ts';

const ORIGIN = 'https://portal.corp.test';
const ALL = strictnesses(ORIGIN);

interface Line {
  readonly what: string;
  readonly found: string;
  readonly verdict: string;
}

interface Bench {
  readonly app: StrictApp;
  readonly dir: string;
  readonly people: readonly string[];
  /** `preset test` with these options; its lines are those of its JSON. */
  try(preset: string, ...argv: readonly string[]): Promise<Ran & { readonly lines: readonly Line[] }>;
}

async function bench(t: TestContext, scheme: 'http' | 'https' = 'http'): Promise<Bench> {
  const app = await StrictApp.start(scheme);
  t.after(() => app.close());
  const dir = folder(t);
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const people = [
    ...['--account', 'alice', '--password-file', file('a', 'PasswordOfA')],
    ...['--second', 'bob', '--second-password-file', file('b', 'PasswordOfB')],
  ];
  return {
    app,
    dir,
    people,
    async try(preset, ...argv) {
      const ran = await command(
        ...['preset', 'test', file('p.yml', preset), '--upstream', app.origin, '--json', ...people],
        ...argv,
      );
      const { lines = [] } = ran.out === '' ? {} : (JSON.parse(ran.out) as { lines?: Line[] });
      return { ...ran, lines };
    },
  };
}

test('an app that compares what a proxy tells it with what it knows passes when it is told that, and only then', async (t) => {
  const on = await bench(t);
  const { app } = on;
  for (const [what, strictness] of Object.entries(ALL)) {
    app.strictness = strictness;
    app.refused.length = 0;
    const ran = await on.try(strictPreset(), '--origin', ORIGIN);
    assert.equal(ran.code, 0, `${what}: ${app.refused.join()} ${ran.out}${ran.err}`);
  }
  // All at once, as a product does.
  app.strictness = (headers, how) =>
    Object.values(ALL)
      .map((each) => each(headers, how))
      .find((why) => why !== null) ?? null;
  assert.equal((await on.try(strictPreset(), '--origin', ORIGIN)).code, 0, app.refused.join());
});

test('each of these products would refuse what is sent past us', async (t) => {
  const { app } = await bench(t);
  const client = new DirectClient({ origin: app.origin });
  t.after(() => client.close());
  for (const [what, strictness] of Object.entries({ ...ALL, own: OWN_ADDRESS })) {
    app.strictness = strictness;
    // As it was sent before: by its own address, and from a page of ours.
    const headers = { Origin: ORIGIN, Referer: `${ORIGIN}/`, Accept: '*/*' };
    assert.equal((await client.ask({ method: 'POST', target: '/login', headers })).status, 403, what);
  }
});

test('what was assumed is said, and an app that knows another name for itself fails', async (t) => {
  const on = await bench(t);
  const { app } = on;
  const easy = await on.try(strictPreset());
  assert.equal(easy.code, 0, easy.out);
  const [said] = easy.lines;
  assert.deepEqual([said?.what, said?.verdict], ['public origin', 'note']);
  assert.match(said?.found ?? '', /^https:\/\/portal\.example was assumed: name yours with --origin/);
  app.strictness = ALL['Host of a list, Origin by the forwarded scheme'] ?? (() => null);
  const strict = await on.try(strictPreset());
  assert.equal(strict.code, 1);
  assert.match(strict.lines.find(({ what }) => what === 'entry /')?.found ?? '', /^403/);
});

test('an app that knows its own address alone is spoken to as the preset says, and its addresses lead to us', async (t) => {
  const on = await bench(t);
  const { app } = on;
  app.strictness = OWN_ADDRESS;
  app.absolute = true;
  const mapped = strictPreset([`rewrite: { host: upstream, origin: true, body: ["${app.origin}"] }`]);
  const ran = await on.try(mapped, '--origin', ORIGIN);
  assert.equal(ran.code, 0, `${app.refused.join()} ${ran.out}`);
  // Without the mapping of pages its form leads past us, which no test beside the proxy could see.
  const past = await on.try(strictPreset(['rewrite: { host: upstream, origin: true }']), '--origin', ORIGIN);
  assert.equal(past.code, 1);
  const form = past.lines.find(({ what }) => what === 'form of the page');
  assert.match(
    form?.found ?? '',
    /^leads past us, to http:\/\/127\.0\.0\.1:\d+\/login: add its origin to rewrite\.body/,
  );
  // By the public Host it refuses.
  assert.equal((await on.try(strictPreset(), '--origin', ORIGIN)).code, 1);
  const host = await on.try(
    strictPreset([`rewrite: { origin: true, body: ["${app.origin}"] }`]),
    '--origin',
    ORIGIN,
    '--host',
    'upstream',
  );
  assert.equal(host.code, 0, host.out);
});

test('a form that leads to a door is never ok, neither in a test of the preset nor to doctor', async (t) => {
  const on = await bench(t);
  const { app, dir } = on;
  const config = join(dir, 'sallyport.yml');
  const lines = [
    `listen: 127.0.0.1:8080\ndata: ${dir}/data\nrealms: { staff: { source: app } }\napps:`,
    `  portal:\n    hosts: [portal.corp.test]\n    origin: ${ORIGIN}\n    upstream: ${app.origin}`,
    '    realm: staff\n    login: { preset: ./p.yml }',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  for (const [action, code, said] of [
    [
      '/door/in',
      1,
      /^goes to POST \/door\/in, which we refuse: another way to sign in: \/door\/\*\*; the preset expects POST \/login$/,
    ],
    ['/other', 1, /^goes to POST \/other, where the preset knows no sign-in; the preset expects POST \/login$/],
    ['/login', 0, /^that step$/],
  ] as const) {
    app.action = action;
    app.strictness = ALL['Host of a list, Origin by the forwarded scheme'] ?? (() => null);
    const tested = await on.try(strictPreset(), '--origin', ORIGIN);
    const place = ['--config', config, '--app', 'portal', '--json'];
    const named = await command('preset', 'test', ...place, ...on.people);
    assert.equal(named.code, code, named.out + named.err);
    // The same, but for what an option says.
    assert.deepEqual((JSON.parse(named.out) as { lines: Line[] }).lines, tested.lines.slice(1));
    const doctor = await command('doctor', '--config', config, '--json');
    const { findings } = JSON.parse(doctor.out) as { findings: readonly Line[] };
    for (const [who, ran, found] of [
      ['preset test', tested.code, tested.lines],
      ['doctor', doctor.code, findings],
    ] as const) {
      const line = found.find(({ what }) => what === 'form, as a browser sends it');
      assert.equal(ran, code, `${who}: ${JSON.stringify(found)}`);
      assert.match(line?.found ?? '', said, who);
      assert.equal(line?.verdict, code === 0 ? 'ok' : 'fail', who);
    }
    if (code === 1)
      assert.match(
        tested.lines.find(({ what }) => what === 'right password')?.found ?? '',
        /^unknown: the form of the page is not step password: it goes to/,
      );
  }
});

test('an app of a configuration is tried as it stands there, with the Host and the Origin that it says', async (t) => {
  const on = await bench(t);
  const { app, dir } = on;
  app.strictness = OWN_ADDRESS;
  app.absolute = true;
  writeFileSync(join(dir, 'p.yml'), strictPreset([`rewrite: { body: ["${app.origin}"] }`]));
  const config = join(dir, 'sallyport.yml');
  const at = (id: string, login: string) =>
    `  ${id}:\n    hosts: [${id}.test]\n    origin: https://${id}.test\n    upstream: { url: "${app.origin}", host: upstream, origin: upstream }\n    realm: staff\n    login: ${login}\n`;
  const unbound = '{ unbound: { reason: test, owner: ops@x.test, expires: 2099-12-31 } }';
  const apps = `${at('portal', '{ preset: ./p.yml }')}${at('old', unbound)}`;
  writeFileSync(
    config,
    `listen: 127.0.0.1:8080\ndata: ${dir}/data\nrealms: { staff: { source: app } }\napps:\n${apps}`,
  );
  const tried = (...argv: string[]) => command('preset', 'test', '--config', config, ...argv, ...on.people);
  const good = await tried('--app', 'portal');
  assert.equal(good.code, 0, `${app.refused.join()} ${good.out}${good.err}`);
});

test('over TLS the authority that is named is believed, by an option and in a configuration, and no other', async (t) => {
  const on = await bench(t, 'https');
  const { app, dir } = on;
  const ca = join(dir, 'ca.pem');
  writeFileSync(ca, localhostCert);
  const good = await on.try(strictPreset(), '--origin', ORIGIN, '--ca', ca);
  assert.equal(good.code, 0, good.out + good.err);
  const unknown = await on.try(strictPreset(), '--origin', ORIGIN);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /does not answer \(DEPTH_ZERO_SELF_SIGNED_CERT/);
  const config = join(dir, 'sallyport.yml');
  for (const [code, more] of [
    [0, `, ca: "${ca}"`],
    [1, ''],
  ] as const) {
    const upstream = `{ url: "${app.origin}"${more} }`;
    const block = `  portal: { hosts: [portal.corp.test], origin: "${ORIGIN}", upstream: ${upstream}, realm: staff, login: { preset: ./p.yml } }`;
    writeFileSync(
      config,
      `listen: 127.0.0.1:8080\ndata: ${dir}/data\nrealms: { staff: { source: app } }\napps:\n${block}\n`,
    );
    const ran = await command('preset', 'test', '--config', config, '--app', 'portal', ...on.people);
    assert.equal(ran.code, code, ran.out + ran.err);
  }
});

test('options that are none are said before anybody is asked for a password', async (t) => {
  const on = await bench(t);
  for (const [said, ...argv] of [
    [/--origin must be an origin/, '--origin', 'portal.corp.test'],
    [/--origin must be an origin/, '--origin', `${ORIGIN}/path`],
    [/--host must be preserve or upstream/, '--host', 'other'],
  ] as const) {
    const ran = await on.try(strictPreset(), ...argv);
    assert.equal(ran.code, 2);
    assert.match(ran.err, said);
  }
});
