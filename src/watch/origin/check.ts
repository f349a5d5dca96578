import { hostname } from 'node:os';
import { CANARY, type CanaryMarks } from '../../assertions/canary-marks.ts';
import type { AppConfig } from '../../config/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import { trustOf } from '../../proxy/connect.ts';
import { CommandRefused } from '../../terminal/exit.ts';
import { DirectClient } from '../../workbench/direct/client.ts';
import { tryDoor } from '../../workbench/direct/doors.ts';
import { fine, type Line, note, wrong } from '../../workbench/direct/line.ts';
import { type Place, placesOf } from './places.ts';
import { askStranger } from './stranger.ts';

/** What is found at one address. */
export interface Finding extends Line {
  readonly app: string;
  /** As the operator named it. */
  readonly address: string;
}

export interface CheckParts {
  readonly marks: CanaryMarks;
  readonly clock: Clock;
  readonly random: Random;
  /** This machine is none of Sallyport's: nor may the upstream answer it. */
  readonly outside: boolean;
}

/** What an address turned out to be. `refuses`: something answers and lets nobody in. */
type Kind = 'silent' | 'us' | 'refuses' | 'open';

const EXPECTED = 'answers nobody but us';
/** How a server refuses whoever comes without what only Sallyport has: a client certificate, an address, a name. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 421, 444, 495, 496]);
/** Addresses that are asked at the same time. */
const AT_ONCE = 16;

const entryOf = ({ login }: AppConfig): string => (login.kind === 'bound' ? login.entry : '/');

async function isUs(app: AppConfig, { origin }: Place, { marks, clock, random }: CheckParts): Promise<boolean> {
  const token = marks.token(clock.now(), random);
  const host = new URL(app.origin).host;
  const heard = await askStranger({ origin, host, target: '/.sallyport/session', headers: { [CANARY]: token } });
  return 'answer' in heard && heard.answer.all(CANARY)[0] === marks.mark(token);
}

async function look(app: AppConfig, place: Place, parts: CheckParts): Promise<{ kind: Kind; found: string }> {
  const host = new URL(app.origin).host;
  const heard = await askStranger({ origin: place.origin, host, target: entryOf(app) });
  if ('none' in heard) return { kind: 'silent', found: `${place.origin}: nothing answers (${heard.none})` };
  if (await isUs(app, place, parts)) return { kind: 'us', found: `${place.origin}: leads to us` };
  const { status } = heard.answer;
  const found = `${place.origin}: ${status} to anybody, as ${host}`;
  return { kind: REFUSALS.has(status) ? 'refuses' : 'open', found };
}

/** Doors of the preset, with passwords that nobody has, where the app answers. */
async function doors(app: AppConfig, origin: string, wide: typeof wrong | typeof note): Promise<Line[]> {
  if (app.login.kind !== 'bound') return [];
  const client = new DirectClient({ origin, ca: trustOf(app).ca, seenAs: app.origin, anyCertificate: true });
  const lines: Line[] = [];
  try {
    for (const door of app.login.doors) {
      const { door: text, state, found } = await tryDoor(client, app.login, door);
      const line = state === 'open' ? wide : note;
      lines.push(line(`door ${text}`, EXPECTED, `${origin}: ${state} (${found})`));
    }
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error;
    lines.push(note('doors', EXPECTED, error.message));
  } finally {
    await client.close();
  }
  return lines;
}

const WHAT = 'past us';

async function examine(app: AppConfig, place: Place, parts: CheckParts): Promise<Line[]> {
  const { kind, found } = await look(app, place, parts);
  if (kind === 'silent' || kind === 'us') return [fine(WHAT, EXPECTED, found)];
  if (kind === 'refuses')
    return [note(WHAT, EXPECTED, `${found}: it can be reached, and refuses what comes without our connection`)];
  return [wrong(WHAT, EXPECTED, found), ...(await doors(app, place.origin, wrong))];
}

/** From Sallyport's own machine the upstream answers by design; what it means is said. */
async function upstream(app: AppConfig, parts: CheckParts): Promise<Line[]> {
  const { origin } = app.upstream;
  const place = { named: 'upstream', origin };
  if (parts.outside) return examine(app, place, parts);
  const { kind, found } = await look(app, place, parts);
  const meaning = `asked from ${hostname()}, which may be Sallyport's own: only a rule of the network keeps others from it; run this elsewhere with --outside to see`;
  return [
    note(WHAT, 'answers us', kind === 'silent' ? found : `${found}; ${meaning}`),
    ...(kind === 'silent' ? [] : await doors(app, origin, note)),
  ];
}

/** Runs the work on all, so many at a time; results in their order. */
async function inTurns<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = all.entries();
  const lane = async (): Promise<void> => {
    for (const [i, each] of waiting) results[i] = await work(each);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}

/** Tries whether an app answers others than us: at its upstream and at the addresses that the operator named, and only there. */
export async function checkOrigin(app: AppConfig, parts: CheckParts): Promise<readonly Finding[]> {
  const places = app.waysPast.addresses.flatMap((named) => placesOf(named, app.upstream.origin));
  const told = await inTurns(places, async (place) => ({ place, lines: await examine(app, place, parts) }));
  const own = (await upstream(app, parts)).map((line) => ({ app: app.id, address: 'upstream', ...line }));
  return [
    ...own,
    ...told.flatMap(({ place, lines }) => lines.map((line) => ({ app: app.id, address: place.named, ...line }))),
  ];
}
