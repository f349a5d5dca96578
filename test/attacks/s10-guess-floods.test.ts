import assert from 'node:assert/strict';
import test from 'node:test';
import { hashPassword } from '../../src/accounts/password.ts';
import { PASSWORD } from '../support/person.ts';
import { type Sallyport, withSallyport } from '../support/sallyport.ts';

/** Real sockets, real argon2; where a guess comes from is what a trusted proxy says. */
const on = withSallyport(() => ({ realm: 'local', top: ['trusted_proxies: [127.0.0.1]'] }));

const ASKER = { source: '127.0.0.1', account: 'test', rank: 0 };
/** What Retry-After says. */
const again = () => new Promise<void>((resolve) => setTimeout(resolve, 2000));
const SOURCES = 1000;
const PARALLEL = 400;
const PEOPLE = 12;
let names = 0;

async function people(sally: Sallyport): Promise<string[]> {
  const passwordHash = await hashPassword(PASSWORD, [], ASKER);
  const made: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1) {
    const name = `person${names++}`;
    const of = { organisationId: 'realm.staff', roles: [], groups: [] };
    const blank = { ...of, email: null, disabledAt: null, createdAt: sally.clock.now() };
    await sally.app.store.accounts.insert({ id: `id-${name}`, realm: 'staff', name, passwordHash, ...blank });
    made.push(name);
  }
  return made;
}

function guess(sally: Sallyport, account: string, password: string, source: string) {
  const headers = [['X-Forwarded-For', source]] as const;
  return sally.send('POST', '/.sallyport/sign-in', { json: { account, password }, headers, deadlineMs: 120_000 });
}

const FLOODS: Readonly<Record<string, (n: number) => readonly [source: string, account: string]>> = {
  'a thousand networks of IPv4, each for an account of its own': (n) => [`10.${n >> 8}.${n & 255}.9`, `nobody${n}`],
  'a thousand networks of IPv4, all for one account': (n) => [`11.${n >> 8}.${n & 255}.9`, 'victim'],
  'one /48 of IPv6': (n) => [`2001:db8:77:${n.toString(16)}::1`, `nobody6${n}`],
};

for (const [name, flood] of Object.entries(FLOODS)) {
  test(`under 400 wrong guesses at a time from ${name}, right passwords pass`, async (t) => {
    const { sally } = on;
    const right = await people(sally);
    let [sent, over] = [0, false];
    const statuses = new Map<number, number>();
    const stranger = async () => {
      while (!over && sent < 3 * SOURCES) {
        const [source, account] = flood(sent++ % SOURCES);
        const { status } = await guess(sally, account, 'a wrong one, long enough', source);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        // As told: what is tried here is the queue, not how fast a socket is answered.
        if (status !== 401) await Promise.race([again(), ended]);
      }
    };
    let end = () => {};
    const ended = new Promise<void>((done) => {
      end = done;
    });
    const strangers = Array.from({ length: PARALLEL }, stranger);
    const times: number[] = [];
    const answers = await Promise.all(
      right.map(async (account, n) => {
        // People come one after another, while the flood goes on.
        await new Promise((resolve) => setTimeout(resolve, 100 + n * 50));
        const began = performance.now();
        let { status } = await guess(sally, account, PASSWORD, `203.0.113.${n + 1}`);
        for (let tries = 0; tries < 3 && status === 503; tries += 1) {
          await again();
          ({ status } = await guess(sally, account, PASSWORD, `203.0.113.${n + 1}`));
        }
        times.push(performance.now() - began);
        return status;
      }),
    );
    over = true;
    end();
    await Promise.all(strangers);
    times.sort((a, b) => a - b);
    const told = [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ');
    t.diagnostic(
      `median ${Math.round(times[PEOPLE / 2] ?? 0)} ms, slowest ${Math.round(times.at(-1) ?? 0)} ms; strangers ${told}`,
    );
    assert.ok(answers.filter((status) => status === 200).length >= 0.9 * PEOPLE, String(answers));
    for (const status of statuses.keys()) assert.ok([401, 429, 503].includes(status), `${status}`);
    // Whoever was told to come again counts for nothing: not a row.
    const rows = await sally.app.store.audit.list({ limit: 10_000, kind: 'sign-in.begin' });
    const refused = rows.filter(({ outcome, detail }) => outcome === 'refused' && /busy|throttled/.test(detail));
    assert.deepEqual(refused, []);
  });
}
