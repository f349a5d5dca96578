import assert from 'node:assert/strict';
import { sha256 } from '../../../src/lib/bytes.ts';
import { secretPlace } from '../../../src/notices/invitation.ts';
import { ENDED_FIRST } from '../../../src/store/invitations.ts';
import { purge } from '../../../src/store/purge.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import { type SmtpOptions, type SmtpServer, startSmtp } from '../../support/smtp.ts';
import { eachStore } from '../../support/stores.ts';
import { mailTo, type Office, openOffice, SEAL } from './mail.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECRET = 'aB3d-F0hIjKlMn1OpQ_sTuVwXyZ';

async function withSmtp<T>(options: SmtpOptions, work: (smtp: SmtpServer) => Promise<T>): Promise<T> {
  const smtp = await startSmtp(options);
  try {
    return await work(smtp);
  } finally {
    await smtp.close();
  }
}

/** A link that waits for its message, as `ticket.issue-many` leaves it. */
async function invited(store: WholeStore, office: Office, id = 't1', more: Record<string, string> = {}): Promise<void> {
  const now = office.clock.now();
  const secret = `${SECRET}${id}`;
  await store.underAccount('acc-1', async (tx) => {
    const moments = { createdAt: now, expiresAt: now + DAY };
    const ticket = { id, hash: sha256(secret), accountId: 'acc-1', issuedBy: 'x', resetPassword: false };
    await tx.tickets.insert({ ...ticket, ...moments, usedAt: null });
    const sealed = SEAL.seal(secret, secretPlace(id));
    const row = { id, accountId: 'acc-1', batch: 'b', state: 'queued', secret: sealed, reason: '' } as const;
    await tx.invitations.insert({ ...row, ...moments, changedAt: now });
  });
  await office.tell('invitation', { ticket: id, app: 'portal', by: 'administrator', ...more });
}

/** How each stands, and whether a secret is still there. */
async function stands(store: WholeStore, now: number): Promise<unknown[]> {
  const rows = await store.invitations.list({ reach: 'all', limit: 100 });
  const whole = await Promise.all(rows.map(({ id }) => store.invitations.byId(id, now)));
  return whole.map((row) => [row?.id, row?.state, row?.reason, row?.secret !== null]).sort();
}

eachStore('the link goes out once, in its language, and its secret is gone from the store', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    await invited(store, office);
    await invited(store, office, 't2', { language: 'cy' });
    await office.delivery.runOnce();
    await office.delivery.runOnce();
    // Queued at one moment, they go in either order.
    const messages = smtp.received.toSorted(
      (a, b) => Number(a.body.includes('t2\n')) - Number(b.body.includes('t2\n')),
    );
    const bodies = messages.map(({ body }) => body);
    assert.equal(bodies.length, 2);
    for (const [i, id] of ['t1', 't2'].entries())
      assert.deepEqual(bodies[i]?.match(/https?:\S+/g), [`https://portal.example.org/.sallyport/enrol/${SECRET}${id}`]);
    assert.match(bodies[0] ?? '', /^Site: portal\.example\.org\nLink works until: .*2027/m);
    assert.match(messages[0]?.headers.get('subject') ?? '', /^Set up how you sign in – Cwm Care$/);
    assert.equal(messages[1]?.headers.get('content-language'), 'cy');
    assert.match(bodies[1] ?? '', /Agorwch y dudalen hon/);
    assert.deepEqual(await stands(store, office.clock.now()), [
      ['t1', 'sent', '', false],
      ['t2', 'sent', '', false],
    ]);
    assert.equal(await office.waiting(), 0);
    assert.ok(!office.log.join().includes(SECRET));
  });
});

eachStore(
  'a letter-box that is none fails at once, with the reason; what may pass is tried again',
  async ({ store }) => {
    let code = 450;
    await withSmtp({ refuse: () => ({ code, message: `no ${SECRET}` }) }, async (smtp) => {
      const office = await openOffice(store, mailTo(smtp.port));
      await invited(store, office);
      await office.delivery.runOnce();
      assert.deepEqual(await stands(store, office.clock.now()), [['t1', 'queued', 'EENVELOPE RCPT TO 450', true]]);
      code = 550;
      office.clock.advance(MINUTE);
      await office.delivery.runOnce();
      assert.deepEqual(await stands(store, office.clock.now()), [['t1', 'failed', 'EENVELOPE RCPT TO 550', false]]);
      assert.deepEqual(office.gaveUp, [
        { accountId: 'acc-1', kind: 'invitation', tries: 2, cause: 'EENVELOPE RCPT TO 550' },
      ]);
      assert.deepEqual([await office.waiting(), smtp.received.length], [0, 0]);
      assert.deepEqual([...(await store.invitations.lost(office.clock.now()))], ['t1'], 'nobody has that link');
    });
  },
);

eachStore(
  'a link that was used, replaced or withdrawn before is not sent, and none after its end',
  async ({ store }) => {
    await withSmtp({}, async (smtp) => {
      const office = await openOffice(store, mailTo(smtp.port));
      await invited(store, office);
      await store.underAccount('acc-1', (tx) => tx.tickets.revokeOfAccount('acc-1', office.clock.now()));
      await invited(store, office, 't2');
      const { mail } = office;
      office.mail = null;
      office.clock.advance(DAY);
      office.mail = mail;
      await office.delivery.runOnce();
      assert.equal(smtp.received.length, 0);
      // The first one had ended before its own end came; which of the two is told first does not matter.
      const told = await stands(store, office.clock.now());
      assert.deepEqual(told[1], ['t2', 'failed', ENDED_FIRST, false]);
      await invited(store, office, 't3');
      await store.underAccount('acc-1', (tx) => tx.tickets.revokeOfAccount('acc-1', office.clock.now()));
      await office.delivery.runOnce();
      assert.deepEqual((await stands(store, office.clock.now()))[2], ['t3', 'ended', '', false]);
      assert.deepEqual([await office.waiting(), smtp.received.length], [0, 0]);
    });
  },
);

eachStore(
  'tries end with the link, far before they end by their age; then its secret is nowhere',
  async ({ store }) => {
    const smtp = await startSmtp();
    await smtp.close();
    const office = await openOffice(store, mailTo(smtp.port));
    await invited(store, office);
    let looks = 0;
    for (; (await office.waiting()) > 0 && looks < 100; looks += 1) {
      await office.delivery.runOnce();
      const [next] = await store.notices.due(Number.MAX_SAFE_INTEGER, 1);
      if (next !== undefined) office.clock.advance(Math.max(0, next.nextAt - office.clock.now()));
    }
    assert.ok(looks > 5 && looks < 20, `${looks} looks`);
    assert.deepEqual(await stands(store, office.clock.now()), [['t1', 'failed', ENDED_FIRST, false]]);
  },
);

eachStore(
  'what no server looks at loses its secret when the link ends, and is forgotten after ninety days',
  async ({ store }) => {
    const office = await openOffice(store, mailTo(1));
    await invited(store, office);
    office.clock.advance(DAY - 1);
    await purge(store, office.clock);
    assert.deepEqual(await stands(store, office.clock.now()), [['t1', 'queued', '', true]]);
    office.clock.advance(1);
    await purge(store, office.clock);
    assert.deepEqual(await stands(store, office.clock.now()), [['t1', 'failed', ENDED_FIRST, false]]);
    office.clock.advance(90 * DAY);
    await purge(store, office.clock);
    assert.deepEqual(await stands(store, office.clock.now()), []);
  },
);

eachStore('a secret that this key did not seal for this row is sent to nobody', async ({ store }) => {
  await withSmtp({}, async (smtp) => {
    const office = await openOffice(store, mailTo(smtp.port));
    await invited(store, office);
    await invited(store, office, 't2');
    const other = (await store.invitations.byId('t2', office.clock.now()))?.secret ?? '';
    await store.invitations.settle('t1', 'ended', '', office.clock.now());
    const moved = { id: 't3', accountId: 'acc-1', batch: 'b', state: 'queued', secret: other, reason: '' } as const;
    const now = office.clock.now();
    await store.underAccount('acc-1', async (tx) => {
      const ticket = { id: 't3', hash: sha256('t3'), accountId: 'acc-1', issuedBy: 'x', resetPassword: false };
      await tx.tickets.insert({ ...ticket, createdAt: now, expiresAt: now + DAY, usedAt: null });
      await tx.invitations.insert({ ...moved, createdAt: now, changedAt: now, expiresAt: now + DAY });
    });
    await office.tell('invitation', { ticket: 't3', app: 'portal' });
    await office.delivery.runOnce();
    assert.equal(smtp.received.length, 1, 'that of t2 alone');
    assert.match(office.gaveUp[0]?.cause ?? '', /cannot be opened with this key/);
    assert.equal((await stands(store, now)).length, 3);
    assert.equal(await office.waiting(), 0);
  });
});
