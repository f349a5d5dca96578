import { SallyportError } from '../../../errors.ts';
import type { Alongside } from '../../../operations/types.ts';
import type { Store } from '../../../store/types.ts';
import { type Asking, objectOf } from './asking.ts';
import type { ApiOperation } from './table.ts';
import { ifMatch, tagOf } from './tags.ts';

/** What of the thing is shown now, read within the transaction of the change. */
async function tagWithin(asking: Asking, thing: ApiOperation, store: Store, input: object): Promise<string> {
  const wanted = Object.entries(input).filter(([name]) => thing.names.includes(name) || thing.fields.has(name));
  const ask = async () => objectOf(await thing.ask({ ...asking.asker.manage, store }, Object.fromEntries(wanted)));
  const first = await ask();
  if (asking.operation.needs.of !== 'organisation' || !('id' in first)) return tagOf(JSON.stringify(first));
  // An account is held by its lock; an organisation is held for this alone.
  await store.organisations.hold(String(first.id));
  return tagOf(JSON.stringify(await ask()));
}

/** `If-Match`, judged under the lock: nobody changes it between. */
export function conditionOf(asking: Asking, input: object): Pick<Alongside, 'before'> {
  const matches = ifMatch(asking.headers);
  if (matches === null) return {};
  const thing = asking.operation.thing();
  if (thing === undefined) {
    const shown = 'If-Match means nothing to this operation: there is no one thing that it changes.';
    throw new SallyportError('bad-request', shown, { shown });
  }
  return {
    before: async (tx) => {
      // Lists read, and do nothing that a transaction could not.
      matches(await tagWithin(asking, thing, tx as unknown as Store, input));
    },
  };
}
