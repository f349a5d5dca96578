import { languagesOf } from '../read/head.ts';
import type { Frame } from './pages/frame.ts';
import { readPrefs } from './prefs.ts';
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
  };
}
