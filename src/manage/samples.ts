import type { Store } from '../store/types.ts';

/** Names the organisations that the demonstration has made up: ids as JSON. */
const MARK = 'sample.organisations';

function idsIn(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  // Written below, and by nobody else.
  return JSON.parse(text) as readonly string[];
}

/** Says of an organisation that it is a sample. To be called by one at a time. */
export async function markSample({ meta }: Pick<Store, 'meta'>, id: string): Promise<void> {
  const before = await meta.get(MARK);
  const ids = JSON.stringify([...idsIn(before), id]);
  if (before === undefined) await meta.putIfAbsent(MARK, ids);
  else await meta.replace(MARK, before, ids);
}

/** Names of those among these organisations that the demonstration has made up. */
export async function samplesAmong(
  { meta }: Pick<Store, 'meta'>,
  organisations: readonly { readonly id: string; readonly name: string }[],
): Promise<readonly string[]> {
  const ids = new Set(idsIn(await meta.get(MARK)));
  return organisations.filter(({ id }) => ids.has(id)).map(({ name }) => name);
}
