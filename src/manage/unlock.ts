import { z } from 'zod';
import { everyTarget, targetKey } from '../accounts/throttle.ts';
import { accountForm, administration, findAccount, stillThere } from './administration.ts';

/**
 * Ends the waits that wrong guesses at an account have grown, so that its owner may try at once. A count that has disabled an
 * authenticator stays (800-63B-4 §3.2.2: it must be bound anew, by a link), and so do those of networks. Throws `not-found`, `usage`.
 */
export const unlockAccount = administration({
  name: 'account.unlock',
  does: 'ends the waits of an account that wrong guesses have grown',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'account', fresh: true },
  http: 'POST /accounts/{account}/unlock',
  input: accountForm,
  output: z.strictObject({ id: z.string(), name: z.string(), waits: z.number() }),
  lock: 'account',
  records: ['account.unlock'],
  find: findAccount,
  async run({ tx, account, now }) {
    const { id, realm, name } = stillThere(account);
    const keys = everyTarget(realm, name).map(targetKey);
    const waiting = (await tx.throttles.byKeys(keys)).filter(({ nextAt }) => nextAt > now);
    for (const key of keys) await tx.throttles.clear(key);
    const waits = waiting.length;
    const entry = { kind: 'account.unlock', accountId: id, detail: { name, waits } } as const;
    return { value: { id, name, waits }, record: [entry] };
  },
});
