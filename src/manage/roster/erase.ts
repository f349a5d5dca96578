import { z } from 'zod';
import { canonicalName } from '../../accounts/name.ts';
import type { AppConfig } from '../../config/types.ts';
import { normalised } from '../../lib/normal.ts';
import { UNCHANGED } from '../../operations/types.ts';
import { appName, nameRulesOf } from '../../presets/names.ts';
import { MOST_NAME } from '../../rosters/fault.ts';
import { withoutNames } from '../../rosters/kept.ts';
import type { OpenParts, RosterRow } from '../../store/types.ts';
import { administration, type Managing } from '../administration.ts';
import { lineForm } from '../places.ts';
import { whoseAt } from './whose.ts';

/** Lists that one transaction looks through. */
const AT_ONCE = 5;
/** Names that a person may go by. */
export const MOST_OWN_NAMES = 200;

const ownName = z.strictObject({
  name: z.string().min(1).max(MOST_NAME),
  /** At this app alone; null: here, and wherever they have no other name. */
  app: z.string().nullable(),
});
/** What a person is called. */
export type OwnName = Readonly<z.infer<typeof ownName>>;

const form = z.strictObject({
  names: z.array(ownName).min(1).max(MOST_OWN_NAMES).readonly(),
  /** Of lists of apps of these realms, and of apps that there are no more; default: of all. */
  realms: z.array(z.string()).readonly().optional(),
  /** Why, for the record: who asked, or by which law. */
  reason: lineForm,
  /** Whether a name stays where an account means it that was here when the list was read: another person's by now. */
  spareOthers: z.boolean().optional(),
  /** Digest of the list that was looked through last. */
  after: z.string().optional(),
});
type Wish = Readonly<z.infer<typeof form>>;

const done = z.strictObject({
  /** Names that went, and lists that they went from. */
  names: z.int(),
  lists: z.int(),
  /** Go on behind this list; null: all were looked through. */
  next: z.string().nullable(),
});

/** How a name is told from others, at an app, or where its rules are not known: as it is, and without case. */
function spellings(app: AppConfig | undefined, name: string): readonly string[] {
  const plain = normalised(name.trim(), 'NFKC').toLowerCase();
  if (app === undefined) return [plain];
  const folded = appName(nameRulesOf(app.login), name) ?? name;
  const own = canonicalName(folded, app.realm);
  return [plain, folded, ...(own === undefined ? [] : [own])];
}

type Parts = Pick<OpenParts, 'rosters' | 'views' | 'appNames'>;

/** Whether a name of a list is of the person; of one that is another's account by now, it is not. */
async function meantIn(
  store: Pick<Parts, 'views' | 'appNames'>,
  app: AppConfig | undefined,
  on: { readonly wish: Wish; readonly list: Pick<RosterRow, 'readAt' | 'appId'>; readonly now: number },
): Promise<(name: string) => boolean> {
  const { wish, list, now } = on;
  const own = wish.names.filter((each) => each.app === null || each.app === list.appId);
  const wanted = new Set(own.flatMap(({ name }) => spellings(app, name)));
  const isWanted = (name: string) => spellings(app, name).some((each) => wanted.has(each));
  if (wish.spareOthers !== true || app === undefined) return isWanted;
  const accounts = await store.views.rosterAccounts(app.realm.id, now);
  const whose = whoseAt(app, accounts, await store.appNames.ofApp(app.id));
  const since = new Map(accounts.map(({ id, createdAt }) => [id, createdAt]));
  return (name) => isWanted(name) && !((since.get(whose(name) ?? '') ?? Number.POSITIVE_INFINITY) <= list.readAt);
}

async function eraseFrom(
  on: { readonly tx: Parts; readonly ctx: Managing; readonly input: Wish; readonly now: number },
  list: Omit<RosterRow, 'text'>,
): Promise<number> {
  const { tx, ctx, input, now } = on;
  const app = ctx.config.apps.find(({ id }) => id === list.appId);
  if (app !== undefined && input.realms?.includes(app.realm.id) === false) return 0;
  const { text } = (await tx.rosters.byDigest(list.digest)) ?? { text: null };
  if (text === null) return 0;
  const isMeant = await meantIn(tx, app, { wish: input, list, now });
  const less = withoutNames({ digest: list.digest, text }, isMeant);
  if (less === null) return 0;
  const said = { rule: 'request', under: input.reason, actor: ctx.actor } as const;
  await tx.rosters.erase({ list, at: now, ...said, ...less });
  return less.erased;
}

/**
 * Takes the names of one person out of lists of apps' accounts that are kept: some lists at a time, until `next` is null. Each list's
 * digest and numbers stay, and an entry says how many names went, and why.
 */
export const eraseFromRosters = administration({
  name: 'roster.erase',
  does: 'takes names of a person out of the lists of accounts that are kept',
  who: 'administrator',
  needs: { roles: ['owner'], of: 'everything', fresh: true },
  http: 'POST /rosters/erase',
  input: form,
  output: done,
  lock: { none: 'nobody gets in by a list' },
  records: { none: 'the entry of each list comes before it, and is written by the store: roster.erased' },
  find: () => ({}),
  async run({ tx, ctx, input, now }) {
    const lists = await tx.rosters.kept({ after: input.after ?? '', limit: AT_ONCE });
    let [names, from] = [0, 0];
    for (const list of lists) {
      const erased = await eraseFrom({ tx, ctx, input, now }, list);
      names += erased;
      from += erased > 0 ? 1 : 0;
    }
    const next = lists.length < AT_ONCE ? null : (lists.at(-1)?.digest ?? null);
    return { value: { names, lists: from, next }, record: UNCHANGED };
  },
});
