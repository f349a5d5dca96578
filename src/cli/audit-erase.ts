import type { Command } from 'commander';
import type { ManageContext } from '../manage/context.ts';
import { eraseRecord } from '../manage/erase.ts';
import { needApp } from '../manage/find.ts';
import { eraseFromRosters } from '../manage/roster/erase.ts';
import { ownNames } from '../manage/roster/own-names.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { count, json, type Output } from '../terminal/output.ts';
import { sealRecord } from './audit-log.ts';
import { located, managing, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly account?: string;
  readonly name?: string;
  readonly app?: string;
  readonly reason: string;
  readonly json?: true;
}

/** What went from lists of accounts that are kept. */
interface Gone {
  readonly names: number;
  readonly lists: number;
}

type FromLists = Omit<Parameters<typeof eraseFromRosters.perform>[1], 'after'>;

async function fromLists(ctx: ManageContext, wish: FromLists): Promise<Gone> {
  const gone = { names: 0, lists: 0 };
  for (let after: string | null | undefined; after !== null; ) {
    const done = await eraseFromRosters.perform(ctx, { ...wish, ...(after === undefined ? {} : { after }) });
    gone.names += done.names;
    gone.lists += done.lists;
    after = done.next;
  }
  return gone;
}

/** Everything on record about an account, until nothing is left. */
async function entriesOf(ctx: ManageContext, account: string, reason: string): Promise<number> {
  let all = 0;
  for (let more = true; more; ) {
    const done = await eraseRecord.perform(ctx, { account, reason });
    all += done.erased;
    more = done.more && done.erased > 0;
  }
  return all;
}

/** The lists first: what the account is called in them is on record alone. */
async function account(ctx: ManageContext, id: string, reason: string): Promise<Gone & { readonly erased: number }> {
  if ((await ctx.store.accounts.byId(id)) !== undefined)
    throw new CommandRefused('There is the account still: remove it first.');
  const { names, realms } = await ownNames(ctx, id);
  const gone =
    names.length === 0
      ? { names: 0, lists: 0 }
      : await fromLists(ctx, { names, reason, spareOthers: true, ...(realms.length === 0 ? {} : { realms }) });
  return { ...gone, erased: await entriesOf(ctx, id, reason) };
}

async function eraseAccount(id: string, { reason, ...options }: Options, output: Output): Promise<void> {
  const { erased, names, lists } = await withStore(options, async (opened) => {
    // What has no leaf could not be accounted for.
    await sealRecord(opened);
    return account(managing(opened), id, reason);
  });
  if (erased === 0)
    throw new CommandRefused(`Nothing is on record about an account ${id}: "audit tail" shows the ids of accounts.`);
  if (options.json === true) return json(output, { account: id, erased, names, lists });
  output.line(`${count(erased, 'entry', 'entries')} about ${id} erased; their leaves stay, and the record says why.`);
  if (names > 0) output.line(`${count(names, 'name')} erased from ${count(lists, 'list')} of accounts of apps.`);
}

async function eraseName(name: string, { app, reason, ...options }: Options, output: Output): Promise<void> {
  const gone = await withStore(options, async (opened) => {
    const ctx = managing(opened);
    const at = app === undefined ? null : needApp(ctx, app).id;
    return fromLists(ctx, { names: [{ name, app: at }], reason });
  });
  if (gone.names === 0) throw new CommandRefused('No list of accounts that is kept has that name.');
  if (options.json === true) return json(output, gone);
  output.line(
    `${count(gone.names, 'name')} erased from ${count(gone.lists, 'list')} of accounts of apps; an app that still lists it brings it back when its list is read again.`,
  );
}

async function erase(options: Options, output: Output): Promise<void> {
  const { account: id, name, app } = options;
  if ((id === undefined) === (name === undefined))
    throw new CommandMisused('Say whom it is about: --account ID or --name NAME, one of the two.');
  if (app !== undefined && name === undefined) throw new CommandMisused('--app goes with --name.');
  return id === undefined ? eraseName(name ?? '', options, output) : eraseAccount(id, options, output);
}

export function eraseCommand(audit: Command, output: Output): void {
  located(
    audit
      .command('erase')
      .description(
        'erases what is on record about an account that was removed, and its names in lists of accounts of apps; its leaves stay, and prove that it was there',
      ),
  )
    .option('--account <id>', 'id of the account, as the record has it')
    .option('--name <name>', 'instead: a name in lists of accounts of apps, of a person who has no account here')
    .option('--app <id>', 'with --name: in lists of this app alone')
    .requiredOption('--reason <text>', 'why, for the record: who asked, or by which law')
    .option('--json', 'JSON instead of text')
    .action((options: Options) => erase(options, output));
}
