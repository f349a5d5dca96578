import assert from 'node:assert/strict';
import test from 'node:test';
import { addAccount, disableAccount, issueTicket } from '../support/manage.ts';
import { Person } from '../support/person.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { type SmtpServer, startBadSmtp, startSmtp } from '../support/smtp.ts';
import { postgres } from '../support/stores.ts';

const mailAt = (port: number): string[] => [
  'mail:',
  `  server: smtp://127.0.0.1:${port}`,
  '  from: Cwm Care <sallyport@example.org>',
];

async function invited(sally: Sallyport, name: string): Promise<{ person: Person; ticket: string }> {
  await addAccount(sally.manage, { name, realm: 'staff', email: `${name}@example.org` });
  const { secret } = await issueTicket(sally.manage, name, {}, 'staff');
  return { person: new Person(sally, name), ticket: secret };
}

const subjects = ({ received }: SmtpServer): string[] =>
  received.map((mail) => (mail.headers.get('subject') ?? '').replace(/ – .*$/, '')).sort();

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: what happens to an account is told to its owner, without any of its secrets`, async () => {
    const smtp = await startSmtp();
    const store = kind === 'postgres' ? { postgres: await (await postgres()).migrated() } : {};
    const sally = await startSallyport({ top: mailAt(smtp.port), ...store });
    try {
      const { person, ticket } = await invited(sally, 'ada');
      await person.enrol(ticket);
      await until(() => smtp.received.length === 3);
      assert.deepEqual(subjects(smtp), [
        'A sign-in method was added to your account',
        'An enrolment link was created for your account',
        'The enrolment link for your account was used',
      ]);
      const again = person.elsewhere();
      await again.expect(200, again.begin());
      const code = person.recoveryCodes[0] ?? '';
      await again.expect(200, again.post('/.sallyport/sign-in/recovery', { code }));
      await until(() => smtp.received.length === 4);
      assert.equal(smtp.received[3]?.headers.get('subject')?.startsWith('One of your recovery codes was used'), true);
      assert.match(smtp.received[3]?.body ?? '', /\nNetwork address: 127\.0\.0\.1\n/);
      const all = smtp.received.map((mail) => `${mail.raw}\n${mail.body}`).join('\n');
      for (const secret of [ticket, person.password, person.secret, ...person.recoveryCodes, again.session ?? '?'])
        assert.ok(!all.includes(secret));
      for (const { to, body } of smtp.received) {
        assert.deepEqual(to, ['ada@example.org']);
        assert.deepEqual(body.match(/https?:\S+/g), ['http://app.test/.sallyport/account']);
      }
    } finally {
      await sally.close();
      await smtp.close();
    }
  });
}

test('a mail server that hangs holds up no sign-in, and no end of the process', async () => {
  const bad = await startBadSmtp(() => {});
  const sally = await startSallyport({ top: mailAt(bad.port) });
  try {
    const { person, ticket } = await invited(sally, 'ada');
    await person.enrol(ticket);
    await until(() => bad.connections() > 0);
    const other = person.elsewhere();
    await other.signIn();
    assert.equal((await other.send('GET', '/')).status, 200);
    assert.equal((await disableAccount(sally.manage, 'ada')).sessionsEnded, 2);
    assert.doesNotMatch(JSON.stringify(sally.log), /ada@example\.org/);
  } finally {
    await sally.close();
    await bad.close();
  }
});

test('mail goes to the server of the configuration in force', async () => {
  const [first, second] = [await startSmtp(), await startSmtp()];
  const sally = await startSallyport({ top: mailAt(first.port) });
  try {
    const ada = await invited(sally, 'ada');
    await ada.person.enrol(ada.ticket);
    await until(() => first.received.length === 3);
    await sally.app.reload(await sally.load({ top: mailAt(second.port) }));
    const other = ada.person.elsewhere();
    await other.expect(200, other.begin());
    await other.expect(200, other.post('/.sallyport/sign-in/recovery', { code: ada.person.recoveryCodes[0] ?? '' }));
    await until(() => second.received.length === 1);
    assert.equal(first.received.length, 3);
  } finally {
    await sally.close();
    await Promise.all([first.close(), second.close()]);
  }
});
