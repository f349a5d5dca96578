import { X509Certificate } from 'node:crypto';
import type { AppConfig } from '../config/types.ts';
import { readWhole } from '../lib/files.ts';

/** Bytes of the largest file of certificates. */
const MOST = 1_048_576;

/** Something that ends by itself. Moments in ms. */
export interface Ending {
  readonly what: 'exemption' | 'unbound' | 'certificate';
  /** Of an app, or of the console; null for the certificate of all apps. */
  readonly app: string | null;
  /** Method and path of an exemption; else empty. */
  readonly place: string;
  readonly owner: string | null;
  readonly endsAt: number;
  readonly over: boolean;
}

const ends = (now: number, endsAt: number) => ({ endsAt, over: !(now < endsAt) });

/** Exemptions, and declarations that a login is not bound, of these apps; those that are over too. */
export function declaredEndings(apps: readonly AppConfig[], now: number): readonly Ending[] {
  return apps.flatMap(({ id: app, login, exemptions }) => {
    const own: Ending[] = exemptions.map(({ method, path, owner, expiresAt }) => {
      return { what: 'exemption', app, place: `${method} ${path}`, owner, ...ends(now, expiresAt) };
    });
    if (login.kind === 'unbound')
      own.push({ what: 'unbound', app, place: '', owner: login.owner, ...ends(now, login.expiresAt) });
    return own;
  });
}

/** When these certificates end; one that cannot be read here is left out. `app`: null for that of the apps. */
export function certificateEndings(
  all: readonly { readonly app: string | null; readonly tls: { readonly cert: string } | null }[],
  now: number,
): readonly Ending[] {
  const found: Ending[] = [];
  for (const { app, tls } of all) {
    if (tls === null) continue;
    try {
      const endsAt = new X509Certificate(readWhole(tls.cert, { most: MOST })).validToDate.getTime();
      found.push({ what: 'certificate', app, place: '', owner: null, ...ends(now, endsAt) });
    } catch {
      // `check` says what is wrong with it.
    }
  }
  return found;
}
