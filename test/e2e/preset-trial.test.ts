import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { command } from '../support/command.ts';
import { APP_PASSWORDS, startLoginApp } from '../support/login-app.ts';
import { presetText } from '../support/login-app-preset.ts';
import { folder, type Ran } from '../support/process.ts';
import { postgres } from '../support/stores.ts';

interface Told {
  readonly ok: boolean;
  readonly findings: readonly { readonly path: string; readonly message: string }[];
  readonly apps: readonly { readonly app: string; readonly tried: string | null }[];
}

async function bench(t: TestContext, kind: 'sqlite' | 'postgres') {
  const app = await startLoginApp();
  t.after(() => app.close());
  const dir = folder(t);
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const preset = (more: readonly string[] = [], tested = '[]') =>
    write('portal.yml', presetText({ more }).replace(/^tested: .*$/m, `tested: ${tested}`));
  preset();
  const url = kind === 'postgres' ? new URL(await (await postgres()).database()) : null;
  const password = url?.password ?? '';
  if (url !== null) url.password = '';
  const store = url === null ? '' : `store: ${url.href}\nstore_password_file: ${write('password', password)}`;
  const config = write(
    'sallyport.yml',
    `listen: 127.0.0.1:8080
data: ${join(dir, 'data')}
${store}
realms: { staff: { source: app } }
apps:
  portal: { hosts: [portal.test], origin: "http://portal.test", upstream: "${app.origin}", realm: staff, login: { preset: ./portal.yml } }
  wiki: { hosts: [wiki.test], origin: "http://wiki.test", upstream: "${app.origin}", realm: staff, login: { preset: grafana } }
`,
  );
  const at = ['--config', config];
  const people = ['--account', 'alice', '--password-file', write('a', `${APP_PASSWORDS['alice']}\n`)];
  return {
    app,
    dir,
    config,
    preset,
    check: async (): Promise<Told & { code: number; text: string }> => {
      const { out, code } = await command('check', ...at, '--json');
      return { ...(JSON.parse(out) as Told), code, text: (await command('check', ...at)).out };
    },
    try: (...argv: readonly string[]): Promise<Ran> =>
      command('preset', 'test', '--app', 'portal', ...at, ...people, ...argv),
    record: async (): Promise<string> => (await command('audit', 'tail', ...at, '--json')).out,
  };
}

const untried = ({ findings }: Told, app: string) =>
  findings.find(({ path }) => path === `apps.${app}.login.preset`)?.message;

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: a preset from documentation is a finding until it was tried where it stands`, async (t) => {
    const on = await bench(t, kind);
    const before = await on.check();
    assert.equal(before.code, 0, before.text);
    assert.equal(before.ok, true);
    assert.match(
      untried(before, 'portal') ?? '',
      /is not tried: no trial .* is on record; run .*preset test --app portal --config /,
    );
    assert.match(untried(before, 'wiki') ?? '', /^The preset grafana was written from documentation/);
    assert.match(before.text, /^finding {2}apps\.portal\.login\.preset: /m);
    assert.equal(existsSync(join(on.dir, 'data')), false, 'looking makes nothing');

    const tried = await on.try('--product', 'Harbour 4.2');
    assert.equal(tried.code, 0, tried.out + tried.err);
    const after = await on.check();
    assert.equal(untried(after, 'portal'), undefined);
    assert.match(
      after.apps.find(({ app }) => app === 'portal')?.tried ?? '',
      /^here on \d{4}-\d\d-\d\d with Harbour 4\.2$/,
    );
    assert.match(after.text, /here on \d{4}-\d\d-\d\d with Harbour 4\.2/);
    assert.ok(untried(after, 'wiki') !== undefined, 'the other app is another app');
    assert.match(await on.record(), /"preset\.test".*Harbour 4\.2|Harbour 4\.2.*"preset\.test"/s);

    on.preset(['limits: ["something else"]']);
    assert.match(untried(await on.check(), 'portal') ?? '', /has changed since it was tried on \d{4}/);
    on.preset();
    assert.equal(untried(await on.check(), 'portal'), undefined, 'the very preset that was tried');

    on.app.silent = true;
    const failed = await on.try();
    assert.equal(failed.code, 1);
    assert.match(untried(await on.check(), 'portal') ?? '', /did not hold when it was tried on \d{4}/);

    on.preset([], '["Harbour 4"]');
    assert.equal(untried(await on.check(), 'portal'), undefined, 'one that met its product before');
  });

test('what the configuration says is not said twice, and what there is not is told', async (t) => {
  const on = await bench(t, 'sqlite');
  for (const [argv, said] of [
    [['--upstream', on.app.origin], /leave out --upstream, or leave out --app/],
    [['--origin', 'http://x.test'], /leave out --origin/],
    [['--param', 'a=b'], /leave out --param/],
    [['--product', 'x'.repeat(201)], /at most 200 characters/],
    [['portal'], /leave out a preset/],
  ] as const) {
    const ran = await on.try(...argv);
    assert.equal(ran.code, 2, String(argv));
    assert.match(ran.err, said);
  }
  const none = await command('preset', 'test', '--app', 'nothing', '--config', on.config);
  assert.equal(none.code, 1);
  assert.match(none.err, /There is no app nothing: there are portal, wiki\./);
  assert.equal(on.app.served.length, 0, 'nobody was asked');
  assert.equal((await command('preset', 'test')).code, 2);
  assert.match((await command('preset', 'test', 'grafana')).err, /--upstream <url>/);
});
