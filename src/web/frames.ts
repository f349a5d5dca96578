import type { IncomingMessage } from 'node:http';
import { languagesOf } from '../read/head.ts';
import type { Session } from '../sessions/session.ts';
import type { Frame } from './pages/frame.ts';
import { readPrefs } from './prefs.ts';
import type { Seen } from './requests.ts';
import type { Site } from './site.ts';
import { chooseLanguage, wordsOf } from './words/words.ts';

export interface Asked {
  readonly rawHeaders: readonly string[];
  /** Value of the preferences cookie. */
  readonly prefs: string | null;
  /** Host of the portal, for people; null where no app is known. */
  readonly host: string | null;
  readonly passkeys: boolean;
  readonly here: string | null;
  /** Who is signed in. */
  readonly account?: string | undefined;
}

/** The frame of the pages for one request: the person's language, the operator's looks. */
export function frameFor({ config, brand }: Site, asked: Asked): Frame {
  const { language } = readPrefs(asked.prefs);
  return {
    words: wordsOf(chooseLanguage(languagesOf(asked.rawHeaders), language, config.pages.language)),
    site: asked.host,
    help: config.help,
    brand,
    timeZone: config.pages.timeZone,
    passkeys: asked.passkeys,
    here: asked.here,
    account: asked.account ?? null,
  };
}

/** The language switch of a page of ours leads back to the page itself, where it can be asked for. */
function hereOf(seen: Seen): string | null {
  if (!seen.target.reserved) return null;
  if (seen.method === 'GET' || seen.method === 'HEAD') return seen.target.raw;
  if (seen.target.path.startsWith('/.sallyport/enrol')) return '/.sallyport/enrol';
  if (seen.target.path.startsWith('/.sallyport/account')) return '/.sallyport/account';
  return seen.target.path;
}

/** The frame for a request that was read, or for one that could not be. */
export function frameOf(request: IncomingMessage, site: Site, seen: Seen | undefined, session?: Session): Frame {
  const { rawHeaders } = request;
  if (seen === undefined) return frameFor(site, { rawHeaders, prefs: null, host: null, passkeys: false, here: null });
  return frameFor(site, {
    rawHeaders,
    prefs: seen.cookies.prefs,
    host: seen.host,
    passkeys: seen.app.relyingParty?.origins.includes(seen.origin) === true,
    here: hereOf(seen),
    // A session of another app is none here.
    account: session?.appId === seen.app.id ? session.accountName : undefined,
  });
}
