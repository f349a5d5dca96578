/** A name that is another account's to an app that tells names apart, and looks like the first to somebody. */
export interface Twin {
  readonly kind: string;
  readonly name: string;
}

const KINDS: Readonly<Record<string, (name: string) => string>> = {
  'in capitals': (name) => name.toUpperCase(),
  'with a capital': (name) => name.charAt(0).toUpperCase() + name.slice(1),
  'full-width': (name) => name.replace(/[a-z]/, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
  'mathematical letters': (name) => name.replace(/[a-z]/, (c) => String.fromCodePoint(c.charCodeAt(0) - 97 + 0x1d41a)),
  'a letter above the line': (name) => name.replace('a', '\u1d43'),
  'a dotless i': (name) => name.replace('i', '\u0131'),
  'a dotted capital i': (name) => name.replace('i', '\u0130'),
  'the sign of Kelvin': (name) => name.replace('k', '\u212a'),
  'a long s': (name) => name.replace('s', '\u017f'),
  'a sharp s': (name) => name.replace('ss', '\u00df'),
  'a ligature': (name) => name.replace('fi', '\ufb01'),
  'an accent': (name) => name.replace('e', '\u00e9'),
  'an accent of its own': (name) => name.replace('e', 'e\u0301'),
  'a letter of another script': (name) => name.replace('a', '\u0430'),
  'a soft hyphen': (name) => `${name.slice(0, 2)}\u00ad${name.slice(2)}`,
  'a space of no width': (name) => `${name}\u200b`,
  'a word joiner': (name) => `\u2060${name}`,
  'a mark of direction': (name) => `\u202e${name}`,
  'a blank before': (name) => ` ${name}`,
  'a blank behind': (name) => `${name} `,
  'a blank that does not break': (name) => `${name}\u00a0`,
  'a wide blank': (name) => `${name}\u3000`,
  'a dot behind': (name) => `${name}.`,
  'a plus address': (name) => `${name}+x@corp.test`,
  'a plus': (name) => `${name}+x`,
  'a domain before': (name) => `CORP\\${name}`,
  'a domain before a slash': (name) => `corp/${name}`,
  'a domain behind': (name) => `${name}@corp`,
  'a mail address': (name) => `${name}@corp.test`,
  'another mail address': (name) => `${name}@other.test`,
  'a comma behind': (name) => `${name},ou=x`,
  'a bracket behind': (name) => `${name} (x)`,
};

/** Every twin of a name; what a kind leaves as it is is none. */
export function twinsOf(name: string): readonly Twin[] {
  return Object.entries(KINDS)
    .map(([kind, make]) => ({ kind, name: make(name) }))
    .filter((twin) => twin.name !== name);
}

/** A name that every kind has something to change in. */
export const NAME = 'alicekssfi';
