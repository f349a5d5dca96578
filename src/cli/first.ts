import type { Config } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { addAccount } from '../manage/accounts.ts';
import type { ManageContext } from '../manage/context.ts';
import { issueTicket } from '../manage/tickets.ts';
import { sourceOf } from '../sources/table.ts';
import type { Output } from '../terminal/output.ts';
import { commandLine, type Where } from './context.ts';

export interface Invitation {
  readonly account: string;
  readonly admin: boolean;
  readonly url: string;
  /** In place of one that was open, and is no more. */
  readonly anew: boolean;
}

const DEMO_PEOPLE = ['alice', 'bob'];

/**
 * Invites those who must be able to begin: the first administrator of an installation without accounts and, in the
 * demonstration, two people. At a terminal, whoever of them has no authenticator yet gets a fresh link at every start,
 * because the older one was shown on a screen that is gone; a deployment prints a link at its very first start only, so
 * that a restart never ends a link that was handed to somebody.
 */
export async function inviteFirst(
  config: Config,
  demonstration: boolean,
  parts: Omit<ManageContext, 'config'>,
): Promise<Invitation[]> {
  const ctx: ManageContext = { ...parts, config };
  const realm = (config.console?.app ?? config.apps[0])?.realm.id;
  if (realm === undefined) return [];
  const begun = (await ctx.store.accounts.list()).length > 0 || !(await added(ctx, realm, demonstration));
  if (begun && config.file !== null) return [];
  const counts = await ctx.store.authenticators.counts();
  const invited: Invitation[] = [];
  for (const account of await ctx.store.accounts.list(realm)) {
    const admin = account.roles.length > 0;
    const first = admin || (demonstration && DEMO_PEOPLE.includes(account.name));
    if (!first || account.disabledAt !== null || (counts.get(account.id) ?? 0) > 0) continue;
    const ticket = await issueTicket.perform(ctx, { account: account.id, realm });
    const [link] = ticket.links;
    invited.push({ account: account.name, admin, url: link?.url ?? '', anew: ticket.replaced > 0 });
  }
  return invited.sort((a, b) => Number(b.admin) - Number(a.admin) || a.account.localeCompare(b.account));
}

/** False when another node was first. */
async function added(ctx: ManageContext, realm: string, demonstration: boolean): Promise<boolean> {
  try {
    await addAccount.perform(ctx, { name: 'admin', realm, admin: true });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'conflict') return false;
    throw error;
  }
  if (demonstration) for (const name of DEMO_PEOPLE) await addAccount.perform(ctx, { name, realm });
  return true;
}

export type Mode = 'demonstration' | 'upstream' | 'file';

function addressLines(config: Config, mode: Mode): string[] {
  const upstream = config.apps[0]?.upstream.origin ?? '';
  switch (mode) {
    case 'file':
      return config.apps.map((app) => `  Open        ${app.origin}   → ${app.upstream.origin}`);
    case 'upstream':
      return [`  Open        ${config.apps[0]?.origin ?? ''}`, `  Guards      ${upstream}`];
    case 'demonstration':
      return [`  Open        ${config.apps[0]?.origin ?? ''}   (a sample portal, guarded)`];
    default:
      return mode satisfies never;
  }
}

function consoleLines({ console: own }: Config): string[] {
  return own === null ? [] : [`  Administer  ${own.origin}`];
}

function invitationLines(config: Config, invitations: readonly Invitation[], where: Where): string[] {
  const realm = config.apps[0]?.realm;
  if (invitations.length === 0) return ['  Next: open the address above and sign in.'];
  return [
    '  Enrolment links, each for one person, to be used once within 24 hours:',
    ...invitations.map(({ account, admin, url }) => {
      const who = `${account}${admin ? ' (administrator)' : ''}`;
      return `    ${who.padEnd(24)}${url}`;
    }),
    ...(invitations.some(({ anew }) => anew) ? ['  Links that were shown at an earlier start no longer work.'] : []),
    '',
    ...(realm === undefined ? [] : sourceOf(realm.source).invitedBy(commandLine(where, 'account alias', 'NAME'))),
  ];
}

/** So that nobody looks for people who are none. */
const SAMPLES: readonly string[] = [
  '',
  '  Three practices and their people are samples, made up so that there is something to see.',
  '  Without them, in a new folder: npm start -- --no-sample --data FOLDER',
];

/** A server that accepts connections now. */
export interface Started {
  readonly mode: Mode;
  readonly config: Config;
  /** How to reach its installation from the command line. */
  readonly where: Where;
  readonly invitations: readonly Invitation[];
  /** Sample organisations and their people come in, or have. */
  readonly sample: boolean;
}

/** What a person at the terminal needs to go on, and nothing else. A deployment's standard output is its log: JSON alone. */
export function greet(output: Output, { mode, config, where, invitations, sample }: Started): void {
  const lines = [
    '',
    '  Sallyport is running.',
    '',
    ...addressLines(config, mode),
    ...consoleLines(config),
    `  Data        ${config.dataDir}`,
    '',
    ...invitationLines(config, invitations, where),
    `  More people: ${commandLine(where, 'account add', 'NAME')}`,
    `          and: ${commandLine(where, 'ticket issue', 'NAME')}`,
    ...(sample ? SAMPLES : []),
    '',
    '  Stop with Ctrl-C.',
    '',
  ];
  for (const line of lines) (mode === 'file' ? output.note : output.line)(line);
}
