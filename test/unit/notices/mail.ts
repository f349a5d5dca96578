import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MailConfig } from '../../../src/config/types.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { giveUpNotice } from '../../../src/manage/notices.ts';
import { Delivery, type DeliveryParts, type GivenUp } from '../../../src/notices/deliver.ts';
import { createNotices } from '../../../src/notices/queue.ts';
import type { NoticeKind } from '../../../src/notices/types.ts';
import { createSeal } from '../../../src/store/seal.ts';
import type { AccountRow, WholeStore as Store } from '../../../src/store/types.ts';
import { StillClock } from '../../support/clock.ts';
import { accountRow } from '../../support/rows.ts';

export const SEAL = createSeal(Buffer.alloc(32, 7), systemRandom);

/** Plain SMTP to a server on loopback. */
export function mailTo(port: number, more: Partial<MailConfig> = {}): MailConfig {
  return {
    host: '127.0.0.1',
    port,
    tls: 'none',
    user: null,
    passwordFile: null,
    password: null,
    ca: null,
    from: 'Cwm Care <sallyport@example.org>',
    ...more,
  };
}

/** A file of its own for the test. */
export async function fileWith(t: TestContext, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-mail-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'file');
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

/** An office that writes to Ada: a queue, a delivery on a store, what it logs and what it gives up. */
export interface Office {
  readonly clock: StillClock;
  readonly delivery: Delivery;
  readonly log: string[];
  readonly failures: unknown[];
  readonly gaveUp: Omit<GivenUp, 'id'>[];
  mail: MailConfig | null;
  tell(kind?: NoticeKind, detail?: Record<string, string>): Promise<void>;
  /** What waits, due or not. */
  waiting(): Promise<number>;
}

export async function openOffice(
  store: Store,
  mail: MailConfig | null,
  { clock = new StillClock(1_800_000_000_000), account = accountRow({ email: 'ada@example.org' }) as AccountRow } = {},
  more: Partial<DeliveryParts> = {},
): Promise<Office> {
  if ((await store.accounts.byId(account.id)) === undefined) await store.accounts.insert(account);
  const log: string[] = [];
  const failures: unknown[] = [];
  const gaveUp: Omit<GivenUp, 'id'>[] = [];
  const line = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const queue = createNotices({ clock, random: systemRandom, mail: () => office.mail });
  const office: Office = {
    clock,
    log,
    failures,
    gaveUp,
    mail,
    delivery: new Delivery({
      store,
      seal: SEAL,
      clock,
      config: () => ({
        apps: [{ id: 'portal', origin: 'https://portal.example.org' }],
        help: { text: '', contact: 'help@example.org' },
        pages: {
          name: 'Cwm Care',
          logo: null,
          accent: null,
          accentDark: null,
          timeZone: 'Europe/London',
          language: 'en',
        },
        mail: office.mail,
      }),
      giveUp: async (message) => {
        const there = await giveUpNotice.perform({ store, clock }, message);
        const { id: _, ...about } = message;
        if (there) gaveUp.push(about);
        return there;
      },
      log: { info: line, warn: line },
      failed: (error) => failures.push(error),
      patience: { silenceMs: 500, totalMs: 3000 },
      ...more,
    }),
    tell: (kind = 'password-changed', detail = { source: '192.0.2.1', app: 'portal', by: 'owner' }) =>
      store.transaction((tx) => queue.tell(tx, account, { kind, detail })),
    waiting: async () => (await store.notices.due(Number.MAX_SAFE_INTEGER, 1000)).length,
  };
  return office;
}
