import { sha256Hex } from '../../../src/lib/bytes.ts';
import { meaningOf } from '../../../src/manage/in-force.ts';
import type { WholeStore } from '../../../src/store/types.ts';
import { APP, CONFIG, DAY, entry } from './office.ts';

/** Numbers below `n` that look like chance, and are the same for the same seed (mulberry32). */
export function chance(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

export const ORGANISATIONS = ['realm.local', 'home', 'away', 'third'];
const ACCOUNTS = Array.from({ length: 9 }, (_, n) => `person${n}`);
const FACTORS = ['f0', 'f1', 'f2'];

/** Configurations: two apps of which one is exempt until inside a day, one that demands passkeys, and one with an app of another realm. */
function meanings(from: number): readonly string[] {
  const { realms } = CONFIG;
  const local = CONFIG.realms.get('local') ?? APP.realm;
  const expiresAt = from + 5 * DAY + 7_000_000;
  const exception = {
    reason: 'health',
    owner: 'ops',
    expires: new Date(expiresAt).toISOString().slice(0, 10),
    expiresAt,
  };
  const of = (id: string, more: Partial<typeof APP> = {}) => ({ ...APP, id, ...more });
  const text = (apps: (typeof APP)[]) => meaningOf({ realms, apps });
  const plain = text([of('portal'), of('wiki')]);
  const read = JSON.parse(plain);
  read.apps[0].exemptions = [{ method: 'GET', path: '/health', ...exception }];
  read.apps[1].unbound = exception;
  const strict = JSON.parse(plain);
  strict.apps[1].rules = [{ path: '/**', require: 'passkey', maxAgeMs: null, groups: [] }];
  const other = text([of('portal'), of('rival', { realm: { ...local, id: 'rivals' } })]);
  return [JSON.stringify(read), JSON.stringify(strict), other, plain];
}

type Draw = (n: number) => number;
interface Made {
  readonly kind: string;
  readonly accountId?: string;
  readonly appId?: string;
  readonly detail?: Record<string, unknown>;
  readonly outcome?: 'ok' | 'failed';
}

/** Every kind of entry that matters, each as it may be written: at a moment, by chance. */
function kinds(draw: Draw, at: number, digests: readonly string[]): readonly (() => Made)[] {
  const pick = <T>(all: readonly T[]): T => all[draw(all.length)] as T;
  const who = () => ({ accountId: pick(ACCOUNTS) });
  const app = () => ({ appId: pick(['portal', 'wiki', 'rival']) });
  const of =
    (kind: string, detail: () => Record<string, unknown> = () => ({})) =>
    () => ({ kind, ...who(), detail: detail() });
  const place = () => ({ realm: 'local', name: pick(ACCOUNTS), organisation: pick(ORGANISATIONS), groups: 'ward' });
  const key = () => ({
    authenticator: pick(FACTORS),
    kind: 'passkey',
    rp: APP.relyingParty?.id,
    userVerified: draw(3) > 0,
    deviceBound: draw(2) > 0,
  });
  const code = () => ({ authenticator: pick(FACTORS), kind: 'totp', label: 'Phone' });
  const until = () => at + draw(3 * DAY);
  const found =
    (kind: string, detail: () => Record<string, unknown> = () => ({})) =>
    (): Made => ({ kind, ...app(), outcome: pick(['ok', 'failed']), detail: detail() });
  const organisation =
    (kind: string, detail: () => Record<string, unknown> = () => ({})) =>
    (): Made => {
      const id = pick(ORGANISATIONS);
      return { kind, detail: { organisation: id, realm: 'local', name: `Practice ${id} ${draw(3)}`, ...detail() } };
    };
  const policy = () => pick(['{}', '{"require":"passkey"}', '{"apps":["wiki"]}', 'nonsense']);
  const stood = () => ({
    ...place(),
    roles: '',
    password: draw(2) > 0,
    added: at - draw(6 * DAY),
    factors: JSON.stringify(draw(2) > 0 ? [{ id: pick(FACTORS), kind: 'totp', enrolledAt: at, disabledAt: null }] : []),
    ...(draw(2) > 0 ? {} : { ticket: JSON.stringify({ id: 't', until: until(), resetPassword: false }) }),
  });
  return [
    of('account.add', () => ({ ...place(), admin: draw(4) === 0, disabled: draw(6) === 0 })),
    of('account.add', place),
    of('account.stands', stood),
    of('account.stands', () => (draw(4) === 0 ? {} : stood())),
    of('account.disable'),
    of('account.enable'),
    of('account.enable'),
    of('account.remove', () => ({ realm: 'local' })),
    of('account.set', () => ({ groups: pick(['', 'ward', 'ops ward']) })),
    of('account.move', () => ({ from: pick(ORGANISATIONS), to: pick(ORGANISATIONS) })),
    of('account.move', () => ({ from: pick(ORGANISATIONS), to: pick(ORGANISATIONS) })),
    of('account.password'),
    of('role.grant', () => ({ role: 'auditor', for: 'everything' })),
    of('role.revoke', () => ({ role: 'auditor', for: 'everything' })),
    () => ({ kind: pick(['app-name.set', 'app-name.remove']), ...who(), ...app(), detail: { name: 'x' } }),
    of('ticket.issue', () => ({ ticket: `t${draw(3)}`, until: until(), resetPassword: false })),
    of('ticket.issue', () => (draw(3) === 0 ? { ticket: 't', ttl: '1d' } : { ticket: 't', until: until() })),
    of('ticket.revoke'),
    of('enrol.open', () => ({ ticket: 't' })),
    of('enrol.password', () => ({ set: true })),
    of('enrol.authenticator', key),
    of('enrol.authenticator', code),
    of('enrol.authenticator', code),
    of('enrol.finish', () => ({ adding: draw(2) > 0 })),
    of('authenticator.rename', code),
    of('authenticator.remove', code),
    of('authenticator.disabled', code),
    of('recovery.replace', () => ({ authenticator: 'r', codes: draw(3) })),
    of('recovery.use', () => ({ left: draw(3) })),
    organisation('organisation.add'),
    organisation('organisation.stands', () => ({ policy: policy() })),
    organisation('organisation.set'),
    organisation('organisation.restrict', () => ({ policy: policy() })),
    organisation('organisation.remove'),
    () => ({ kind: 'config.load', detail: draw(6) === 0 ? { digest: 'd' } : { meaning: pick(digests), digest: 'd' } }),
    () => ({ kind: 'lock-down.begin', detail: { reason: 'drill' } }),
    () => ({ kind: 'lock-down.end' }),
    () => ({ kind: 'audit.dropped', detail: { class: 'decisions', to: at - draw(9) * DAY } }),
    found('canary.passed'),
    found('canary.failed'),
    found('origin.checked'),
    found('origin.log-read', () => ({ past: draw(2), unreadable: 1 })),
    found('roster.read', () => ({ unknown: draw(4) })),
    of('session.open'),
  ];
}

/** What is known by then of a place where things happen. */
async function founded(store: WholeStore, from: number): Promise<readonly string[]> {
  const texts = meanings(from);
  for (const text of texts)
    await store.log.putDocument({ digest: sha256Hex(text), kind: 'configuration', text, at: from });
  const digests = texts.map(sha256Hex);
  await entry(store, { at: from, kind: 'config.load', detail: JSON.stringify({ meaning: digests[0], digest: 'd' }) });
  for (const organisation of ORGANISATIONS.slice(1)) {
    const detail = JSON.stringify({ organisation, realm: 'local', name: `Practice ${organisation}` });
    await entry(store, { at: from + 1, kind: 'organisation.add', detail });
  }
  return digests;
}

/**
 * So many entries by chance over about ten days from a moment, ms. Most come in the order of their moments; some stand far from it, and
 * sometimes the clock is set back for good.
 */
export async function happenedByChance(
  store: WholeStore,
  draw: Draw,
  { from, count }: { from: number; count: number },
) {
  const digests = await founded(store, from);
  let now = from + 10;
  for (let n = 0; n < count; n += 1) {
    now += draw((20 * DAY) / count);
    if (draw(60) === 0) now -= draw(2 * DAY);
    const at = Math.max(1, draw(9) === 0 ? now + draw(6 * DAY) - 3 * DAY : now);
    const all = kinds(draw, at, digests);
    const { detail = {}, ...made } = all[draw(all.length)]?.() ?? { kind: 'session.open' };
    await entry(store, { at, ...made, detail: JSON.stringify(detail) });
  }
}
