import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import type { Config } from '../config/types.ts';
import { lettersApart } from '../letters/apart.ts';
import type { ManageContext } from '../manage/context.ts';
import { type LetterWishes, lettersFor, linksCsv, listed } from '../manage/handing-out.ts';
import { issueMany, type ManyTickets, type ManyWish } from '../manage/tickets-many.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { count, type Output } from '../terminal/output.ts';
import { readCsv } from './account-import.ts';
import { located, managing, type Opened, realmed, type Where, withStore } from './context.ts';
import { lifeOf } from './ttl.ts';

interface Options extends Where {
  readonly realm?: string;
  readonly organisation?: string;
  readonly withoutFactor?: true;
  readonly withoutLink?: true;
  readonly from?: string;
  readonly out: string;
  readonly ttl?: string;
}

const SHOWN = 50;
/** So many are done between two words about it. */
const EVERY = 100;

function progress(output: Output, what: string): (done: number, of: number) => void {
  return (done, of) => {
    if (of > EVERY && (done % EVERY === 0 || done === of)) output.note(`${done} of ${of} ${what}`);
  };
}

/** A new file that only its owner can read; opened before any link is made, so that none is made for nothing. */
function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandRefused(
      exists ? `${file} is there already, and is not overwritten: name another.` : `${file} cannot be written.`,
    );
  }
}

interface Issued extends ManyTickets {
  readonly wishes: LetterWishes;
}

/** What is asked for, by realm where a list names the accounts. */
async function wishesOf(ctx: ManageContext, options: Options): Promise<{ asked: ManyWish[]; wishes: LetterWishes }> {
  const { realm, organisation, withoutFactor, withoutLink: withoutTicket, from } = options;
  const wish: ManyWish = { realm, organisation, withoutFactor, withoutTicket, ttlMs: lifeOf(options.ttl) };
  if (from === undefined) return { asked: [wish], wishes: new Map() };
  const { names, wishes, faults } = await listed(ctx, readCsv(from).text);
  if (faults.length > 0) {
    const lines = faults.slice(0, SHOWN).map((fault) => `  line ${fault.line}: ${fault.message}`);
    throw new CommandRefused(`${from} has ${count(faults.length, 'fault')}; no link was made:\n${lines.join('\n')}`);
  }
  return { asked: [...names].map(([of, accounts]) => ({ ...wish, realm: of, accounts })), wishes };
}

async function issue(ctx: ManageContext, options: Options, output: Output): Promise<Issued> {
  const { asked, wishes } = await wishesOf(ctx, options);
  const [issued, refused] = [[] as ManyTickets['issued'][number][], [] as ManyTickets['refused'][number][]];
  for (const wish of asked) {
    const done = await issueMany(ctx, wish, progress(output, 'links made'));
    for (const each of done.issued) issued.push(each);
    for (const each of done.refused) refused.push(each);
  }
  return { issued, refused, wishes };
}

async function write(fd: number, ctx: ManageContext, config: Config, issued: Issued, { out }: Options, output: Output) {
  if (out.endsWith('.csv')) return void writeSync(fd, await linksCsv(ctx, issued.issued));
  const items = await lettersFor(ctx, issued.issued, config, issued.wishes);
  const told = progress(output, 'letters written');
  const onProgress = (done: number) => told(done, items.length);
  for await (const piece of lettersApart(items, {
    madeAt: ctx.clock.now(),
    language: config.pages.language,
    onProgress,
  }))
    writeSync(fd, piece);
}

async function run({ config, ...opened }: Opened, options: Options, output: Output): Promise<ManyTickets> {
  const ctx = managing({ config, ...opened });
  const fd = openNew(options.out);
  let made = false;
  try {
    const issued = await issue(ctx, options, output);
    if (issued.issued.length > 0) {
      await write(fd, ctx, config, issued, options, output);
      made = true;
    }
    return issued;
  } finally {
    closeSync(fd);
    if (!made) unlinkSync(options.out);
  }
}

/** Adds `ticket issue-many`. */
export function issueManyCommand(output: Output, ticket: Command): void {
  realmed(located(ticket.command('issue-many')))
    .description('one-time links for many accounts, as CSV or as a PDF of letters; older links of theirs end')
    .requiredOption('--out <file>', 'new file for the links, ending in .csv or .pdf; only you can read it')
    .option('--organisation <name>', 'of this client organisation')
    .option('--without-factor', 'only those who have no authenticator yet')
    .option('--without-link', 'only those who have no link that can be used now')
    .option(
      '--from <file>',
      'those that a CSV file names, as account import reads it; name, address, language go into letters',
    )
    .option('--ttl <duration>', 'how long the links can be used, 5m to 7d (default 24h)')
    .action(async (options: Options) => {
      if (!/\.(?:csv|pdf)$/.test(options.out)) throw new CommandMisused('--out must end in .csv or .pdf.');
      const { issued, refused } = await withStore(
        options,
        (opened) => run(opened, options, output),
        'organisation list',
      );
      if (issued.length > 0) {
        output.line(
          `${count(issued.length, 'link')} ${issued.length === 1 ? 'was' : 'were'} written to ${options.out}.`,
        );
        output.note('Whoever has a link can enrol: hand them over safely, and remove the file then.');
      } else if (refused.length === 0) output.line('Nobody needs one: no link was made.');
      if (refused.length === 0) return;
      const lines = refused.slice(0, SHOWN).map(({ account, message }) => `  ${account}: ${message}`);
      if (refused.length > SHOWN) lines.push(`  and ${refused.length - SHOWN} more`);
      throw new CommandRefused(`${count(refused.length, 'account')} got none:\n${lines.join('\n')}`);
    });
}
