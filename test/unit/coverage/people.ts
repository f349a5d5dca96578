import type { AppConfig } from '../../../src/config/types.ts';
import type { SignedIn } from '../../../src/login/types.ts';
import { Authenticator } from '../../support/authenticator.ts';
import { issueTicket } from '../../support/manage.ts';
import { answerOf, codeAt, PASSWORD, type World, wrongCode } from '../login/world.ts';

/** What a person holds in their hands, right or stale: the tables alone know what of it is worth something. */
export interface Hands {
  readonly id: string;
  readonly name: string;
  readonly app: AppConfig;
  secret: string | null;
  device: Authenticator | null;
  codes: string[];
  /** Of the last link they were sent. */
  ticket: string | null;
}

/** A world with its people, and chance. */
export interface Town {
  readonly world: World;
  readonly people: Hands[];
  /** A whole number below `n`. */
  below(n: number): number;
}

export const pick = <T>({ below }: Pick<Town, 'below'>, all: readonly T[]): T => {
  const one = all[below(all.length)];
  if (one === undefined) throw new Error('there is nobody');
  return one;
};

export async function invite({ world }: Town, who: Hands): Promise<void> {
  const { secret } = await issueTicket(world.manage, who.id, { ttlMs: 3_600_000 });
  who.ticket = secret;
}

/** With the link they have, as far as the person goes. */
export async function enrol(town: Town, who: Hands, by: 'totp' | 'passkey', until: 'opened' | 'added' | 'finished') {
  const { world } = town;
  const { enrol: room } = world;
  const caller = world.caller(who.app);
  let { cookie } = await room.open(caller, who.ticket ?? 'x'.repeat(27));
  if (until === 'opened') return;
  if (who.app.realm.source === 'local') ({ cookie } = await room.password(caller, cookie, PASSWORD));
  ({ cookie } = by === 'totp' ? await addCodes(town, who, cookie) : await addKey(town, who, cookie));
  if (until === 'added') return;
  // Somebody sends another link before they are done.
  if (town.below(3) === 0) await invite(town, who);
  who.codes = [...(await room.finish(caller, cookie)).recoveryCodes];
}

async function addCodes({ world }: Town, who: Hands, cookie: string) {
  const caller = world.caller(who.app);
  const { secret } = await world.enrol.totp(caller, cookie);
  const added = await world.enrol.confirm(caller, cookie, codeAt(secret, world.clock.at), undefined);
  who.secret = secret;
  world.clock.at += 60_000;
  return added;
}

async function addKey(town: Town, who: Hands, cookie: string) {
  const { world } = town;
  const caller = world.caller(who.app);
  const options = await world.enrol.passkeyOptions(caller, cookie);
  const device = new Authenticator({ synced: town.below(2) === 0, uv: town.below(4) > 0 });
  const response = device.create({ options, origin: who.app.origin });
  const added = await world.enrol.passkey(caller, cookie, JSON.stringify(response), undefined);
  who.device = device;
  return added;
}

/** Up to the second step. */
async function begun({ world }: Town, who: Hands): Promise<string> {
  const { cookie } = await world.login.begin(world.caller(who.app), {
    account: who.name,
    password: PASSWORD,
    next: '/',
  });
  return cookie;
}

export async function signIn(town: Town, who: Hands, by: 'totp' | 'recovery' | 'passkey'): Promise<SignedIn> {
  const { world } = town;
  const caller = world.caller(who.app);
  const pending = await begun(town, who);
  world.clock.at += 30_000;
  if (by === 'totp')
    return world.login.second(caller, pending, 'totp', codeAt(who.secret ?? 'A'.repeat(32), world.clock.at));
  if (by === 'recovery') return world.login.second(caller, pending, 'recovery', who.codes.shift() ?? 'none');
  const started = await world.login.passkeyOptions(caller, { purpose: 'second', pending });
  const answer = answerOf(who.app, who.device ?? new Authenticator(), started.options);
  return world.login.passkey(caller, { purpose: 'second', pending }, answer, '/');
}

export async function addAnother(town: Town, who: Hands, by: 'totp' | 'passkey'): Promise<void> {
  const { world } = town;
  const caller = world.caller(who.app);
  const { session } = await signIn(town, who, who.secret === null ? 'passkey' : 'totp');
  let { cookie } = await world.enrol.add(caller, session);
  ({ cookie } = by === 'totp' ? await addCodes(town, who, cookie) : await addKey(town, who, cookie));
  const { recoveryCodes } = await world.enrol.finish(caller, cookie);
  if (recoveryCodes.length > 0) who.codes = [...recoveryCodes];
}

/** A hundred wrong codes in a row, of which the last is typed; whoever has been here before is believed to be the owner. */
export async function guessOut(town: Town, who: Hands, step: 'totp' | 'recovery'): Promise<void> {
  const { world } = town;
  const { browser } = await signIn(town, who, who.secret === null ? 'passkey' : 'totp');
  const rows = await world.store.authenticators.ofAccount(who.id);
  await world.store.underAccount(who.id, async (tx) => {
    for (const { id } of rows.filter(({ kind, disabledAt }) => kind === step && disabledAt === null))
      for (let n = 0; n < 99; n += 1) await tx.authenticators.addFailure(id, 1_000, world.clock.at);
  });
  const caller = world.caller(who.app, { browser });
  const pending = (await world.login.begin(caller, { account: who.name, password: PASSWORD, next: '/' })).cookie;
  const wrong = step === 'totp' ? wrongCode(who.secret ?? 'A'.repeat(32), world.clock.at) : 'ABCD-EFGH-JKMN-PQRS';
  await world.login.second(caller, pending, step, wrong).catch(() => {});
  world.clock.at += 3_600_000;
}
