import assert from 'node:assert/strict';
import test from 'node:test';
import { encode } from 'fast-png';
import { setHosts, setLogo } from '../../src/manage/organisation-looks.ts';
import { addOrganisation, listOrganisations } from '../../src/manage/organisations.ts';
import { issueMany } from '../../src/manage/tickets-many.ts';
import { addAccount, issueTicket } from '../support/manage.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { startSmtp } from '../support/smtp.ts';
import { postgres } from '../support/stores.ts';
import { outcome } from '../unit/login/world.ts';

const logoOf = (shade: number) =>
  Buffer.from(encode({ width: 60, height: 30, data: new Uint8Array(60 * 30 * 3).fill(shade), channels: 3 })).toString(
    'base64',
  );
/** As a browser asks for a page. */
const PAGE = { headers: [['Accept', 'text/html'] as const, ['Sec-Fetch-Mode', 'navigate'] as const] };
const HOSTILE = `<img src=x onerror=alert(1)>`;

async function organisations(sally: Sallyport) {
  const [cwm, dale] = ['Cwm Practice', 'Dale Practice'].map((name) => ({ name, realm: 'staff' }));
  const one = (await addOrganisation.perform(sally.manage, cwm ?? { name: '' })).id;
  const other = (await addOrganisation.perform(sally.manage, dale ?? { name: '' })).id;
  await addAccount(sally.manage, { name: 'ann', realm: 'staff', organisation: one });
  await addAccount(sally.manage, { name: 'bob', realm: 'staff', organisation: other });
  return { one, other };
}

const text = async (sally: Sallyport, path: string) => (await sally.send('GET', path, PAGE)).body;

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: a link shows the organisation of its account, a host its own, and nobody learns whose an account is`, async () => {
    const store = kind === 'postgres' ? { postgres: await (await postgres()).schema() } : {};
    const sally = await startSallyport(store);
    try {
      const { one, other } = await organisations(sally);
      const { logo } = await setLogo.perform(sally.manage, { organisation: one, logo: logoOf(40) });
      const { links } = await issueTicket(sally.manage, 'ann', {}, 'staff');
      const path = new URL(links[0]?.url ?? '').pathname;
      const shown = await text(sally, path);
      const address = `/.sallyport/assets/organisation.${logo?.hash}.png`;
      assert.match(shown, new RegExp(`<p class="organisation"><img src="${address}"[^>]*><bdi>Cwm Practice</bdi></p>`));
      assert.match(shown, /<p class="site"><bdi>app\.test/, 'the address stays where it is');
      const picture = await sally.send('GET', address);
      assert.equal(picture.status, 200);
      assert.equal(picture.header('content-type'), 'image/png');
      assert.equal(picture.header('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(picture.header('x-content-type-options'), 'nosniff');
      for (const wrong of [
        address.replace('.png', '.jpg'),
        address.replace(/[0-9a-f]{64}/, 'a'.repeat(64)),
        `${address}x`,
      ])
        assert.equal((await sally.send('GET', wrong)).status, 404, wrong);
      // The sign-in page says nothing before a host belongs to one.
      assert.doesNotMatch(await text(sally, '/.sallyport/sign-in'), /class="organisation"/);
      assert.equal(
        await outcome(setHosts.perform(sally.manage, { organisation: one, hosts: ['elsewhere.test'] })),
        'usage',
      );
      await setHosts.perform(sally.manage, { organisation: other, hosts: ['APP.test'] });
      assert.equal(
        await outcome(setHosts.perform(sally.manage, { organisation: one, hosts: ['app.test'] })),
        'conflict',
      );
      await sally.advance(10_001);
      assert.match(await text(sally, '/.sallyport/sign-in'), /<p class="organisation"><bdi>Dale Practice<\/bdi>/);
      // Whoever is named, the page tells what the host tells.
      const pages = await Promise.all(
        ['ann', 'bob', 'nobody'].map(async (account) => {
          const form = { account, password: 'wrong password', next: '/' };
          return (await sally.send('POST', '/.sallyport/sign-in', { form, ...PAGE })).body;
        }),
      );
      for (const page of pages) {
        assert.match(page, /Dale Practice/);
        assert.doesNotMatch(page, /Cwm Practice/);
      }
      // A link of another organisation at this host shows its own.
      const again = await issueTicket(sally.manage, 'ann', {}, 'staff');
      const there = await text(sally, new URL(again.links[0]?.url ?? '').pathname);
      assert.match(there, /Cwm Practice/);
      assert.doesNotMatch(there, /Dale Practice/);
      assert.doesNotMatch(await text(sally, `/.sallyport/enrol/${'x'.repeat(27)}`), /Cwm Practice/);
      const rows = await listOrganisations.ask(sally.manage, {});
      assert.deepEqual(
        rows
          .filter(({ name }) => name.includes('Practice'))
          .map(({ name, hosts, logo: has }) => [name, hosts, has !== null]),
        [
          ['Cwm Practice', [], true],
          ['Dale Practice', ['app.test'], false],
        ],
      );
    } finally {
      await sally.close();
    }
  });

test('a hostile name is text, a row that is no picture leaves the page whole, and without an organisation nothing is said', async () => {
  const sally = await startSallyport({});
  try {
    const { id } = await addOrganisation.perform(sally.manage, { name: HOSTILE, realm: 'staff' });
    await addAccount(sally.manage, { name: 'ann', realm: 'staff', organisation: id });
    await addAccount(sally.manage, { name: 'eve', realm: 'staff' });
    const [ann, eve] = [
      await issueTicket(sally.manage, 'ann', {}, 'staff'),
      await issueTicket(sally.manage, 'eve', {}, 'staff'),
    ];
    await sally.app.store.looks.putLogo({
      organisationId: id,
      hash: 'b'.repeat(64),
      type: 'text/html',
      width: 1,
      height: 9e9,
      body: '!',
    });
    const page = await sally.send('GET', new URL(ann.links[0]?.url ?? '').pathname, PAGE);
    assert.equal(page.status, 200);
    assert.ok(page.body.includes('&lt;img src=x onerror=alert(1)&gt;'));
    assert.ok(!page.body.includes(HOSTILE));
    assert.equal(
      (await sally.send('GET', `/.sallyport/assets/organisation.${'b'.repeat(64)}.png`)).header('content-type') ===
        'text/html',
      false,
    );
    assert.doesNotMatch(await text(sally, new URL(eve.links[0]?.url ?? '').pathname), /class="organisation"/);
  } finally {
    await sally.close();
  }
});

test('links go out by e-mail from a running server, and each person enrols by theirs', async () => {
  const smtp = await startSmtp({ refuse: (to) => (to.startsWith('gone') ? { code: 550, message: 'no' } : null) });
  const top = ['mail:', `  server: smtp://127.0.0.1:${smtp.port}`, '  from: Cwm Care <s@example.org>'];
  const sally = await startSallyport({ top });
  try {
    for (const name of ['ann', 'ben', 'gone'])
      await addAccount(sally.manage, { name, realm: 'staff', email: `${name}@example.org` });
    const manage = { ...sally.manage, seal: sally.app.seal };
    const { batch, mailed } = await issueMany(manage, { accounts: ['ann', 'ben', 'gone'], deliver: 'email' });
    assert.equal(mailed.length, 3);
    const states = async () =>
      (await sally.app.store.invitations.list({ reach: 'all', limit: 9, batch: batch ?? '' }))
        .map(({ name, state }) => `${name} ${state}`)
        .sort();
    await until(async () => !(await states()).join().includes('queued'));
    assert.deepEqual(await states(), ['ann sent', 'ben sent', 'gone failed']);
    const link = /https?:\S+\/enrol\/\S+/.exec(smtp.received.find(({ to }) => to[0] === 'ann@example.org')?.body ?? '');
    const page = await sally.send('GET', new URL(link?.[0] ?? '').pathname, PAGE);
    assert.match(page.body, /<strong>ann<\/strong>/);
    assert.ok(!JSON.stringify(sally.log).includes(new URL(link?.[0] ?? '').pathname));
  } finally {
    await sally.close();
    await smtp.close();
  }
});
