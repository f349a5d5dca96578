import type { AppConfig } from '../../../src/config/types.ts';
import { PasskeyRefused } from '../../../src/factors/passkey.ts';
import type { Caller, Ceremony, CeremonyStarted, SignedIn } from '../../../src/login/types.ts';
import type { AuditRow } from '../../../src/store/types.ts';
import { Authenticator, type GetTweaks } from '../../support/authenticator.ts';
import { answerOf, enrolled, type Person, type World, withPasskey } from './world.ts';

export interface KeyHolder extends Person {
  readonly device: Authenticator;
}

/** An account with a password (local realm), a code app and a passkey. */
export async function holder(
  world: World,
  of: AppConfig,
  name: string,
  device = new Authenticator(),
): Promise<KeyHolder> {
  const person = await enrolled(world, of, name);
  return { ...person, device: await withPasskey(world, of, name, person, device) };
}

/** The ceremony as it is answered: `start` under the cookie that its options set. */
export function answering(ceremony: Ceremony, started: CeremonyStarted): Ceremony {
  return ceremony.purpose === 'start' ? { purpose: 'start', cookie: started.cookie } : ceremony;
}

/** A whole ceremony: options, the authenticator's answer, our verdict. */
export async function run(
  world: World,
  caller: Caller,
  ceremony: Ceremony,
  device: Authenticator,
  tweaks: GetTweaks = {},
): Promise<SignedIn> {
  const started = await world.login.passkeyOptions(caller, ceremony);
  const answer = answerOf(caller.app, device, started.options, tweaks);
  return world.login.passkey(caller, answering(ceremony, started), answer, '/deep?x=1');
}

export const START: Ceremony = { purpose: 'start', cookie: null };

/** For assert.rejects: refused as a passkey, for exactly this reason, with the one public sentence. */
export function refusedFor(reason: string): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof PasskeyRefused && error.reason === reason) return true;
    throw error;
  };
}

export interface Told {
  readonly kind: string;
  readonly outcome: string;
  readonly accountId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The newest `n` rows of the record, oldest first. */
export async function lastOnRecord(world: World, n: number): Promise<Told[]> {
  const rows = await world.store.audit.list({ limit: n });
  return rows.map((row: AuditRow) => ({
    kind: row.kind,
    outcome: row.outcome,
    accountId: row.accountId,
    detail: JSON.parse(row.detail) as Told['detail'], // written by record() from an object of plain values
  }));
}
