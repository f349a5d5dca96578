import assert from 'node:assert/strict';
import test from 'node:test';
import type { MailConfig } from '../../../src/config/types.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createNotices, isPlainAddress } from '../../../src/notices/queue.ts';
import type { Notice } from '../../../src/notices/types.ts';
import { StillClock } from '../../support/clock.ts';
import { accountRow } from '../../support/rows.ts';
import { eachStore } from '../../support/stores.ts';
import { mailTo } from './mail.ts';

const clock = new StillClock(1_800_000_000_000);
const notice: Notice = { kind: 'password-changed', detail: { source: '192.0.2.1', by: 'owner' } };

function notices(mail: MailConfig | null, queued = () => {}) {
  return createNotices({ clock, random: systemRandom, mail: () => mail, queued });
}

eachStore('a message is queued with what it tells of, or not at all', async ({ store }) => {
  const account = accountRow({ email: 'ada@example.org' });
  await store.accounts.insert(account);
  let heard = 0;
  const queue = notices(mailTo(25), () => {
    heard += 1;
  });
  await store.transaction((tx) => queue.tell(tx, account, notice));
  const undone = store.transaction(async (tx) => {
    await queue.tell(tx, account, notice);
    throw new Error('undone');
  });
  await assert.rejects(undone, /undone/);
  assert.equal(heard, 2);
  const rows = await store.notices.due(clock.now(), 10);
  assert.equal(rows.length, 1);
  const [{ id, ...row } = { id: '' }] = rows;
  assert.match(id, /^[\w-]{22}$/);
  assert.deepEqual(row, {
    accountId: account.id,
    recipient: 'ada@example.org',
    kind: 'password-changed',
    detail: JSON.stringify(notice.detail),
    createdAt: clock.now(),
    tries: 0,
    nextAt: clock.now(),
  });
});

eachStore('nothing is queued without mail, without an address, or with one that is not plain', async ({ store }) => {
  const account = accountRow({ email: 'ada@example.org' });
  await store.accounts.insert(account);
  await notices(null).tell(store, account, notice);
  await notices(mailTo(25)).tell(store, { ...account, email: null }, notice);
  await notices(mailTo(25)).tell(store, { ...account, email: 'ada@example.org,eve@evil.example' }, notice);
  assert.deepEqual(await store.notices.due(clock.now(), 10), []);
});

test('an address is one plain address and nothing else', () => {
  const plain = ['ada@example.org', 'a.b+c@x', "o'neil@sub.example-1.org", 'siân@enghraifft.cymru', '用户@例子.测试'];
  for (const address of plain) assert.ok(isPlainAddress(address), address);
  const others = [
    '',
    'ada',
    '@example.org',
    'ada@',
    'ada@example.org,eve@evil.example',
    'ada@example.org;eve@evil.example',
    'Ada <ada@example.org>',
    '<ada@example.org>',
    'ada@example.org>',
    '"ada x"@example.org',
    'ada(x)@example.org',
    'ada@[192.0.2.1]',
    'ada@@example.org',
    'ada@evil.example@example.org',
    '.ada@example.org',
    'a..b@example.org',
    'ada@example.org.',
    'ada@-x.org',
    'ada@example.org\r\nRCPT TO:<eve@evil.example>',
    'ada@example.org\n',
    'ada @example.org',
    'ada\u202e@example.org',
    'group:ada@example.org',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(260)}`,
  ];
  for (const address of others) assert.ok(!isPlainAddress(address), JSON.stringify(address));
});
