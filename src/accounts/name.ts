import type { RealmConfig } from '../config/types.ts';
import { normalised } from '../lib/normal.ts';

/** Code points after canonicalisation; what is typed may be longer only by the blanks and the domain that are taken off. */
const MAX_LENGTH = 128;
const MAX_TYPED = 512;

const ASCII_NAME = /^[a-z0-9._+@-]+$/;
const UNICODE_NAME = /^[\p{L}\p{M}\p{Nd}._+@-]+$/u;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Scripts in modern use (UAX #31 table 5) with those that are written together as one. A name in one of them cannot hold
 * a look-alike of another (UTS #39 §5.1, single script); a name that is wholly in a look-alike script is another account.
 */
const SCRIPTS: readonly RegExp[] = [
  ['Latin'],
  ['Greek'],
  ['Cyrillic'],
  ['Armenian'],
  ['Hebrew'],
  ['Arabic'],
  ['Thaana'],
  ['Devanagari'],
  ['Bengali'],
  ['Gurmukhi'],
  ['Gujarati'],
  ['Oriya'],
  ['Tamil'],
  ['Telugu'],
  ['Kannada'],
  ['Malayalam'],
  ['Sinhala'],
  ['Thai'],
  ['Lao'],
  ['Tibetan'],
  ['Myanmar'],
  ['Georgian'],
  ['Ethiopic'],
  ['Khmer'],
  ['Hangul', 'Han'],
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Bopomofo'],
].map(
  (group) =>
    new RegExp(
      `^[${group.map((s) => `\\p{Script_Extensions=${s}}`).join('')}\\p{Script=Common}\\p{Script=Inherited}]+$`,
      'u',
    ),
);

/**
 * Upper case first, where letters outside ASCII are allowed: it brings together what lower case alone keeps apart
 * (σ and ς, ß and ss). In ASCII realms it would bring `ı` to `i`; there such a letter is refused instead.
 */
function fold(text: string, unicode: boolean): string {
  const normal = normalised(text, 'NFKC');
  return normalised(unicode ? normal.toUpperCase().toLowerCase() : normal.toLowerCase(), 'NFKC');
}

function foldFully(text: string, unicode: boolean): string | undefined {
  let now = text;
  for (let round = 0; round < 4; round++) {
    const next = fold(now, unicode);
    if (next === now) return now;
    now = next;
  }
  return undefined;
}

function withoutDomain(name: string, domains: readonly string[]): string | undefined {
  let bare = name;
  const backslash = bare.indexOf('\\');
  if (backslash !== -1) {
    if (!domains.includes(bare.slice(0, backslash))) return undefined;
    bare = bare.slice(backslash + 1);
  }
  const suffixed = (text: string) => domains.find((domain) => text.endsWith(`@${domain}`));
  const suffix = suffixed(bare);
  if (suffix !== undefined) bare = bare.slice(0, -suffix.length - 1);
  // A second prefix or suffix would make the result another name when it is canonicalised again.
  return bare.includes('\\') || suffixed(bare) !== undefined ? undefined : bare;
}

/**
 * The one spelling of an account's name in a realm, or undefined when what was typed is refused. Every way of typing a
 * name (case, blanks around it, full-width letters, `CORP\x`, `x@corp.example`) leads to one account or is refused, so that
 * no factor, limit or record can be stepped round by spelling. Applying it twice changes nothing.
 */
export function canonicalName(claimed: string, realm: RealmConfig): string | undefined {
  if (claimed.length > MAX_TYPED || !claimed.isWellFormed() || /\p{C}/u.test(claimed)) return undefined;
  if (!realm.unicode && /\p{M}/u.test(normalised(claimed, 'NFKC'))) return undefined;
  const folded = foldFully(claimed, realm.unicode);
  if (folded === undefined) return undefined;
  const domains = realm.domains.map((domain) => fold(domain, realm.unicode));
  const name = withoutDomain(folded.trim(), domains);
  if (name === undefined || [...name].length > MAX_LENGTH) return undefined;
  if (!realm.unicode) return ASCII_NAME.test(name) ? name : undefined;
  if (!UNICODE_NAME.test(name) || IGNORABLE.test(name)) return undefined;
  return SCRIPTS.some((script) => script.test(name)) ? name : undefined;
}
