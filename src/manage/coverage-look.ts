import { z } from 'zod';
import { type AppAtMoment, appsAt } from '../coverage/apps.ts';
import type { Cell, CellClass, Moment } from '../coverage/cells.ts';
import { appsOf, cellOf } from '../coverage/cells.ts';
import { Tally } from '../coverage/summary.ts';
import type { AccountStanding, RecordedState } from '../coverage/types.ts';
import { sortedInTurns } from '../lib/sorted.ts';
import { within } from '../roles.ts';
import type { CoverageRow, CoverageWish } from './coverage-form.ts';
import { eachInTurn, type Progress } from './coverage-moment.ts';
import { cursorOf, placeIn, placeText } from './places.ts';
import type { Reading } from './query.ts';

const AT_ONCE = 50;
/** Accounts that are looked at before it is told how many were. */
const TOLD_EVERY = 1_000;

/** Everything of a moment within a reach, and the rows of one page of what is asked for. */
export interface Looked {
  readonly moment: Moment;
  readonly apps: readonly AppAtMoment[];
  readonly tally: Tally;
  readonly page: Page;
}

interface Page {
  readonly rows: readonly CoverageRow[];
  /** Of all pages. */
  readonly total: number;
  readonly next: string | null;
}

type Named = Pick<AccountStanding, 'id' | 'name'>;

const byName = (a: Named, b: Named): number => {
  const [x, y] = [a.name ?? '', b.name ?? ''];
  return x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
};

const orders = new WeakMap<RecordedState, Promise<readonly AccountStanding[]>>();

/** The accounts by name, then id: sorted once for all pages of a moment that is kept (coverage-kept.ts). */
function inOrder(state: RecordedState): Promise<readonly AccountStanding[]> {
  const known = orders.get(state) ?? sortedInTurns([...state.accounts.values()], byName);
  orders.set(state, known);
  return known;
}

/** An account with its cells, of which a row is made only where it is shown. */
interface Judged {
  readonly account: AccountStanding;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly class: CellClass;
}

function rowOf({ state }: Moment, { account, cells, class: overall }: Judged, { app }: CoverageWish): CoverageRow {
  const { id, realm, name, organisation, addedAt, disabledAt, removedAt } = account;
  const shown = [...cells].filter(([each]) => app === undefined || each === app);
  return {
    id,
    realm,
    name,
    organisationId: organisation,
    organisation: state.organisations.get(organisation ?? '')?.name ?? null,
    class: overall,
    addedAt,
    disabledAt,
    removedAt,
    lastUsedAt: null,
    authenticators: [],
    cells: shown.map(([each, cell]) => ({ app: each, ...cell, lastUsedAt: null })),
  };
}

function chosen({ state }: Moment, { account, cells, class: overall }: Judged, wish: CoverageWish): boolean {
  const { organisation, app } = wish;
  if (organisation !== undefined && organisation !== account.organisation) {
    if (state.organisations.get(account.organisation ?? '')?.name !== organisation) return false;
  }
  if (app === undefined) return wish.class === undefined || overall === wish.class;
  const cell = cells.get(app);
  return cell !== undefined && (wish.class === undefined || cell.class === wish.class);
}

/** Whether an account was within reach, by where it belonged then. */
const reaches = ({ reach }: Reading, { organisation }: AccountStanding): boolean =>
  reach === 'all' || (organisation !== null && within(reach, organisation));

const placeForm = z.tuple([placeText, placeText]);

/** Takes accounts that come in order: of those of one page rows are made, and all are counted. */
function pager(moment: Moment, wish: CoverageWish) {
  const { cursor, limit = AT_ONCE } = wish;
  const [name, id] = placeIn(cursor, placeForm) ?? [];
  const isAfter = (account: Named) => name === undefined || id === undefined || byName(account, { name, id }) > 0;
  const rows: CoverageRow[] = [];
  let [total, more] = [0, false];
  return {
    take(judged: Judged): void {
      total += 1;
      if (!isAfter(judged.account)) return;
      if (rows.length >= limit) more = true;
      else rows.push(rowOf(moment, judged, wish));
    },
    page(): Page {
      const last = rows.at(-1);
      return { rows, total, next: more && last !== undefined ? cursorOf([last.name ?? '', last.id]) : null };
    },
  };
}

/** Looks at every account of a moment. Throws `usage` for a cursor of another list. Others have their turns meanwhile. */
export async function look(ctx: Reading, wish: CoverageWish, moment: Moment, progress: Progress): Promise<Looked> {
  const apps = moment.inForce?.apps ?? [];
  const tally = new Tally();
  const pages = pager(moment, wish);
  const accounts = await inOrder(moment.state);
  let done = 0;
  await eachInTurn(accounts, (account) => {
    if (++done % TOLD_EVERY === 0) progress(done, accounts.length, 'accounts');
    if (!reaches(ctx, account)) return;
    const cells = new Map(appsOf(account, apps).map((app) => [app.id, cellOf(moment, account, app)]));
    const judged = { account, cells, class: tally.add(account, cells) };
    if (chosen(moment, judged, wish)) pages.take(judged);
  });
  // Whoever sees single organisations hears of the apps of their people's realms alone, in what is wanting too.
  const seen = appsAt(moment).filter(({ id }) => ctx.reach === 'all' || tally.byApp.has(id));
  return { moment, apps: seen, tally, page: pages.page() };
}
