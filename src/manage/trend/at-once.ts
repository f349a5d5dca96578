import { SallyportError } from '../../errors.ts';
import type { Authority, Warrant } from '../authority.ts';

/** Readings at once on a node; of one asker one. */
const MOST = 2;
/** When to ask again, seconds. */
const AGAIN_S = 5;

/** Who asks. */
type Asker = Pick<Warrant, 'self'> & { readonly authority: Authority };

/** Tokens are their maker's: else whoever may make some would have every place, and the time of the one thread with it. */
const holderOf = ({ self, authority }: Asker): string => {
  if (self !== null) return `person ${self}`;
  switch (authority.kind) {
    case 'person':
      return `person ${authority.accountId}`;
    case 'token':
      return `token ${authority.tokenId}`;
    case 'machine':
      return 'machine';
    default:
      return authority satisfies never;
  }
};

const reading = new Set<string>();

/** Does work that reads much of the record. Throws `busy` while as many do as may, or the same asker does already. */
export async function amongFew<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
  const holder = holderOf(asker);
  if (reading.size >= MOST || reading.has(holder))
    throw new SallyportError('busy', 'as many trends are being read as may be', {
      retryAfter: AGAIN_S,
      shown: `At most ${MOST} trends are read from the record at once, and one for each asker. Ask again in a few seconds.`,
    });
  reading.add(holder);
  try {
    return await work();
  } finally {
    reading.delete(holder);
  }
}
