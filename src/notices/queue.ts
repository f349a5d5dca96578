import type { MailConfig } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import { type Random, randomToken } from '../lib/random.ts';
import type { Notices } from './types.ts';

export interface QueueParts {
  readonly clock: Clock;
  readonly random: Random;
  /** The configuration in force; null: no mail is sent, so none is queued. */
  readonly mail: () => MailConfig | null;
  /** Called for each message that was queued, before its transaction ends. */
  readonly queued?: () => void;
}

const ATOM = "[\\p{L}\\p{M}\\p{N}!#$%&'*+/=?^_`{|}~-]+";
const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]*[\\p{L}\\p{M}\\p{N}])?';
/** RFC 5322 §3.4.1 without quoted strings, literals, comments and folding; letters beyond ASCII by RFC 6531 §3.3. */
const ADDR_SPEC = new RegExp(`^(?=.{1,64}@)${ATOM}(?:\\.${ATOM})*@${LABEL}(?:\\.${LABEL})*$`, 'u');

/** One plain address, in which nothing can be read as a second one, a name, a parameter or a line end. */
export function isPlainAddress(text: string): boolean {
  return text.length <= 254 && ADDR_SPEC.test(text);
}

/** Messages to the owners of accounts, queued in the transaction of what they tell of and sent by `Delivery`. */
export function createNotices({ clock, random, mail, queued }: QueueParts): Notices {
  return {
    async tell(tx, account, { kind, detail }) {
      if (mail() === null || account.email === null || !isPlainAddress(account.email)) return;
      const now = clock.now();
      await tx.notices.insert({
        id: randomToken(random, 16),
        accountId: account.id,
        recipient: account.email,
        kind,
        detail: JSON.stringify(detail),
        createdAt: now,
        tries: 0,
        nextAt: now,
      });
      queued?.();
    },
  };
}
