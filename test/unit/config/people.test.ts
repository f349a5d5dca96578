import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { checkConfigText, loadConfigFile } from '../../../src/config/load.ts';
import type { MailConfig } from '../../../src/config/types.ts';
import { TEST_TLS } from '../../support/sallyport.ts';

const NOW = Date.UTC(2026, 10, 23);
const SECRET = 'hunter2 sécret';
const dir = mkdtempSync(join(tmpdir(), 'sallyport-people-'));
after(() => rmSync(dir, { recursive: true }));

const REST =
  'realms: { staff: { source: local } }\napps:\n  portal: { hosts: [localhost], upstream: "http://10.0.0.5:8080", realm: staff }\n';

function write(name: string, content: string | Buffer, mode = 0o600): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function load(text: string, env: Record<string, string> = {}) {
  const clock = { now: () => NOW, monotonic: () => 0 };
  return loadConfigFile(write('config.yml', `${text}\n${REST}`), { clock, env });
}

const at = (faults: readonly { line: number; path: string }[]) => faults.map(({ line, path }) => `${line} ${path}`);

test('without a word about them, pages are ours in UTC and English, and no mail is sent', async () => {
  const { config } = await load('');
  const logo = null;
  assert.deepEqual(config?.pages, {
    name: '',
    logo,
    accent: null,
    accentDark: null,
    timeZone: 'UTC',
    language: 'en',
  });
  assert.equal(config?.mail, null);
});

test('pages have the name, colours, zone and language of the operator', async () => {
  const { config, faults } = await load(
    'pages: { name: Porth Enghraifft, accent: "#0D5F58", accent_dark: "#6fcfc3", time_zone: Europe/London, language: cy }',
  );
  assert.deepEqual(faults, []);
  assert.deepEqual(config?.pages, {
    name: 'Porth Enghraifft',
    logo: null,
    accent: '#0d5f58',
    accentDark: '#6fcfc3',
    timeZone: 'Europe/London',
    language: 'cy',
  });
});

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);

test('a logo is read once, with the type that its name and its bytes agree on', async () => {
  for (const [name, content, type] of [
    ['logo.svg', SVG, 'image/svg+xml'],
    ['declared.SVG', `<?xml version="1.0"?>\n<!-- ours -->\n${SVG}`, 'image/svg+xml'],
    ['logo.png', PNG, 'image/png'],
    ['full.png', Buffer.concat([PNG, Buffer.alloc(24 * 1024 - PNG.length)]), 'image/png'],
  ] as const) {
    write(name, content);
    const { config, faults } = await load(`pages: { logo: ${name} }`);
    assert.deepEqual(faults, []);
    assert.equal(config?.pages.logo?.type, type);
    assert.ok(config?.pages.logo?.body.equals(Buffer.from(content)));
  }
});

test('a logo that is absent, too large, of another kind or not what its name says is a fault', async () => {
  for (const [name, content, says] of [
    ['absent.svg', undefined, /no file/],
    ['logo.gif', 'GIF89a', /\.svg or \.png/],
    ['large.png', Buffer.concat([PNG, Buffer.alloc(24 * 1024)]), /at most 24 KiB/],
    ['no.png', SVG, /no PNG/],
    ['no.svg', PNG, /no SVG/],
    ['page.svg', '<html><svg></svg></html>', /no SVG/],
    ['feed.svg', '<?xml version="1.0"?><rss/>', /no SVG/],
    ['latin.svg', Buffer.concat([Buffer.from('<svg>'), Buffer.from([0xe9]), Buffer.from('</svg>')]), /no SVG/],
  ] as const) {
    if (content !== undefined) write(name, content);
    const { config, faults } = await load(`pages:\n  logo: ${name}`);
    assert.equal(config, undefined);
    assert.deepEqual(at(faults), ['2 pages.logo'], name);
    assert.match(faults[0]?.message ?? '', says);
  }
});

const mail = (options: string) => `mail: { from: a@example.org, ${options} }`;

/** One row per fault that the text alone shows, all in line 1. */
const FAULTS: readonly [what: string, text: string, path: string, says: RegExp][] = [
  ['a colour by name', 'pages: { accent: teal, accent_dark: "#6fcfc3" }', 'pages.accent', /#0d5f58/],
  ['a short colour', 'pages: { accent: "#0d5", accent_dark: "#6fcfc3" }', 'pages.accent', /#0d5f58/],
  [
    'a colour too light for links',
    'pages: { accent: "#6fcfc3", accent_dark: "#6fcfc3" }',
    'pages.accent',
    /on #f3f5f6.*§1\.4\.3.*nearest that has it: "#[0-9a-f]{6}"/,
  ],
  [
    'a colour too dark for links',
    'pages: { accent: "#0d5f58", accent_dark: "#0d5f58" }',
    'pages.accent_dark',
    /on #182026/,
  ],
  [
    'a colour for light ground alone',
    'pages: { accent: "#0d5f58" }',
    'pages.accent',
    /Give accent_dark too, such as "#/,
  ],
  ['a colour for dark ground alone', 'pages: { accent_dark: "#6fcfc3" }', 'pages.accent_dark', /Give accent too/],
  ['a zone that does not exist', 'pages: { time_zone: Europe/Cardiff }', 'pages.time_zone', /Europe\/London/],
  ['an offset for a zone', 'pages: { time_zone: "+01:00" }', 'pages.time_zone', /Europe\/London/],
  ['a language that we do not have', 'pages: { language: fr }', 'pages.language', /en, cy, ar/],
  ['a name of two lines', 'pages: { name: "a\\nb" }', 'pages.name', /one line/],
  ['mail without sender', 'mail: { server: "smtps://mail.test" }', 'mail.from', /Required/],
  ['mail without server', 'mail: { from: a@example.org }', 'mail.server', /Required/],
  ['a server without scheme', mail('server: mail.test'), 'mail.server', /smtps:\/\//],
  ['a server by http', mail('server: "http://mail.test"'), 'mail.server', /smtps:\/\//],
  ['a server with a path', mail('server: "smtps://mail.test/x"'), 'mail.server', /smtps:\/\//],
  ['a server with options', mail('server: "smtps://mail.test?tls=no"'), 'mail.server', /smtps:\/\//],
  [
    'a server with a password',
    mail(`server: "smtps://u:${SECRET.replace(' ', '')}@mail.test"`),
    'mail.server',
    /password_file/,
  ],
  ['a server with a port out of range', mail('server: "smtps://mail.test:70000"'), 'mail.server', /port/],
  ['a user of nothing', mail('server: "smtps://@mail.test"'), 'mail.server', /smtps:\/\//],
  [
    'a password without user',
    mail('server: "smtps://mail.test", password_file: p'),
    'mail.password_file',
    /of no user/,
  ],
  ['an authority without TLS', mail('server: "smtp://127.0.0.1", ca: x'), 'mail.ca', /without TLS/],
  ['an unknown option of mail', mail('server: "smtps://mail.test", tls: none'), 'mail.tls', /no such option/],
  ...[
    'nobody',
    'a@b@example.org',
    'A <a@example.org',
    'A, B <a@example.org>',
    'A <a@example.org>, b@example.org',
    ' <a@example.org>',
    '.a@example.org',
    '"A\\nBcc: x" <a@example.org>',
    'a@exa mple.org',
    'a@example.org:25',
  ].map(
    (from) =>
      [
        `the sender ${from}`,
        `mail: { server: "smtps://mail.test", from: ${JSON.stringify(from)} }`,
        'mail.from',
        /Example portal </,
      ] as [string, string, string, RegExp],
  ),
];

for (const [what, text, path, says] of FAULTS) {
  test(`${what} is a fault with its path, line and remedy, and nothing else is`, () => {
    const { faults } = checkConfigText(`${text}\n${REST}`, NOW);
    assert.deepEqual(at(faults), [`1 ${path}`], JSON.stringify(faults));
    assert.match(faults[0]?.message ?? '', says);
    assert.ok(!JSON.stringify(faults).includes('hunter2'), 'no fault repeats a secret');
  });
}

test('a colour of either scheme that is a little short of the contrast is never said to have it', () => {
  const { faults } = checkConfigText(`pages: { accent: "#727272", accent_dark: "#ffffff" }\n${REST}`, NOW);
  assert.match(faults[0]?.message ?? '', /of 4\.[0-4][0-9]?:1 on/);
});

test('the address of the mail server says how it is reached; only this machine is reached without TLS', async () => {
  const table: readonly (readonly [string, Pick<MailConfig, 'host' | 'port' | 'tls'>])[] = [
    ['smtps://Mail.example.org', { host: 'mail.example.org', port: 465, tls: 'implicit' }],
    ['smtps://127.0.0.1:8465', { host: '127.0.0.1', port: 8465, tls: 'implicit' }],
    ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, tls: 'starttls' }],
    ['SMTP://mail.example.org:25/', { host: 'mail.example.org', port: 25, tls: 'starttls' }],
    ['smtp://[2001:db8::25]:2525', { host: '2001:db8::25', port: 2525, tls: 'starttls' }],
    ['smtp://localhost', { host: 'localhost', port: 25, tls: 'none' }],
    ['smtp://127.0.0.1:1025', { host: '127.0.0.1', port: 1025, tls: 'none' }],
    ['smtp://[::1]', { host: '::1', port: 25, tls: 'none' }],
    ['smtp://localhost.example.org', { host: 'localhost.example.org', port: 587, tls: 'starttls' }],
  ];
  for (const [server, expected] of table) {
    const { config, faults } = await load(mail(`server: "${server}"`));
    assert.deepEqual(faults, []);
    assert.deepEqual(
      config?.mail,
      { ...expected, user: null, passwordFile: null, password: null, ca: null, from: 'a@example.org' },
      server,
    );
  }
});

test('the sender may be an address or a name with one, in any script', async () => {
  for (const from of [
    'noreply@example.org',
    'Example portal <noreply@example.org>',
    '<a.b+c@example.org>',
    'Ysbyty Gŵyr <a@x.org>',
  ]) {
    const { config } = await load(`mail: { server: "smtps://mail.test", from: ${JSON.stringify(from)} }`);
    assert.equal(config?.mail?.from, from);
  }
});

const USER = 'server: "smtps://portal%40example.org@mail.test"';

test('the password of mail stays in its file, or comes from the environment, and never from both', async () => {
  const file = write('mail-password', `${SECRET}\n`);
  const fromFile = await load(mail(`${USER}, password_file: mail-password, ca: ${TEST_TLS}app.test.crt`));
  assert.equal(fromFile.config?.mail?.passwordFile, file);
  assert.equal(fromFile.config?.mail?.password, null);
  assert.equal(fromFile.config?.mail?.user, 'portal@example.org');
  assert.equal(fromFile.config?.mail?.ca, `${TEST_TLS}app.test.crt`);
  const fromEnv = await load(mail(USER), { SALLYPORT_MAIL_PASSWORD: SECRET });
  assert.equal(fromEnv.config?.mail?.password, SECRET);
  const both = await load(mail(`${USER}, password_file: mail-password`), { SALLYPORT_MAIL_PASSWORD: SECRET });
  assert.deepEqual(at(both.faults), ['1 mail.password_file']);
  assert.match(both.faults[0]?.message ?? '', /Keep one/);
  assert.ok(!JSON.stringify(both).includes(SECRET));
});

test('a user with an @ may be written as it is', async () => {
  const { config } = await load(mail('server: "smtps://portal@example.org@mail.test"'), {
    SALLYPORT_MAIL_PASSWORD: 'x',
  });
  assert.equal(config?.mail?.user, 'portal@example.org');
  assert.equal(config?.mail?.host, 'mail.test');
});

test('a user without password, a password without user, and one that is empty or open to others are faults', async () => {
  write('open', SECRET, 0o604);
  write('empty', '\n');
  const nobody = mail('server: "smtps://mail.test"');
  for (const [text, env, path, says] of [
    [mail(USER), {}, '1 mail.server', /no password.*SALLYPORT_MAIL_PASSWORD/],
    [nobody, { SALLYPORT_MAIL_PASSWORD: SECRET }, '1 mail.server', /names no user/],
    [mail(USER), { SALLYPORT_MAIL_PASSWORD: '' }, '1 mail.server', /set and empty/],
    [mail(`${USER}, password_file: absent`), {}, '1 mail.password_file', /no file/],
    [mail(`${USER}, password_file: open`), {}, '1 mail.password_file', /chmod/],
    [mail(`${USER}, password_file: empty`), {}, '1 mail.password_file', /one line/],
    [mail('server: "smtps://mail.test", ca: absent'), {}, '1 mail.ca', /no file/],
  ] as const) {
    const { config, faults } = await load(text, env);
    assert.equal(config, undefined);
    assert.deepEqual(at(faults), [path]);
    assert.match(faults[0]?.message ?? '', says);
    assert.ok(!JSON.stringify(faults).includes(SECRET));
  }
});

test('a password of mail in the environment means nothing where no mail is sent', async () => {
  const { config, faults } = await load('', { SALLYPORT_MAIL_PASSWORD: SECRET });
  assert.deepEqual(faults, []);
  assert.ok(!JSON.stringify(config).includes(SECRET));
});

test('faults of the text and of every file come together in the order of lines', async () => {
  const { faults } = await load(
    'pages:\n  logo: absent.svg\nmail:\n  from: a@example.org\n  server: "smtps://u@mail.test"\n  ca: absent',
  );
  assert.deepEqual(at(faults), ['2 pages.logo', '5 mail.server', '6 mail.ca']);
});
