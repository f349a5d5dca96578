import { someOf } from '../config/source.ts';
import type { AppConfig, Config, RuleConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Decision, SessionFacts } from '../gate/decide.ts';
import { holdersOf, isHolder } from '../gate/holders.ts';
import { opinionOf, opinionUnder } from '../gate/opinion.ts';
import { formatDuration } from '../lib/duration.ts';
import { readHeadOf } from '../presets/reading.ts';
import type { Reading } from '../presets/types.ts';
import { HeaderFields } from '../request/fields.ts';
import { checkMethod } from '../request/head.ts';
import { hostMap, originOf, parseHost } from '../request/hosts.ts';
import { parseTarget, type Target } from '../request/target.ts';
import { compileRules } from '../rules/compile.ts';
import { type Candidate, explainRules } from '../rules/explain.ts';
import type { Policy } from '../sessions/policy.ts';
import type { AccountRow } from '../store/types.ts';
import { requirementOf } from './requires.ts';

/** How a request would be judged, for people: `rules/explain.ts` with everything that comes before rules. */
export interface Judgement {
  readonly app: AppConfig | null;
  readonly target: string;
  readonly verdict: 'refused' | 'own' | 'exempt' | 'surface' | 'session';
  readonly decides: string;
  readonly requires: string;
  readonly why: string;
  readonly rule: RuleConfig | null;
  /** What it is to the app's own login, where that is bound; null: not bound, or never looked at. */
  readonly reading: { readonly kind: Reading['kind']; readonly what: string } | null;
  /** Origins whose forms are taken on at this path; empty: only what comes from the app's own pages is sent with a session. */
  readonly from: readonly string[];
  /** Rules and exemptions that cover the request, or would but for one thing. */
  readonly considered: readonly Candidate[];
}

/** The raw parts of a URL: nothing is normalised, because the server normalises nothing either. */
function split(url: string): { scheme: 'http' | 'https'; host: string; raw: string } {
  const match = /^http(s)?:\/\/([^/?#]+)(\/.*)?$/i.exec(url);
  if (match?.[2] === undefined)
    throw new SallyportError('usage', 'give a whole address, such as https://portal.example.org/reports');
  return { scheme: match[1] === undefined ? 'http' : 'https', host: match[2], raw: match[3] ?? '/' };
}

/** Where people reach the app: its hosts, at the scheme and the port of its origin where they have none of their own. */
function addressesOf({ hosts, origin }: AppConfig): readonly string[] {
  const { protocol, port } = new URL(origin);
  const all = hosts.map(({ name, port: own }) => {
    const at = own === null ? port : String(own);
    return new URL(`${protocol}//${name}${at === '' ? '' : `:${at}`}`).origin;
  });
  return [...new Set([origin, ...all])];
}

/** What the head of a request is to the app's own login, in words. */
function readingOf({ login }: AppConfig, method: string, target: Target): Judgement['reading'] {
  if (login.kind !== 'bound') return null;
  const reading = readHeadOf(login, method, target, HeaderFields.none);
  const { kind } = reading;
  switch (kind) {
    case 'door':
    case 'guarded':
      return { kind, what: reading.why };
    case 'step':
      return { kind, what: reading.steps.map(({ id }) => id).join(' or ') };
    case 'surface':
      return {
        kind,
        what: reading.surface.toEntry ? 'leads to the sign-in page' : 'may be seen before anybody has signed in',
      };
    case 'plain':
      return { kind, what: 'an ordinary request' };
    default:
      throw new TypeError(`no such reading: ${kind satisfies never}`);
  }
}

/** Who has proven all that there is to prove, just now, is in every group that is asked for, and holds what is held. */
function anybodyAt(app: AppConfig, rule: RuleConfig | null, now: number): SessionFacts {
  const proven = { live: true, opensSession: true, phishingResistant: true, lastFactorAt: now, lastPasskeyAt: now };
  const free = { barred: null, passkeyOnly: false };
  const holders = holdersOf(app);
  const [accountName = ''] = holders?.accounts ?? [];
  const groups = [...(rule?.groups ?? []), ...(holders?.groups ?? [])];
  return { appId: app.id, realm: app.realm.id, accountName, groups, ...proven, ...free };
}

/** Why nobody at all is let through, in words. */
function whyRefused(
  { login }: AppConfig,
  reading: Judgement['reading'],
  { code, why: said }: Decision & { kind: 'deny' },
) {
  const requires = `refused with ${new SallyportError(code).status}`;
  if (reading?.kind === 'door' || reading?.kind === 'guarded')
    return { decides: 'the login of the app', requires, why: `${reading.what}.` };
  if (login.kind === 'bound')
    return { decides: 'the login of the app', requires, why: `${said}: login.held_by lists nobody.` };
  const until = login.kind === 'unbound' ? login.expires : '';
  const why = `Its own login is not bound, and that was allowed until ${until} only.`;
  return { decides: 'the exception of the app', requires, why };
}

/** What is open to those who have proven nothing, in words. */
function whyOpen(reading: Judgement['reading'], decision: Decision) {
  const why = decision.kind === 'step' ? 'what it signs in is held until the second factor is passed' : reading?.what;
  return { decides: 'the login of the app', requires: 'nothing', why: `${why}.` };
}

/** Whose forms come on to this path, and whose scripts may ask (`cross_site`). */
function fromElsewhere({ crossSite }: AppConfig, method: string, target: Target): readonly string[] {
  if (method !== 'POST' && method !== 'OPTIONS') return [];
  return crossSite.find(({ path }) => path === target.path)?.from ?? [];
}

function judgeFor(app: AppConfig, method: string, raw: string, now: number): Judgement {
  const target = parseTarget(raw, app.target);
  const base = { app, target: target.raw, rule: null, considered: [], reading: null, from: [] };
  if (target.reserved) {
    const why = 'Sallyport answers it itself; it is never forwarded.';
    return { ...base, verdict: 'own', decides: 'the reserved prefix', requires: 'nothing', why };
  }
  const reading = readingOf(app, method, target);
  const told = explainRules(app, method, target, now);
  const line = { app, rules: compileRules(app), method, target };
  const anybody = opinionOf(line, anybodyAt(app, told.rule, now), now);
  if (anybody.kind === 'deny') return { ...base, reading, verdict: 'refused', ...whyRefused(app, reading, anybody) };
  const nobody = opinionOf(line, null, now);
  if (nobody.kind === 'step' || nobody.kind === 'surface')
    return { ...base, reading, verdict: 'surface', ...whyOpen(reading, nobody) };
  const considered = told.candidates.filter((each) => each.covers || each.path === target.path);
  if (nobody.kind === 'exempt') {
    const decides = `exemption ${nobody.exemption.method} ${nobody.exemption.path}`;
    return { ...base, reading, considered, verdict: 'exempt', decides, requires: 'nothing', why: told.why };
  }
  const { rule, why } = told;
  const decides = rule === null ? 'the floor' : `rule ${rule.path}`;
  const session = { verdict: 'session', decides, requires: requirementOf(app, rule), why, rule } as const;
  return { ...base, reading, considered, from: fromElsewhere(app, method, target), ...session };
}

/** The host is an app's, and the scheme or the port is another: whatever answers there is not known to be us. */
function elsewhere({ id }: AppConfig, target: string, at: string, addresses: readonly string[]): Judgement {
  const why = `No app is at ${at}: ${id} is at ${someOf(addresses)}.`;
  const nothing = { app: null, rule: null, considered: [], reading: null, from: [] };
  return { ...nothing, target, verdict: 'refused', decides: 'the address', requires: 'does not come here', why };
}

/** Judges a request as the server would, at `now` (ms since the epoch). Throws `usage` for what is no address. */
export function judge(config: Pick<Config, 'apps'>, method: string, url: string, now: number): Judgement {
  const { scheme, host, raw } = split(url);
  let app: AppConfig | null = null;
  try {
    const asked = parseHost(host);
    app = hostMap(config.apps).get(asked.name) ?? null;
    if (app === null) throw new SallyportError('wrong-host', 'no app has this host');
    const [at, addresses] = [originOf({ scheme }, asked), addressesOf(app)];
    if (!addresses.includes(at)) return elsewhere(app, raw, at, addresses);
    return judgeFor(app, checkMethod(method), raw, now);
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    const requires = `refused with ${error.status}`;
    const base = { app, target: raw, rule: null, considered: [], reading: null, from: [] };
    return { ...base, verdict: 'refused', decides: 'the request itself', requires, why: `${error.message}.` };
  }
}

function whyMay(rule: RuleConfig | null): string {
  const passkey = rule?.require === 'passkey';
  const age = rule?.maxAgeMs ?? null;
  if (age !== null) return `with ${passkey ? 'a passkey' : 'a factor'} used within ${formatDuration(age)}`;
  return passkey ? 'with a passkey' : 'once signed in';
}

function whyNot(decision: Decision, { live }: Pick<SessionFacts, 'live'>, holds: boolean): string {
  if (!holds) return 'it is not among those who hold the one account of this app (login.held_by)';
  if (decision.kind === 'deny') return 'it is in none of the groups';
  if (decision.kind === 'challenge' && decision.step === 'passkey') return 'it has no passkey that works at this app';
  return live ? 'it has no authenticator: it enrols by ticket first' : 'the account is disabled';
}

/** Whether an account may, and why: what it would meet, once it has signed in. `owned`: authenticators that work at this app. */
export function mayPass(
  judged: Pick<Judgement, 'app' | 'rule' | 'verdict'>,
  account: Pick<AccountRow, 'name' | 'disabledAt' | 'groups'> & { readonly policy?: Policy | null },
  owned: { readonly factors: number; readonly passkeys: number },
): { readonly may: boolean; readonly why: string } {
  const { app, rule, verdict } = judged;
  if (verdict === 'refused') return { may: false, why: 'the request is refused whoever sends it' };
  if (verdict !== 'session') return { may: true, why: 'nothing is required' };
  const now = 0;
  const has = { factor: owned.factors > 0, passkey: owned.passkeys > 0 };
  const proven = { opensSession: has.factor, phishingResistant: has.passkey, lastFactorAt: now, lastPasskeyAt: now };
  const named = { accountName: account.name, groups: account.groups };
  const { policy = null } = account;
  // From wherever they come: a network of the organisation's is not asked for.
  const under = { barred: policy?.barredApp(app?.id ?? '') ?? null, passkeyOnly: policy?.passkeyOnly === true };
  const who = { appId: '', realm: '', ...named, live: account.disabledAt === null, ...proven, ...under };
  const holders = app === null ? null : holdersOf(app);
  const decision = opinionUnder(rule, who, now, holders);
  if (decision.kind === 'admit') return { may: true, why: who.passkeyOnly ? 'with a passkey' : whyMay(rule) };
  return { may: false, why: who.barred ?? whyNot(decision, who, holders === null || isHolder(holders, who)) };
}
