import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Assertions } from '../src/assertions/assertions.ts';
import { Keyring } from '../src/assertions/keyring.ts';
import { RequestIds } from '../src/assertions/request-ids.ts';
import { loadConfigFile } from '../src/config/load.ts';
import { Admission } from '../src/gate/admission.ts';
import { Gate, type Judged } from '../src/gate/gate.ts';
import { systemClock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { KeyDuty } from '../src/manage/keys.ts';
import { cleanHead } from '../src/request/clean.ts';
import { SessionMap } from '../src/sessions/map.ts';
import { Sites } from '../src/sites.ts';
import { openSealedStore } from '../src/store/open-sealed.ts';
import { readRequest } from '../src/web/requests.ts';
import { install, request } from './installation.ts';

/** The head that Node would hand over for the text of a request. */
function incoming(text: string): () => IncomingMessage {
  const [line = '', ...fields] = text.trimEnd().split('\r\n');
  const [method = '', url = ''] = line.split(' ');
  const raw = fields.flatMap((field) => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' });
  return () => {
    const message = new IncomingMessage(socket);
    Object.assign(message, { method, url, httpVersion: '1.1', rawHeaders: raw });
    return message;
  };
}

/** One request of somebody who is signed in, taken as far as to its admission; with a preset, at an app whose login is bound. */
export async function standAt(folder: string, target: string, preset?: string) {
  const installed = await install(folder, 8443, {
    upstreamPort: 1,
    sessions: 1,
    ...(preset === undefined ? {} : { preset }),
  });
  const { config } = await loadConfigFile(installed.config);
  if (config === undefined) throw new Error('the configuration is faulty');
  const { store, seal } = await openSealedStore(config, { clock: systemClock, random: systemRandom });
  const ring = new Keyring(systemClock, seal);
  await new KeyDuty({ store, seal, clock: systemClock }, ring, () => {}).rotateWhenDue(config.keys.rotateMs);
  const sites = new Sites(config, systemClock);
  const { site } = sites.live;
  const sessions = new SessionMap({
    store,
    clock: systemClock,
    sourceOf: (app, realm) => sites.sourceOf(app, realm),
    stands: () => true,
    onError: (error) => console.error(error),
  });
  await sessions.start(() => null);
  const assertions = new Assertions(ring, systemClock, systemRandom);
  const ids = new RequestIds(seal, systemRandom);
  const gate = new Gate({ clock: systemClock, store, assertions, ids });
  const cookie = installed.cookies[0] ?? '';
  const next = incoming(request(target, cookie));
  const first = next();
  const headers = cleanHead(first);
  const parsed = readRequest(first, headers, site);
  const session = await sessions.find(cookie);
  const rules = site.rules.get(parsed.app);
  if (session === undefined || rules === undefined) throw new Error('nobody is signed in');
  const { app, method, destination, client, head } = parsed;
  const judged: Judged = {
    ...{
      request: first,
      headers,
      app,
      rules,
      method,
      target: parsed.target,
      destination,
      host: head.host,
      client,
      session,
    },
    ...{ upgrade: false, originAllowed: false },
  };
  const passed = await gate.pass(judged);
  if (!(passed instanceof Admission) || !Admission.is(passed, 'session')) throw new Error('it is not admitted');
  const close = async () => {
    await sessions.stop();
    await sites.destroy();
    await store.close();
  };
  return {
    store,
    seal,
    sites,
    site,
    sessions,
    gate,
    cookie,
    next,
    first,
    headers,
    parsed,
    session,
    judged,
    passed,
    close,
  };
}

export type Stand = Awaited<ReturnType<typeof standAt>>;
