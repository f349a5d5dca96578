import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meaningText } from '../src/coverage/in-force.ts';
import { systemClock } from '../src/lib/clock.ts';
import { VERSION } from '../src/lib/version.ts';
import { verify } from '../src/pack/verify/verify.ts';
import { writePack } from '../src/pack/write/pack.ts';
import { lastUses } from '../src/pack/write/uses.ts';
import { openStore } from '../src/store/open.ts';
import { formatVerifierKey } from '../src/tlog/key.ts';
import { StillClock } from '../test/support/clock.ts';
import { logKey, sealerOn } from '../test/support/seal.ts';

/** Accounts, and sign-ins of each in the year, two entries each; a third of them lose a device, a fifth leaves. Three apps. */
const ACCOUNTS = Number(process.argv[2] ?? 5000);
const SIGN_INS = Number(process.argv[3] ?? 20);
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

type Line = readonly [day: number, kind: string, detail: object];

/** A sign-in, by what the account has then. */
const signedIn = (i: number, n: number): readonly [kind: string, detail: object][] => {
  const [step, authenticator] = i % 3 === 0 && n > SIGN_INS / 2 ? ['totp', `l${i}`] : ['passkey', `k${i}`];
  return [
    ['sign-in.second', { step, authenticator, verified: true }],
    ['session.open', { factors: step, acr: step === 'totp' ? 'mfa' : 'phr' }],
  ];
};

const app = (id: string, more: object) => ({
  ...{ id, hosts: [`${id}.example.org`], realm: 'staff', rp: 'example.org', bound: 'bound (whoami)', preset: null },
  ...{ order: 'factor-first', unbound: null, holders: null, rules: [], exemptions: [], surfaces: [], doors: [] },
  ...more,
});
const PASSKEY = { path: '/**', require: 'passkey', maxAgeMs: null, groups: [] };
const MEANT = meaningText({
  realms: [{ id: 'staff', source: 'local' }],
  apps: [app('portal', {}), app('wards', { rules: [PASSKEY] }), app('intranet', { bound: 'bound (form)' })] as never,
});

/** The year of one account. */
function yearOf(i: number): Line[] {
  const joined = i % 200;
  const place = { realm: 'staff', name: `person${i}`, organisation: `org-${i % 12}`, groups: 'ward', admin: false };
  const key = {
    kind: 'passkey',
    label: 'Key',
    rp: 'example.org',
    userVerified: true,
    deviceBound: false,
    backedUp: true,
  };
  const lines: Line[] = [
    [joined, 'account.add', place],
    [joined, 'ticket.issue', { ticket: `t${i}`, until: START + (joined + 3) * DAY, resetPassword: false }],
    [joined + 1, 'enrol.open', { ticket: `t${i}` }],
    [joined + 1, 'enrol.authenticator', { authenticator: `k${i}`, ...key }],
    [joined + 1, 'recovery.replace', { authenticator: `r${i}`, codes: 10 }],
    [joined + 1, 'enrol.finish', { adding: false }],
  ];
  if (i % 3 === 0)
    lines.push(
      [
        joined + 90,
        'authenticator.remove',
        { authenticator: `k${i}`, kind: 'passkey', label: 'Key', sessionsEnded: 1 },
      ],
      [joined + 90, 'ticket.issue', { ticket: `u${i}`, until: START + (joined + 93) * DAY, resetPassword: false }],
      [joined + 91, 'enrol.authenticator', { authenticator: `l${i}`, kind: 'totp', label: 'Phone' }],
    );
  if (i % 5 === 0) lines.push([joined + 150, 'account.disable', { name: `person${i}`, sessions: 0 }]);
  for (let n = 0; n < SIGN_INS; n += 1)
    for (const [kind, detail] of signedIn(i, n)) lines.push([joined + 2 + (n * 160) / SIGN_INS, kind, detail]);
  return lines;
}

const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-evidence-'));
const store = await openStore({ kind: 'sqlite', path: join(folder, 'data', 'sallyport.db') }, { clock: systemClock });
try {
  const all = Array.from({ length: ACCOUNTS }, (_, i) =>
    yearOf(i).map(([day, kind, detail]) => ({ i, day, kind, detail })),
  ).flat();
  all.sort((a, b) => a.day - b.day);
  const ofAll = {
    outcome: 'ok',
    actor: 'system',
    accountId: null,
    sessionId: null,
    appId: null,
    source: null,
  } as const;
  const meaning = createHash('sha256').update(MEANT).digest('hex');
  await store.log.putDocument({ digest: meaning, kind: 'configuration', text: MEANT, at: START });
  const began = (kind: string, detail: object) =>
    store.audit.append({ ...ofAll, at: START, kind: kind as never, detail: JSON.stringify(detail) });
  await began('config.load', { meaning, sallyport: VERSION, node: process.versions.node });
  for (let i = 0; i < 12; i += 1)
    await began('organisation.add', { organisation: `org-${i}`, realm: 'staff', name: `${i}` });
  for (let from = 0; from < all.length; from += 5000)
    await store.transaction(async (tx) => {
      for (const { i, day, kind, detail } of all.slice(from, from + 5000))
        await tx.audit.append({
          ...{
            at: Math.floor(START + day * DAY),
            kind: kind as never,
            outcome: 'ok',
            actor: `acc-${i}`,
            accountId: `acc-${i}`,
          },
          ...{ sessionId: null, appId: null, source: '203.0.113.9', detail: JSON.stringify(detail) },
        });
    });
  const clock = new StillClock(START + 366 * DAY);
  const key = await logKey(store, clock);
  const sealing = performance.now();
  await sealerOn(store, clock, true).turn();
  const spent = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;
  let before = spent();
  /** As the clock has it, and what the processor did for it: others may be busy too. */
  const seconds = (since: number) => {
    const [by, cpu] = [(performance.now() - since) / 1000, spent() - before];
    before = spent();
    return `${by.toFixed(1)} s (${cpu.toFixed(1)} s of processor)`;
  };
  process.stdout.write(`${all.length} entries of ${ACCOUNTS} accounts, sealed in ${seconds(sealing)}\n`);
  const reading = performance.now();
  for (let from = 0; from < all.length; from += 2000) await store.log.leaves({ from, limit: 2000 });
  process.stdout.write(`the same rows by SQL alone: ${seconds(reading)}\n`);
  const exporting = performance.now();
  const wish = { from: START, to: START + 365 * DAY, organisation: null, redact: false };
  const sight = { members: null, apps: new Set<string>() };
  const uses = await lastUses(store.audit, wish, sight);
  const parts = { store, key, now: clock.now(), ...sight, uses, checkpoint: null };
  const pack = Buffer.concat(await Array.fromAsync(writePack(parts, wish)));
  const digest = createHash('sha256').update(pack).digest('hex').slice(0, 8);
  process.stdout.write(`export: ${seconds(exporting)}, ${(pack.length / 1e6).toFixed(1)} MB (${digest})\n`);
  before = spent();
  const verifying = performance.now();
  const { verdict } = await verify({ pack, key: formatVerifierKey(key), checkpoint: null });
  const mb = Math.round(process.memoryUsage().rss / 1e6);
  process.stdout.write(`verification: ${seconds(verifying)}, ${verdict}; ${mb} MB held by all of it\n`);
  if (verdict !== 'verified') process.exitCode = 1;
  if (process.argv[4] !== undefined) await (await import('node:fs/promises')).writeFile(process.argv[4], pack);
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
