import { z } from 'zod';
import type { Place } from '../accounts/throttle.ts';
import { act } from '../operations/perform.ts';
import { type Asker, type Services, type Throttle, UNCHANGED, type Unlocked } from '../operations/types.ts';

/** Who has guessed a password at an app. `place` null: nobody's. */
interface Guesser extends Asker {
  readonly as: 'anybody';
  readonly place: Place | null;
}

function counting(said: { readonly name: `${string}.${string}`; readonly does: string; readonly throttle: Throttle }) {
  return act<Unlocked, Services, Guesser, Record<string, never>, void, object, never, never>({
    ...said,
    who: 'anybody',
    input: z.strictObject({}),
    output: z.void(),
    lock: { none: 'counts: the same before and after whatever else is done' },
    records: { none: 'the step itself is on record, with what the app made of it' },
    find: () => ({}),
    run: () => ({ value: undefined, record: UNCHANGED }),
  });
}

/** The app has refused what was typed. */
export const refuseAtApp = counting({
  name: 'app.refuse-guess',
  does: 'counts a password that an app has refused',
  throttle: { guess: 'wrong', source: 'counted' },
});

/** The app has answered, and nobody knows what. */
export const unknownAtApp = counting({
  name: 'app.unknown-guess',
  does: 'counts a password of which nobody knows what an app made of it',
  throttle: { guess: 'wrong' },
});
