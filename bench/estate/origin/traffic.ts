import { setTimeout as sleep } from 'node:timers/promises';
import type { Estate } from '../make/estate.ts';
import type { People } from '../make/people.ts';
import { ask } from './browser.ts';

const TRIES = 200;

/** Until what the server holds in memory is believed again: time has passed. */
async function awake(port: number, host: string): Promise<void> {
  for (let left = TRIES; left > 0; left -= 1) {
    const { status } = await ask({ port, host, cookie: '', path: '/.sallyport/health' });
    if (status === 200) return;
    await sleep(50);
  }
  throw new Error('the server does not come to itself');
}

/** Signs in at the gate, then at the app, and looks around: as whoever uses the app as they should. */
export async function throughTheGate(
  estate: Estate,
  people: People,
  { who, by }: { readonly who: string; readonly by: string },
): Promise<void> {
  const { origin } = estate.appOf('rota');
  const { host, port: named } = new URL(origin);
  const { cookie } = await people.signIn(who, 'rota', by);
  const port = estate.place.ports.listen;
  await awake(port, host);
  const sent = { port, host, cookie: `__Host-sallyport-${named}=${cookie}` };
  const signedIn = await ask({ ...sent, path: '/login', form: { username: who, password: 'of the app' } });
  const seen = await ask({ ...sent, path: '/week/1' });
  if (signedIn.status !== 302 || !seen.body.includes(`<b>${who}</b>`))
    throw new Error(`${who} did not get to the app through the gate: ${signedIn.status}, ${seen.status}`);
}

/** The same of somebody who knows where the app is, and goes there. */
export async function past(port: number, who: string, times: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  const { cookies } = await ask({ port, host, cookie: '', path: '/login', form: { username: who, password: 'known' } });
  const cookie = cookies[0]?.split(';')[0] ?? '';
  for (let n = 1; n <= times; n += 1) {
    const { body } = await ask({ port, host, cookie, path: `/week/${n}` });
    if (!body.includes(`<b>${who}</b>`)) throw new Error(`${who} did not get to the app`);
  }
}
