import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { lettersApart } from '../letters/apart.ts';
import { randomToken } from '../lib/random.ts';
import type { ManageContext } from '../manage/context.ts';
import { type LetterWishes, languageIn, lettersFor, linksCsv, listed } from '../manage/handing-out.ts';
import { type InvitationView, listInvitations } from '../manage/invitations-list.ts';
import { TICKET_LIFE } from '../manage/tickets.ts';
import { issueMany, type ManyTickets, type ManyWish } from '../manage/tickets-many.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { type Column, count, list, type Output, when } from '../terminal/output.ts';
import { progressOn } from '../terminal/progress.ts';
import { readCsv } from './account-import.ts';
import { commandLine, located, managing, type Opened, realmed, type Where, withStore } from './context.ts';
import { lifeOf } from './ttl.ts';

interface Options extends Where {
  readonly realm?: string;
  readonly organisation?: string;
  readonly withoutFactor?: true;
  readonly withoutLink?: true;
  readonly from?: string;
  readonly out?: string;
  readonly email?: true;
  readonly withoutEmail?: true;
  readonly ttl?: string;
}

const SHOWN = 50;

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

/** Whether a file is one of letters. */
const isLetters = (out: string | undefined): boolean => out !== undefined && !out.endsWith('.csv');

interface Issued extends Pick<ManyTickets, 'issued' | 'mailed' | 'refused'> {
  readonly wishes: LetterWishes;
}

/** What is asked for, by realm where a list names the accounts. */
async function wishesOf(ctx: ManageContext, options: Options): Promise<{ asked: ManyWish[]; wishes: LetterWishes }> {
  const { realm, organisation, withoutFactor, withoutLink: withoutTicket, withoutEmail, from } = options;
  const wish: ManyWish = {
    ...{ realm, organisation, withoutFactor, withoutTicket, withoutEmail },
    ttlMs: lifeOf(options.ttl) ?? (isLetters(options.out) ? TICKET_LIFE.paper : undefined),
    deliver: options.email === true ? 'email' : undefined,
  };
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
  const all = { issued: [] as ManyTickets['issued'][], mailed: [] as ManyTickets['mailed'][] };
  const refused: ManyTickets['refused'][] = [];
  const along = {
    onProgress: progressOn(output, options.email === true ? 'links queued' : 'links made'),
    languageOf: languageIn(wishes),
    batch: randomToken(ctx.random, 12),
  };
  for (const wish of asked) {
    const done = await issueMany(ctx, wish, along);
    all.issued.push(done.issued);
    all.mailed.push(done.mailed);
    refused.push(done.refused);
  }
  return { issued: all.issued.flat(), mailed: all.mailed.flat(), refused: refused.flat(), wishes };
}

interface Writing {
  readonly fd: number;
  /** A list; otherwise letters. */
  readonly csv: boolean;
  readonly output: Output;
}

async function write({ fd, csv, output }: Writing, ctx: ManageContext, issued: Issued): Promise<void> {
  if (csv) return void writeSync(fd, await linksCsv(ctx, issued.issued));
  const { config } = ctx;
  const items = await lettersFor(ctx, issued.issued, config, issued.wishes);
  const told = progressOn(output, 'letters written');
  const onProgress = (done: number) => told(done, items.length);
  for await (const piece of lettersApart(items, {
    madeAt: ctx.clock.now(),
    language: config.pages.language,
    onProgress,
  }))
    writeSync(fd, piece);
}

/** Opened before any link is made; nothing is left of it where none was. */
async function runToFile(
  { config, ...opened }: Opened,
  options: Options,
  out: string,
  output: Output,
): Promise<Issued> {
  const ctx = managing({ config, ...opened });
  const fd = openNew(out);
  let made = false;
  try {
    const issued = await issue(ctx, options, output);
    if (issued.issued.length > 0) {
      await write({ fd, csv: !isLetters(out), output }, ctx, issued);
      made = true;
    }
    return issued;
  } finally {
    closeSync(fd);
    if (!made) unlinkSync(out);
  }
}

function tell(output: Output, { issued, mailed, refused }: Issued, { out, ...where }: Options): void {
  const were = (n: number) => `${count(n, 'link')} ${n === 1 ? 'was' : 'were'}`;
  if (issued.length > 0) {
    output.line(`${were(issued.length)} written to ${out}.`);
    output.note('Whoever has a link can enrol: hand them over safely, and remove the file then.');
  } else if (mailed.length > 0) {
    output.line(`${were(mailed.length)} queued. The server sends them by e-mail, while it runs.`);
    output.note(`${commandLine(where, 'ticket mailed')} says what became of each.`);
  } else if (refused.length === 0) output.line('Nobody needs one: no link was made.');
}

/** Adds `ticket issue-many`. */
export function issueManyCommand(output: Output, ticket: Command): void {
  realmed(located(ticket.command('issue-many')))
    .description(
      'one-time links for many accounts, as CSV, as a PDF of letters, or by e-mail; older links of theirs end',
    )
    .option('--out <file>', 'new file for the links, ending in .csv or .pdf; only you can read it')
    .option('--email', 'by e-mail, to those who have an address and nothing to sign in with yet')
    .option('--organisation <name>', 'of this client organisation')
    .option('--without-factor', 'only those who have no authenticator yet')
    .option('--without-link', 'only those who have no link that can be used now')
    .option('--without-email', 'only those who have no e-mail address')
    .option(
      '--from <file>',
      'those that a CSV file names, as account import reads it; name, address, language go into letters',
    )
    .option('--ttl <duration>', 'how long the links can be used, 5m to 7d (default 24h, in letters 7d)')
    .action(async (options: Options) => {
      const { out, email } = options;
      if ((out === undefined) === (email === undefined))
        throw new CommandMisused('Say how the links are handed out: --out FILE or --email.');
      if (out !== undefined && !/\.(?:csv|pdf)$/.test(out)) throw new CommandMisused('--out must end in .csv or .pdf.');
      const done = await withStore(
        options,
        (opened) =>
          out === undefined ? issue(managing(opened), options, output) : runToFile(opened, options, out, output),
        'organisation list',
      );
      tell(output, done, options);
      const { refused } = done;
      if (refused.length === 0) return;
      const lines = refused.slice(0, SHOWN).map(({ account, message }) => `  ${account}: ${message}`);
      if (refused.length > SHOWN) lines.push(`  and ${refused.length - SHOWN} more`);
      throw new CommandRefused(`${count(refused.length, 'account')} got none:\n${lines.join('\n')}`);
    });
}

type MailedOptions = Where & { realm?: string; account?: string; json?: true };

const MAILED: readonly Column<InvitationView>[] = [
  { name: 'account', of: (row) => row.account },
  { name: 'realm', of: (row) => row.realm },
  { name: 'state', of: (row) => row.state },
  { name: 'reason', of: (row) => row.reason },
  { name: 'queued', of: (row) => when(row.createdAt) },
  { name: 'changed', of: (row) => when(row.changedAt) },
  { name: 'expires', of: (row) => when(row.expiresAt) },
  { name: 'batch', of: (row) => row.batch, shown: null },
  { name: 'account id', of: (row) => row.accountId, shown: null },
];

/** Adds `ticket mailed`. */
export function mailedCommand(output: Output, ticket: Command): void {
  realmed(located(ticket.command('mailed').description('links that went out by e-mail, and what became of each')))
    .option('--account <name>', 'of this account')
    .option('--json', 'JSON instead of a table')
    .action(async ({ account, realm, ...options }: MailedOptions) => {
      const rows = await withStore(options, (opened) => listInvitations.ask(managing(opened), { account, realm }));
      const empty = 'No link has gone out by e-mail in the last 90 days.';
      list(output, options.json === true, { columns: MAILED, rows, empty });
    });
}
