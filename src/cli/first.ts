import type { Config } from '../config/types.ts';
import { addAccount } from '../manage/accounts.ts';
import type { ManageContext } from '../manage/context.ts';
import { issueTicket } from '../manage/tickets.ts';
import type { Output } from './output.ts';

export interface Invitation {
  readonly account: string;
  readonly admin: boolean;
  readonly url: string;
}

const DEMO_PEOPLE = ['alice', 'bob'];

/**
 * Invites those who must be able to begin: the first administrator of an installation without accounts and, in the
 * demonstration, two people. Whoever of them has no authenticator yet gets a fresh link at every start, because the older
 * one was shown on a screen that is gone.
 */
export async function inviteFirst(
  config: Config,
  demonstration: boolean,
  parts: Omit<ManageContext, 'config'>,
): Promise<Invitation[]> {
  const ctx: ManageContext = { ...parts, config };
  const realm = config.apps[0]?.realm.id;
  if (realm === undefined) return [];
  if ((await ctx.store.accounts.list()).length === 0) {
    await addAccount(ctx, { name: 'admin', realm, admin: true });
    if (demonstration) for (const name of DEMO_PEOPLE) await addAccount(ctx, { name, realm });
  }
  const counts = await ctx.store.authenticators.counts();
  const invited: Invitation[] = [];
  for (const account of await ctx.store.accounts.list(realm)) {
    const first = account.admin || (demonstration && DEMO_PEOPLE.includes(account.name));
    if (!first || account.disabledAt !== null || (counts.get(account.id) ?? 0) > 0) continue;
    const ticket = await issueTicket(ctx, account.id, {}, realm);
    invited.push({ account: account.name, admin: account.admin, url: ticket.links[0]?.url ?? '' });
  }
  return invited.sort((a, b) => Number(b.admin) - Number(a.admin) || a.account.localeCompare(b.account));
}

const WHAT = {
  demonstration: 'a sample portal, guarded',
  upstream: 'your app, guarded',
  file: '',
} as const;

/** What a person at the terminal needs to go on, and nothing else. */
export function greet(
  output: Output,
  config: Config,
  mode: keyof typeof WHAT,
  invitations: readonly Invitation[],
): void {
  output.line();
  output.line('  Sallyport is running.');
  output.line();
  for (const app of config.apps)
    output.line(`  Open        ${app.origin}${mode === 'file' ? `   → ${app.upstream.origin}` : `   (${WHAT[mode]})`}`);
  if (mode === 'upstream') output.line(`  Guards      ${config.apps[0]?.upstream.origin ?? ''}`);
  output.line(`  Data        ${config.dataDir}`);
  output.line();
  if (invitations.length > 0) {
    output.line('  Enrolment links, each for one person, to be used once within 24 hours:');
    for (const { account, admin, url } of invitations)
      output.line(`    ${`${account}${admin ? ' (administrator)' : ''}`.padEnd(24)}${url}`);
    output.line();
    output.line('  Next: open a link, choose a password, scan the code with an authenticator app on a phone');
    output.line('  (or type the secret), keep the recovery codes, and you are in the portal.');
  } else output.line('  Next: open the address above and sign in.');
  output.line(
    mode === 'file'
      ? '  More people: sallyport account add NAME, sallyport ticket issue NAME (with --config).'
      : '  More people: npm run sallyport -- account add NAME, then npm run sallyport -- ticket issue NAME',
  );
  output.line();
  output.line('  Stop with Ctrl-C.');
  output.line();
}
