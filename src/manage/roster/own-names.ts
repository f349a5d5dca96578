import { longOf, textOf } from '../../coverage/detail.ts';
import type { AuditRow } from '../../store/types.ts';
import type { ManageContext } from '../context.ts';
import { MOST_OWN_NAMES, type OwnName } from './erase.ts';

const PAGE = 500;

/** What a person is called, and the realms that they were in. */
export interface Called {
  readonly names: readonly OwnName[];
  readonly realms: readonly string[];
}

/** Names at apps, as `account.stands` has them. */
function aliasesIn(text: string | null): readonly OwnName[] {
  if (text === null) return [];
  const said: unknown = JSON.parse(text);
  if (typeof said !== 'object' || said === null) return [];
  return Object.entries(said).flatMap(([app, name]) => (typeof name === 'string' ? [{ app, name }] : []));
}

/** What one entry calls the account that it is about. */
function calledIn({ kind, appId, detail }: AuditRow): Called {
  // Written as an object by `record`.
  const said = JSON.parse(detail) as Readonly<Record<string, string | number | boolean>>;
  const name = textOf(said, 'name');
  switch (kind) {
    case 'account.add':
    case 'account.set':
    case 'account.remove':
    case 'account.stands':
      return {
        names: [...(name === null ? [] : [{ app: null, name }]), ...aliasesIn(longOf(said, 'names'))],
        realms: [textOf(said, 'realm')].flatMap((realm) => realm ?? []),
      };
    case 'app-name.set':
      return { names: name === null ? [] : [{ app: appId, name }], realms: [] };
    default:
      return { names: [], realms: [] };
  }
}

/** What the record calls an account that was removed: to be asked before what is on record about it is erased. */
export async function ownNames({ store }: Pick<ManageContext, 'store'>, accountId: string): Promise<Called> {
  const names = new Map<string, OwnName>();
  const realms = new Set<string>();
  for (let after = 0; names.size < MOST_OWN_NAMES; ) {
    const rows = await store.audit.list({ accountId, after, limit: PAGE });
    for (const called of rows.map(calledIn)) {
      for (const each of called.names) names.set(JSON.stringify([each.app, each.name]), each);
      for (const realm of called.realms) realms.add(realm);
    }
    after = rows.at(-1)?.seq ?? after;
    if (rows.length < PAGE) break;
  }
  return { names: [...names.values()].slice(0, MOST_OWN_NAMES), realms: [...realms] };
}
