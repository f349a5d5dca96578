import { SallyportError } from '../../../errors.ts';
import { type Answer, json, withHeaders } from '../../reply.ts';
import { type Asking, judged, objectOf } from './asking.ts';
import { checked, joined, readQuery } from './input.ts';
import { PAGE_FIELDS, pageOf } from './pages.ts';
import type { ApiOperation } from './table.ts';
import { tagOf } from './tags.ts';

/** A list or a view. */
export async function show(asking: Asking): Promise<Answer> {
  const { query, asker, operation, names } = asking;
  await judged(asking);
  const known = operation.list ? new Map([...PAGE_FIELDS, ...operation.fields]) : operation.fields;
  const { limit, cursor, ...own } = splitPage(readQuery(query, known), operation);
  const input = checked(operation, joined(names, own));
  const value = await operation.ask(asker.manage, input);
  if (asker.over()) throw new SallyportError('sign-in-required', 'ended meanwhile');
  const asked = JSON.stringify([operation.name, input]);
  const told = operation.list && Array.isArray(value) ? pageOf(value, asked, { limit, cursor }) : objectOf(value);
  const answer = json(told);
  return withHeaders(answer, { ETag: tagOf(answer.body.toString()) });
}

/** `limit` and `cursor` are of the page, unless the list has its own. */
function splitPage(sent: Record<string, unknown>, { list, fields }: ApiOperation): Record<string, unknown> {
  const ours = list ? [...PAGE_FIELDS.keys()].filter((name) => !fields.has(name)) : [];
  const page = Object.fromEntries(ours.map((name) => [name, sent[name]]));
  const own = Object.entries(sent).filter(([name]) => !ours.includes(name));
  return { ...Object.fromEntries(own), ...page };
}
