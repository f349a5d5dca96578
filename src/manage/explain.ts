import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { usableWays } from '../login/offers.ts';
import { policyOf } from '../sessions/policy.ts';
import { bindingOf } from './bindings.ts';
import { needAccount, needSome } from './find.ts';
import { type Judgement, judge, mayPass } from './judgement.ts';
import { query, type Reading } from './query.ts';

const explained = z.strictObject({
  app: z.string().nullable(),
  method: z.string(),
  target: z.string(),
  verdict: z.enum(['refused', 'own', 'exempt', 'surface', 'session']),
  decides: z.string(),
  requires: z.string(),
  why: z.string(),
  reading: z.strictObject({ kind: z.string(), what: z.string() }).nullable(),
  bound: z.string().nullable(),
  from: z.array(z.string()).readonly(),
  considered: z
    .array(
      z.strictObject({
        kind: z.enum(['rule', 'exemption']),
        method: z.string(),
        path: z.string(),
        covers: z.boolean(),
        decides: z.boolean(),
        why: z.string(),
      }),
    )
    .readonly(),
  account: z.strictObject({ name: z.string(), may: z.boolean(), why: z.string() }).nullable(),
});
export type Explained = Readonly<z.infer<typeof explained>>;

/** What an account would meet there. Throws `not-found`, `usage`. */
export async function verdictFor(
  ctx: Pick<Reading, 'config' | 'store' | 'reach'>,
  judged: Judgement,
  account: string,
): Promise<NonNullable<Explained['account']>> {
  if (judged.app === null) {
    await needSome(ctx, account);
    return { name: account, may: false, why: 'no app has this address' };
  }
  const row = await needAccount(ctx, account, judged.app.realm.id);
  const ways = await usableWays(ctx.store, judged.app, row.id);
  const policy = policyOf((await ctx.store.organisations.byId(row.organisationId))?.policy ?? '{}');
  const owned = { factors: ways.length, passkeys: ways.filter((way) => way === 'passkey').length };
  return { name: row.name, ...mayPass(judged, { ...row, policy }, owned) };
}

/** A judgement as it is shown. `method`: as it was judged; `now` in ms since the epoch. */
export function explainedOf(method: string, judged: Judgement, account: Explained['account'], now: number): Explained {
  const { app, target, verdict, decides, requires, why, considered, reading, from } = judged;
  const bound = app === null ? null : bindingOf(app, now).bound;
  return {
    app: app?.id ?? null,
    method,
    target,
    verdict,
    decides,
    requires,
    why,
    reading,
    bound,
    from,
    considered,
    account,
  };
}

const METHOD = /^[A-Za-z]{1,32}$/;
const LONGEST = 8192;

/** Which rule decides for a request, and why; and whether an account may. Throws `usage`, `not-found`. */
export const explainRequest = query({
  name: 'app.explain',
  does: 'what a request would meet, which rule decides, and why',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'everything' },
  http: 'GET /explain',
  input: z.strictObject({ method: z.string(), url: z.string(), account: z.string().optional() }),
  output: explained,
  async read(ctx, { method: given, url, account }) {
    if (!METHOD.test(given)) throw new SallyportError('usage', 'the method is a word such as GET');
    if (url.length > LONGEST) throw new SallyportError('usage', `an address is at most ${LONGEST} characters`);
    const method = given.toUpperCase();
    const now = ctx.clock.now();
    const judged = judge(ctx.config, method, url, now);
    const told = account === undefined || account === '' ? null : await verdictFor(ctx, judged, account);
    return explainedOf(method, judged, told, now);
  },
});
