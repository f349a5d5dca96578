import { setTimeout as sleep } from 'node:timers/promises';
import type { AppConfig } from '../config/types.ts';
import { createEnrol } from '../enrol/enrol.ts';
import { currentCode } from '../factors/totp.ts';
import { randomToken } from '../lib/random.ts';
import { createLogin } from '../login/login.ts';
import { addAccount, disableAccount } from '../manage/accounts.ts';
import type { ManageContext } from '../manage/context.ts';
import { addOrganisation, listOrganisations } from '../manage/organisations.ts';
import { grantRole } from '../manage/roles.ts';
import { markSample } from '../manage/samples.ts';
import { issueTicket } from '../manage/tickets.ts';
import { createNotices } from '../notices/queue.ts';
import { LockDown } from '../sessions/lock-down.ts';
import { sourceOf } from '../sources/table.ts';
import type { Seal } from '../store/seal.ts';

/** People of the demonstration, so that every page of the console has something true to show. */
const ORGANISATIONS: Readonly<Record<string, readonly string[]>> = {
  'Oakfield Surgery': 'meera gwen tomos layla owen priya sion hana idris carys yusuf beth'.split(' '),
  'Riverside Practice': 'amal dylan sara rhys nadia huw zainab elin karim megan ivor lowri'.split(' '),
  'Hillcrest Dental': 'omar nia farah emrys salma gethin rania ffion tariq eleri bilal mared'.split(' '),
};

/** What becomes of the person at that place of the list. */
type Fate = 'manager' | 'enrolled' | 'invited' | 'waiting' | 'disabled';

function fateOf(place: number): Fate {
  if (place === 0) return 'manager';
  if (place < 5) return 'enrolled';
  if (place < 8) return 'invited';
  return place < 11 ? 'waiting' : 'disabled';
}

export interface Sample {
  readonly ctx: ManageContext;
  readonly seal: Seal;
  /** Where they enrol. */
  readonly app: AppConfig;
  /** Nothing more is begun. */
  readonly over: () => boolean;
}

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0 Mobile Safari/537.36',
] as const;

/** Through the same steps as anybody: link, password, code app, recovery codes; and signed in by it. The secrets are kept by nobody. */
async function enrol({ ctx, seal, app }: Sample, account: string, place: number): Promise<void> {
  const { store, clock, random, config } = ctx;
  const notices = createNotices({ clock, random, mail: () => config.mail });
  const lockDown = new LockDown(store, clock);
  await lockDown.load();
  const rooms = { store, clock, random, seal, notices, lockDown };
  const [enrolment, login] = [createEnrol(rooms), createLogin(rooms)];
  const { secret: ticket } = await issueTicket.perform(ctx, { account });
  const userAgent = AGENTS[place % AGENTS.length] ?? '';
  const caller = { app, source: `192.0.2.${10 + place}`, userAgent, browser: null };
  let { cookie } = await enrolment.open(caller, ticket);
  if (sourceOf(app.realm.source).keepsPasswords)
    ({ cookie } = await enrolment.password(caller, cookie, randomToken(random, 18)));
  const { secret } = await enrolment.totp(caller, cookie);
  const code = currentCode(secret, clock.now());
  ({ cookie } = await enrolment.confirm(caller, cookie, code, undefined));
  await enrolment.finish(caller, cookie, (tx, row, proofs) => login.afterEnrolment(caller, tx, row, proofs));
}

async function settle(sample: Sample, account: string, place: number, organisation: string): Promise<void> {
  const { ctx } = sample;
  const fate = fateOf(place);
  if (fate === 'manager' || fate === 'enrolled') await enrol(sample, account, place);
  if (fate === 'manager') await grantRole.perform(ctx, { account, role: 'administrator', organisation });
  if (fate === 'invited') await issueTicket.perform(ctx, { account });
  if (fate === 'disabled') await disableAccount.perform(ctx, { account });
}

/**
 * Adds three client organisations with a dozen people each, through the operations of everybody, a little at a time: requests have
 * their turn. Does nothing where there are organisations of the kind already. Throws what the operations throw.
 */
export async function addSample(sample: Sample): Promise<void> {
  const { ctx, app, over } = sample;
  const realm = app.realm.id;
  const there = new Set((await listOrganisations.ask(ctx, { realm })).map(({ name }) => name));
  for (const [name, people] of Object.entries(ORGANISATIONS)) {
    if (there.has(name)) continue;
    const { id: organisation } = await addOrganisation.perform(ctx, { name, realm, contact: 'Practice manager' });
    await markSample(ctx.store, organisation);
    for (const [place, person] of people.entries()) {
      if (over()) return;
      const { id } = await addAccount.perform(ctx, { name: person, realm, organisation, groups: ['staff'] });
      await settle(sample, id, place, organisation);
      await sleep(1);
    }
  }
}
