import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { act } from '../operations/perform.ts';
import { type Asker, type Services, UNCHANGED, type Unlocked } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';

/** Whose session is admitted to an app for the first time. */
interface Admitted extends Asker {
  readonly as: 'owner';
  readonly session: Session;
}

const form = z.strictObject({ path: z.string() });

/** Marks a session that was admitted for the first time, on whichever node. Throws `sign-in-required` when it has ended. */
export const admitFirst = act<Unlocked, Services, Admitted, z.infer<typeof form>, void, object, 'session.admit', never>(
  {
    name: 'session.admit',
    does: 'marks a session that is admitted to its app for the first time',
    who: 'owner',
    input: form,
    output: z.void(),
    lock: { none: 'one conditional UPDATE of a session that has not ended, and its record' },
    records: ['session.admit'],
    find: () => ({}),
    async run({ tx, by: { session }, input: { path }, now }) {
      const { id, accountId, strength } = session;
      if (!(await tx.sessions.markAdmitted(id, now))) {
        // By another node; unless it has ended and we have not heard yet.
        if ((await tx.sessions.byId(id))?.endedAt === null) return { value: undefined, record: UNCHANGED };
        throw new SallyportError('sign-in-required', 'the session has ended');
      }
      const detail = { amr: strength.amr.join(' '), path };
      return { value: undefined, record: [{ kind: 'session.admit', accountId, sessionId: id, detail }] };
    },
  },
);
