import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { openStore } from '../../../src/store/open.ts';
import { StillClock } from '../../support/clock.ts';
import { Faults } from '../../support/faults.ts';
import { localhostCert } from '../../support/localhost-tls.ts';
import { accountRow } from '../../support/rows.ts';
import { until } from '../../support/shut.ts';
import { type SmtpOptions, type SmtpServer, startBadSmtp, startSmtp } from '../../support/smtp.ts';
import { eachStore, freshConfig } from '../../support/stores.ts';
import { fileWith, mailTo, type Office, openOffice } from './mail.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function withSmtp<T>(options: SmtpOptions, work: (smtp: SmtpServer) => Promise<T>): Promise<T> {
  const smtp = await startSmtp(options);
  try {
    return await work(smtp);
  } finally {
    await smtp.close();
  }
}

/** Nothing that is logged or put on record tells who it was for, or what a server said. */
function silent(office: Office): void {
  assert.doesNotMatch(`${office.log.join('\n')}${JSON.stringify(office.gaveUp)}`, /ada|@|example|s3cret|no entry/i);
  assert.deepEqual(office.failures, []);
}

eachStore('what is queued is sent once, and is gone', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    await office.tell();
    await office.delivery.runOnce();
    await office.delivery.runOnce();
    const [mail, ...others] = smtp.received;
    assert.deepEqual(others, []);
    assert.equal(await office.waiting(), 0);
    assert.deepEqual([mail?.from, mail?.to], ['sallyport@example.org', ['ada@example.org']]);
    assert.equal(mail?.client, 'portal.example.org', 'the public name, not that of the machine');
    const { headers } = mail;
    assert.equal(headers.get('from'), 'Cwm Care <sallyport@example.org>');
    assert.equal(headers.get('to'), 'ada@example.org');
    assert.equal(headers.get('subject'), 'Your password was changed – Cwm Care');
    assert.equal(headers.get('auto-submitted'), 'auto-generated');
    assert.match(headers.get('content-type') ?? '', /^text\/plain; charset=utf-8/);
    assert.match(headers.get('message-id') ?? '', /^<[\w-]{22}@example\.org>$/);
    assert.equal(new Date(headers.get('date') ?? '').getTime(), office.clock.now());
    assert.ok(!headers.has('x-mailer'));
    assert.match(mail.body, /Your password was changed\./);
    silent(office);
  });
});

eachStore('of two processes that see a message one sends it', async ({ store, another }) => {
  await withSmtp({}, async (smtp) => {
    const clock = new StillClock(1_800_000_000_000);
    const offices = [
      await openOffice(store, mailTo(smtp.port), { clock }),
      await openOffice(await another(), mailTo(smtp.port), { clock }),
    ];
    for (let n = 0; n < 12; n += 1) await offices[0]?.tell();
    await Promise.all(offices.map((office) => office.delivery.runOnce()));
    assert.equal(smtp.received.length, 12);
    assert.equal(new Set(smtp.received.map((mail) => mail.headers.get('message-id'))).size, 12);
    for (const office of offices) silent(office);
    assert.equal(await offices[0]?.waiting(), 0);
  });
});

eachStore('while the server is down nothing is lost; when it is up again each is sent once', async ({ store }) => {
  const smtp = await startSmtp();
  await smtp.close();
  const office = await openOffice(store, mailTo(smtp.port));
  for (let n = 0; n < 3; n += 1) await office.tell();
  await office.delivery.runOnce();
  assert.equal(office.log.length, 1);
  assert.match(office.log[0] ?? '', /mail cannot be sent; it is tried again .*ESOCKET ECONNREFUSED CONN/);
  await office.delivery.runOnce();
  assert.equal(office.log.length, 1, 'an outage is one line');
  await withSmtp({ port: smtp.port }, async (up) => {
    await office.delivery.runOnce();
    assert.equal(up.received.length, 1, 'the one that was not tried yet');
    office.clock.advance(MINUTE);
    await office.delivery.runOnce();
    assert.equal(up.received.length, 3);
    assert.equal(new Set(up.received.map((mail) => mail.headers.get('message-id'))).size, 3);
  });
  assert.equal(await office.waiting(), 0);
  assert.match(office.log[1] ?? '', /mail is sent again/);
  silent(office);
});

eachStore('tries grow apart, and after three days a message is given up, on record', async ({ store }) => {
  await withSmtp({ refuse: (to) => ({ code: 550, message: `no such user ${to}` }) }, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    await office.tell();
    const began = office.clock.now();
    const at: number[] = [];
    for (let step = 0; step < 80 * 60 && (await office.waiting()) > 0; step += 1) {
      const before = smtp.asked.length;
      const [next] = await store.notices.due(Number.MAX_SAFE_INTEGER, 1);
      if (next !== undefined && next.nextAt > office.clock.now()) {
        office.clock.advance(next.nextAt - office.clock.now() - 1);
        await office.delivery.runOnce();
        assert.equal(smtp.asked.length, before, 'not before it is time');
        office.clock.advance(1);
      }
      await office.delivery.runOnce();
      at.push((office.clock.now() - began) / MINUTE);
    }
    assert.deepEqual(at.slice(0, 7), [0, 1, 6, 21, 81, 261, 441]);
    const last = at.at(-1) ?? 0;
    assert.ok(last >= 72 * 60 && last < 75 * 60, `given up after ${last / 60} h`);
    assert.deepEqual(office.gaveUp, [
      { accountId: 'acc-1', kind: 'password-changed', tries: at.length, cause: 'EENVELOPE RCPT TO 550' },
    ]);
    assert.equal(smtp.received.length, 0);
    silent(office);
  });
});

eachStore('a message that is refused does not hold up the next', async ({ store }) => {
  const refuse = (to: string) => (to === 'bob@example.org' ? { code: 550, message: 'no' } : null);
  await withSmtp({ refuse }, async (smtp) => {
    const clock = new StillClock(1_800_000_000_000);
    const account = accountRow({ id: 'acc-2', name: 'bob', email: 'bob@example.org' });
    const bob = await openOffice(store, mailTo(smtp.port), { clock, account });
    const ada = await openOffice(store, mailTo(smtp.port), { clock });
    await bob.tell();
    clock.advance(1);
    await ada.tell();
    await ada.delivery.runOnce();
    assert.deepEqual(smtp.asked, ['bob@example.org', 'ada@example.org']);
    assert.deepEqual(
      smtp.received.map((mail) => mail.to),
      [['ada@example.org']],
    );
    assert.equal(await ada.waiting(), 1);
  });
});

const BAD: Readonly<Record<string, [(socket: Socket) => void, RegExp]>> = {
  'never greets': [() => {}, /ETIMEDOUT/],
  'goes silent after its greeting': [(socket) => void socket.write('220 here\r\n'), /ETIMEDOUT/],
  'cuts at once': [(socket) => socket.destroy(), /ECONNECTION|ESOCKET/],
  'cuts in the middle': [
    (socket) => void socket.write('220 here\r\n', () => socket.once('data', () => socket.destroy())),
    /ECONNECTION|ESOCKET/,
  ],
  'is no mail server': [(socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /EPROTOCOL|ECONNECTION/],
  'answers without end': [
    (socket) => {
      socket.write('220 here\r\n');
      const timer = setInterval(() => socket.write('250-x\r\n'), 100);
      socket.on('close', () => clearInterval(timer));
    },
    /EABORT|ABORT/,
  ],
};

for (const [what, [each, cause]] of Object.entries(BAD)) {
  eachStore(`a server that ${what} is tried again, one connection at a look`, async ({ store }) => {
    const bad = await startBadSmtp(each);
    try {
      const office = await openOffice(store, mailTo(bad.port), {}, { patience: { silenceMs: 300, totalMs: 900 } });
      await office.tell();
      await office.tell();
      await office.delivery.runOnce();
      assert.equal(bad.connections(), 1);
      assert.equal(await office.waiting(), 2);
      assert.match(office.log[0] ?? '', cause);
      silent(office);
    } finally {
      await bad.close();
    }
  });
}

/** The way of TLS with credentials, on one database: the store has no part in it. */
async function onTls(
  t: TestContext,
  tls: 'starttls' | 'implicit',
  work: (smtp: SmtpServer, office: Office, passwordFile: string, ca: string) => Promise<void>,
): Promise<void> {
  const passwordFile = await fileWith(t, 's3cret\n');
  const ca = await fileWith(t, localhostCert);
  const store = await openStore(await freshConfig(t, 'sqlite'), { clock: new StillClock(0) });
  try {
    await withSmtp({ tls, auth: { user: 'postman', pass: 's3cret' } }, async (smtp) => {
      const mail = mailTo(smtp.port, { host: 'localhost', tls, user: 'postman', passwordFile, ca });
      await work(smtp, await openOffice(store, mail), passwordFile, ca);
    });
  } finally {
    await store.close();
  }
}

for (const tls of ['starttls', 'implicit'] as const) {
  test(`${tls}: credentials go over TLS alone, to a server that proves its name`, (t) =>
    onTls(t, tls, async (smtp, office) => {
      await office.tell();
      await office.delivery.runOnce();
      assert.deepEqual(office.log, []);
      assert.deepEqual(
        smtp.received.map(({ secure, user }) => [secure, user]),
        [[true, 'postman']],
      );
    }));

  test(`${tls}: a certificate that nobody vouches for, or of another name, sends nothing`, (t) =>
    onTls(t, tls, async (smtp, office) => {
      const good = office.mail;
      assert.ok(good);
      for (const wrong of [{ ca: null }, { host: '127.0.0.1' }]) {
        office.mail = { ...good, ...wrong };
        await office.tell();
        await office.delivery.runOnce();
        assert.deepEqual([smtp.asked, smtp.received], [[], []]);
      }
      assert.equal(office.log.length, 2, 'one for each cause');
      assert.equal(await office.waiting(), 2);
      silent(office);
    }));
}

test('a password that was replaced is used from the next connection on', (t) =>
  onTls(t, 'starttls', async (smtp, office, passwordFile) => {
    await writeFile(passwordFile, 'old');
    await office.tell();
    await office.delivery.runOnce();
    assert.equal(smtp.received.length, 0);
    assert.match(office.log[0] ?? '', /EAUTH AUTH PLAIN 535/);
    await writeFile(passwordFile, 's3cret\r\n');
    office.clock.advance(MINUTE);
    await office.delivery.runOnce();
    assert.equal(smtp.received.length, 1);
    silent(office);
  }));

test('a password may come from the configuration; without its file nothing is sent', (t) =>
  onTls(t, 'starttls', async (smtp, office) => {
    const good = office.mail;
    assert.ok(good);
    office.mail = { ...good, passwordFile: '/nowhere/at/all' };
    await office.tell();
    await office.delivery.runOnce();
    assert.match(office.log[0] ?? '', /password file ENOENT/);
    office.mail = { ...good, passwordFile: null, password: 's3cret' };
    office.clock.advance(MINUTE);
    await office.delivery.runOnce();
    assert.equal(smtp.received.length, 1);
    silent(office);
  }));

eachStore('starttls that the server does not offer sends nothing in the clear', async ({ store }) => {
  await withSmtp({ tls: 'none' }, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port, { tls: 'starttls' }));
    await office.tell();
    await office.delivery.runOnce();
    assert.deepEqual([smtp.asked, smtp.received], [[], []]);
    assert.match(office.log[0] ?? '', /mail cannot be sent/);
  });
});

eachStore('a label with line ends adds no header and no recipient', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    const label = 'phone\r\nBcc: eve@evil.example\r\nX-Evil: 1\r\n\r\n.\r\nRCPT TO:<eve@evil.example>\r\n\u2028ŵ';
    await office.tell('authenticator-added', { label, app: 'portal\r\nX-Evil: 2', source: '1.2.3.4\r\nX-Evil: 3' });
    await office.delivery.runOnce();
    const [mail] = smtp.received;
    assert.deepEqual(smtp.asked, ['ada@example.org']);
    assert.ok(mail !== undefined && !mail.headers.has('bcc') && !mail.headers.has('x-evil'));
    assert.match(mail.body, /^Sign-in method: phone Bcc: eve evil example X-Evil: 1 \. RCPT TO:<eve evil …?/m);
    assert.doesNotMatch(mail.body, /evil\.example/);
  });
});

eachStore('while mail is switched off nothing is tried; what is older than three days goes', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    await office.tell();
    office.clock.advance(71 * HOUR);
    await office.tell('account-disabled');
    const { mail } = office;
    office.mail = null;
    await office.delivery.runOnce();
    assert.equal(await office.waiting(), 2);
    office.clock.advance(HOUR);
    await office.delivery.runOnce();
    assert.deepEqual(
      office.gaveUp.map(({ kind, tries, cause }) => [kind, tries, cause]),
      [['password-changed', 0, 'mail is not configured']],
    );
    office.mail = mail;
    await office.delivery.runOnce();
    assert.deepEqual(
      smtp.received.map((each) => each.headers.get('subject')),
      ['Your account was disabled – Cwm Care'],
    );
  });
});

eachStore('a kind without words is tried again, by a version that may have them', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    await office.tell();
    const [row] = await store.notices.due(office.clock.now(), 1);
    assert.ok(row);
    await store.notices.insert({ ...row, id: 'of-tomorrow', kind: 'toString' });
    await store.notices.insert({ ...row, id: 'torn', detail: '{' });
    await office.delivery.runOnce();
    assert.equal(smtp.received.length, 1);
    assert.equal(await office.waiting(), 2);
    assert.match(office.log.join('\n'), /kind of message is unknown[\s\S]*message cannot be written/);
  });
});

eachStore('a broken store is told of and throws nothing; a message that could not be taken away stays', async (on) => {
  await withSmtp({}, async (smtp) => {
    const faults = new Faults();
    const office = await openOffice(faults.wrap(on.store), mailTo(smtp.port));
    await office.tell();
    for (const broken of ['notices.due', 'notices.claim', 'notices.remove']) {
      faults.broken = (call) => call === broken;
      await office.delivery.runOnce();
    }
    assert.equal(office.failures.length, 3);
    assert.equal(smtp.received.length, 1, 'sent, but not taken from the queue');
    faults.broken = null;
    office.clock.advance(MINUTE);
    await office.delivery.runOnce();
    assert.equal(await office.waiting(), 0);
    const ids = smtp.received.map((mail) => mail.headers.get('message-id'));
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1], 'a mailbox knows it again');
  });
});

eachStore('giving up that cannot be put on record does not happen', async ({ store }) => {
  const bad = await startBadSmtp((socket) => socket.destroy());
  try {
    const faults = new Faults();
    const office = await openOffice(faults.wrap(store), mailTo(bad.port));
    await office.tell();
    office.clock.advance(72 * HOUR);
    faults.broken = (call) => call === 'audit.append';
    await office.delivery.runOnce();
    assert.equal(office.failures.length, 1);
    faults.broken = null;
    assert.equal(await office.waiting(), 1);
  } finally {
    await bad.close();
  }
});

eachStore('stopping cuts a message that is on its way, which stays queued', async ({ store }) => {
  const bad = await startBadSmtp(() => {});
  try {
    const office = await openOffice(store, mailTo(bad.port), {}, { patience: { silenceMs: 60_000, totalMs: 60_000 } });
    await office.tell();
    const round = office.delivery.runOnce();
    await until(() => bad.connections() === 1);
    await office.delivery.stop();
    await round;
    assert.equal(await office.waiting(), 1);
    await office.delivery.runOnce();
    assert.equal(bad.connections(), 1, 'nothing begins after it');
    silent(office);
  } finally {
    await bad.close();
  }
});

eachStore('a delivery that was started looks by itself, soon after it is woken', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    office.delivery.start();
    await office.tell();
    office.delivery.wake();
    await until(() => smtp.received.length === 1);
    await office.delivery.stop();
    assert.equal(smtp.received.length, 1);
  });
});
