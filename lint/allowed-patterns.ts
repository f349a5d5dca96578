/** A pattern whose time may grow faster than its text, or of which that cannot be told, and why it does no harm. */
export interface AllowedPattern {
  readonly file: string;
  /** As it stands in the file; of one that is made at run time what makes it. */
  readonly source: string;
  /** Characters of the longest text that it meets. */
  readonly most: number;
  /** Whose text it is, or why its time is linear all the same. */
  readonly why: string;
}

export const ALLOWED: readonly AllowedPattern[] = [
  {
    file: 'src/accounts/name.ts',
    source: `\`^[\${group.map((s) => \`\\\\p{Script_Extensions=\${s}}\`).join('')}\\\\p{Script=Common}\\\\p{Script=Inherited}]+$\`, 'u'`,
    most: 64,
    why: 'A class of characters, anchored, for names that were measured before.',
  },
  {
    file: 'src/presets/readable.ts',
    source: `\\(\\?:((?:[^()\\\\]|\\\\.)*)\\)`,
    most: 512,
    why: "Sources of the preset's own patterns; compilePattern takes none that is longer.",
  },
  {
    file: 'src/workbench/direct/literal.ts',
    source: `\\{([^,}]*)[^}]*\\}`,
    most: 512,
    why: "Sources of the preset's own patterns; compilePattern takes none that is longer.",
  },
  {
    file: 'src/workbench/record/candidates.ts',
    source: `(?:value|href|src|action)\\s*=\\s*["']?[^"'<>]*$`,
    most: 8192,
    why: 'A marker of 80 characters; a fixed text at the end of a target.',
  },
  {
    file: 'src/workbench/record/candidates.ts',
    source: `(?:title|alt|content|label|data-[\\w-]+)\\s*=\\s*["']?[^"'<>]*$`,
    most: 8192,
    why: 'A marker of 80 characters; a fixed text at the end of a target.',
  },
  {
    file: 'src/workbench/record/candidates.ts',
    source: `(?<=\\s(?:href|src|id|title|data-[\\w-]{1,32})=)(?:"[^"<>]*"|'[^'<>]*')`,
    most: 8192,
    why: 'A marker of 80 characters; a fixed text at the end of a target.',
  },
  {
    file: 'src/workbench/record/candidates.ts',
    source: `\`(\${COUNTED.source}|\${literal(account)})\`, 'i'`,
    most: 8192,
    why: 'A marker of 80 characters; a fixed text at the end of a target.',
  },
  {
    file: 'src/workbench/record/candidates.ts',
    source: `\`=\${literal(value)}$\``,
    most: 8192,
    why: 'A marker of 80 characters; a fixed text at the end of a target.',
  },
  {
    file: 'src/workbench/record/anonymous.ts',
    source: `href=["']([^"']*)["']`,
    most: 262144,
    why: 'Within what it passes there is no quotation mark, so no beginning of another match gets past its first six characters.',
  },
  {
    file: 'src/config/preset/glob.ts',
    source: `\\\\Q[\\s\\S]*?(?:\\\\E|$)|\\\\[\\s\\S]|\\[\\^?\\]?(?:\\\\[\\s\\S]|[^\\]\\\\])*\\]`,
    most: 512,
    why: "The source of a preset's pattern; compilePattern takes none that is longer.",
  },
  {
    file: 'src/config/schema-parts.ts',
    source: `\`^(?=\\\\S)[^\\\\x00-\\\\x1f\\\\x7f]{1,\${most}}(?<=\\\\S)$\`, 'u'`,
    most: 256,
    why: 'Both bounds are fixed when it is made; nothing repeats without end.',
  },
  {
    file: 'src/factors/passkey-answer.ts',
    source: `"(?:[^"\\\\]|\\\\.)*"(?:[\\t\\n\\r ]*:)?|[{}[\\]]`,
    most: 65536,
    why: 'The text is known to be JSON: every string ends, and is passed once.',
  },
  {
    file: 'src/letters/atoms.ts',
    source: `\\+?\\d+(?:[ -]\\d+)+`,
    most: 301,
    why: 'What is shown on a letter was cut before; places on paper hold no more.',
  },
  {
    file: 'src/notices/queue.ts',
    source: `\`^(?=.{1,64}@)\${ATOM}(?:\\\\.\${ATOM})*@\${LABEL}(?:\\\\.\${LABEL})*$\`, 'u'`,
    most: 254,
    why: 'Anchored, and the length is asked first.',
  },
  {
    file: 'src/presets/rewrite.ts',
    source: `\`(?:\${keys.map((key) => RegExp.escape(key)).join('|')})\${END}\`, 'g'`,
    most: 67584,
    why: 'An alternative of fixed texts and one look at four characters; nothing repeats.',
  },
  {
    file: 'src/proxy/response-headers.ts',
    source: `(^|,)[ \\t]*(?:ntlm|negotiate|nego2|nego-ex|kerberos)(?:[ \\t]+[A-Za-z0-9+/=]+)?[ \\t]*(?=,|$)`,
    most: 65536,
    why: 'Begins at a comma alone, and nothing that it passes holds one.',
  },
];
