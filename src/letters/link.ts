import type { Messages } from './messages/types.ts';

/** A link as a person types it. */
export interface TypedLink {
  /** Up to its last `/` and with it. */
  readonly address: string;
  /** What follows, four characters each, the last fewer. */
  readonly groups: readonly string[];
  readonly host: string;
}

/** Characters; a code of error correction M of as many is still read from paper at the size that it has. */
const LONGEST = 300;
const GROUP = 4;
const LINK = /^https?:\/\/[\x21-\x7e]+$/;

/** Throws `RangeError` for what is no link, or longer than a page can show: such a letter would be of no use. */
export function typedLink(link: string): TypedLink {
  if (link.length > LONGEST || !LINK.test(link) || !URL.canParse(link))
    throw new RangeError(`a letter needs a link of http or https, of at most ${LONGEST} printable ASCII characters`);
  const { host } = new URL(link);
  const end = link.lastIndexOf('/') + 1;
  const secret = link.slice(end);
  const groups: string[] = [];
  for (let at = 0; at < secret.length; at += GROUP) groups.push(secret.slice(at, at + GROUP));
  return { address: link.slice(0, end), groups, host };
}

type Sign = keyof Messages['letter']['signs'];

/** Characters that are taken for others on paper, in the order in which they are explained. */
const SIGNS: readonly (readonly [character: string, sign: Sign])[] = [
  ['0', 'zero'],
  ['O', 'capitalO'],
  ['1', 'one'],
  ['l', 'smallL'],
  ['I', 'capitalI'],
  ['-', 'hyphen'],
  ['_', 'underscore'],
];

/** Those of them that are in the secret. */
export function signsIn({ groups }: TypedLink): readonly (readonly [character: string, sign: Sign])[] {
  const secret = groups.join('');
  return SIGNS.filter(([character]) => secret.includes(character));
}
