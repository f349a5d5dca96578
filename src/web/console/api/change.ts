import { SallyportError } from '../../../errors.ts';
import { endMeasured, MEASURED } from '../../../manage/stopped.ts';
import type { Alongside } from '../../../operations/types.ts';
import type { RollCall } from '../../../store/types.ts';
import { checkOrigin } from '../../body.ts';
import { type Answer, json, withHeaders } from '../../reply.ts';
import { type Asking, judged, objectOf } from './asking.ts';
import { conditionOf } from './condition.ts';
import { checked, hasBody, joined, readJson, readQuery } from './input.ts';
import { type Keys, keyOf, type Once } from './keys.ts';
import { API, type ApiContext, type ApiOperation, BASE, takesKey } from './table.ts';

interface Done extends Once {
  readonly force: RollCall | null;
}

/** Done, and waited for where it ends something, until no node admits it any more. */
async function perform(
  { asker: { manage }, operation }: Asking,
  input: unknown,
  alongside: Alongside,
): Promise<unknown> {
  const before: Alongside['before'] = async (tx) => {
    await manage.alongside?.before?.(tx);
    await alongside.before?.(tx);
  };
  const ctx: ApiContext = { ...manage, alongside: { ...alongside, before } };
  return operation.ask(ctx, input);
}

async function measured(asking: Asking, input: unknown, alongside: Alongside): Promise<Done | undefined> {
  const { asker, operation } = asking;
  const what = MEASURED.get(operation.name);
  if (what === undefined) return undefined;
  const { done, force } = await endMeasured(asker.manage, what, () => perform(asking, input, alongside));
  return { value: done, again: false, force };
}

async function doneOf(asking: Asking, keys: Keys, input: object): Promise<Done> {
  const { asker, operation, headers } = asking;
  const condition = conditionOf(asking, input);
  const key = takesKey(operation) ? keyOf(headers) : null;
  if (key === null) {
    const ended = await measured(asking, input, condition);
    if (ended !== undefined) return ended;
  }
  const asked = JSON.stringify([operation.name, input]);
  // From before it is done, since others may commit meanwhile: what was done at the first time is in force as it is.
  const begun = performance.now();
  const once =
    key === null
      ? { value: await perform(asking, input, condition), again: false }
      : await keys.once({ holder: asker.holder, key, asked }, (kept) =>
          perform(asking, input, { ...condition, ...kept }),
        );
  return { ...once, force: operation.ends ? await asker.manage.store.settle(begun) : null };
}

/** Where a change is in force, as the commands say it in their JSON. */
function inForce({ confirmed, silent, ms, cut, cutMs }: RollCall): object {
  const nodes = silent.map(({ name, trustMs, quietMs = null }) => ({
    node: name,
    trust_ms: trustMs,
    quiet_ms: quietMs,
  }));
  return { in_force: { confirmed, silent: nodes, ms, streams: cut, last_stream_ms: cutMs } };
}

/** Where what was made is shown, if it is anywhere. */
function locationOf({ path, creates }: ApiOperation, value: unknown): Record<string, string> {
  if (!creates || typeof value !== 'object' || value === null || !('id' in value)) return {};
  const shows = API.some((each) => each.method === 'GET' && each.path === `${path}/{${each.names[0] ?? ''}}`);
  return shows ? { Location: `${BASE}${path}/${encodeURIComponent(String(value.id))}` } : {};
}

/** What a change is about: whose origin, whether it may be, then what was sent, in the form of the operation. */
export async function sentInput(asking: Asking): Promise<unknown> {
  const { headers, origin, query, asker, operation, names } = asking;
  if (asker.browser) checkOrigin(headers, origin);
  await judged(asking);
  const inAddress = operation.method === 'DELETE';
  if (inAddress && hasBody(headers)) throw new SallyportError('bad-body', 'DELETE with a body');
  const sent = inAddress ? readQuery(query, operation.fields) : await sentIn(asking);
  const input = checked(operation, joined(names, sent));
  if (asker.over()) throw new SallyportError('sign-in-required', 'ended meanwhile');
  return input;
}

/** One change. */
export async function change(asking: Asking, keys: Keys): Promise<Answer> {
  const { operation } = asking;
  const input = await sentInput(asking);
  const { value, again, force } = await doneOf(asking, keys, input as object); // each input is an object
  const told = { ...objectOf(value), ...(force === null ? {} : inForce(force)) };
  const headersOf = { ...locationOf(operation, value), ...(again ? { 'Idempotency-Replayed': 'true' } : {}) };
  return { ...withHeaders(json(told), headersOf), status: operation.creates ? 201 : 200 };
}

/** The body; a change whose input stands in its address as well would say two things. */
async function sentIn({ request, headers, query, operation }: Asking): Promise<object> {
  readQuery(query, new Map());
  return readJson(request, headers, operation);
}
