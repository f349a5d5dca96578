import { longDetail } from '../coverage/detail.ts';
import { SallyportError } from '../errors.ts';
import type { Entry, Parts, Told } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import { addedDetail } from './accounts.ts';
import { type Managing, toOwner } from './administration.ts';
import { isWithin } from './find.ts';
import { type Changed, changesOf, type Planned, whyNot } from './import-plan.ts';
import { endInvitations, endMailed } from './invitations.ts';
import { needsSecond } from './second.ts';

const shortly = ({ id, realm, name }: AccountRow) => ({ id, realm, name });

/** Who can get in is changed by moving an account, as it is by `account.move`. */
function mayMove(ctx: Managing): void {
  if (needsSecond(ctx, 'account.move'))
    throw new SallyportError('forbidden', 'moving wants a second person here: each is proposed by itself, and no list');
  const { authority } = ctx;
  if (authority.kind === 'person' && !authority.fresh)
    throw new SallyportError(
      'step-up-required',
      'account.import that moves accounts wants a factor used within five minutes',
    );
}

type Kinds = 'account.import' | 'account.add' | 'account.set' | 'account.move' | 'ticket.revoke';

interface Work {
  readonly tx: Parts<'accounts'>;
  readonly ctx: Managing;
  /** As they are now, under their lock. */
  readonly accounts: ReadonlyMap<string, AccountRow>;
  readonly now: number;
}

interface Change {
  readonly row: AccountRow;
  readonly fields: readonly Changed[];
  readonly entries: readonly Entry<Kinds>[];
}

async function change({ tx, ctx, accounts, now }: Work, { wish, row: found }: Planned): Promise<Change> {
  const row = accounts.get(found.id);
  const fields = row === undefined ? [] : changesOf(wish, row);
  if (row === undefined || whyNot(ctx, row, fields) !== undefined)
    throw new SallyportError('conflict', `${found.name} was changed meanwhile: ask again`);
  if (fields.length === 0) return { row, fields, entries: [] };
  const { email, groups, organisation } = wish;
  const set = {
    ...(email === undefined ? {} : { email }),
    ...(groups === undefined ? {} : { groups: [...new Set(groups)] }),
    ...(organisation === undefined ? {} : { organisationId: organisation }),
  };
  await tx.accounts.update(row.id, set);
  const of = { name: row.name, import: true };
  const regrouped = fields.includes('groups') ? longDetail('groups', set.groups?.join(' ') ?? '') : {};
  const said = { ...of, ...regrouped, ...(fields.includes('email') ? { email: 'changed' } : {}) };
  const entries: Entry<Kinds>[] = [];
  if (fields.some((field) => field !== 'organisation'))
    entries.push({ kind: 'account.set', accountId: row.id, detail: said });
  if (fields.includes('email')) entries.push(...(await endMailed(tx, row, now)));
  if (organisation !== undefined && fields.includes('organisation')) {
    const ticketsEnded = await endInvitations(tx, row.id, now);
    const detail = { ...of, from: row.organisationId, to: organisation, ticketsEnded };
    entries.push({ kind: 'account.move', accountId: row.id, detail });
  }
  return { row, fields, entries };
}

function addedEntry(row: AccountRow): Entry<Kinds> {
  return { kind: 'account.add', accountId: row.id, detail: { ...addedDetail(row), import: true } };
}

/** Throws `forbidden` when the asker may not put accounts there any more. */
export function checkPlaces(ctx: Managing, lines: readonly Planned[]): void {
  // Roles may have changed while it was read.
  if (lines.some(({ wish, row }) => !isWithin(ctx, { organisationId: wish.organisation ?? row.organisationId })))
    throw new SallyportError('forbidden', 'not of this organisation any more');
}

/** What the lines say, within the transaction. Throws `conflict` where an account is not as it was judged, `step-up-required`. */
export async function doAll(work: Work, lines: readonly Planned[]) {
  const { ctx } = work;
  const added = lines.filter(({ what }) => what === 'new').map(({ row }) => row);
  // Together; what is on record of each stands where its line does.
  await work.tx.accounts.insert(added);
  const changes: Change[] = [];
  const record: Entry<Kinds>[] = [];
  for (const planned of lines) {
    if (planned.what === 'new') {
      record.push(addedEntry(planned.row));
      continue;
    }
    const done = await change(work, planned);
    for (const entry of done.entries) record.push(entry);
    changes.push(done);
  }
  const changed = changes.filter((each) => each.fields.length > 0);
  if (changed.some((each) => each.fields.includes('organisation'))) mayMove(ctx);
  const notices: Told<'email-changed'>[] = changed
    .filter((each) => each.fields.includes('email'))
    .map(({ row }) => toOwner(ctx, row, 'email-changed'));
  const unchanged = changes.filter((each) => each.fields.length === 0).map(({ row }) => shortly(row));
  const value = {
    added: added.map(shortly),
    changed: changed.map(({ row, fields: f }) => ({ ...shortly(row), fields: f })),
    unchanged,
  };
  return { value, record, notices };
}
