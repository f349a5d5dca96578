import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client, type ClientOptions } from 'ldapts';
import type { RosterSource } from '../config/types.ts';
import { MOST_BYTES, MOST_MS, RosterFault, tooMany } from './fault.ts';
import { Names } from './names.ts';
import { authorityIn, secretIn } from './secret.ts';

type Source = Extract<RosterSource, { kind: 'ldap' }>;

const CONNECT_MS = 10_000;
/** Directories refuse a page that is larger than theirs. */
const PAGE = 100;
/** Of every person of a list, a few names; of more nobody is. */
const MOST_VALUES = 16;

/** Ends a connection that brings more than a list may hold: the library takes in whatever length a message says. */
class Bound {
  #size = 0;

  #count(socket: Socket): (part: Buffer) => void {
    return (part) => {
      this.#size += part.length;
      if (this.#size > MOST_BYTES) socket.destroy(tooMany());
    };
  }

  options({ url, ca }: Source): ClientOptions {
    let plain: { readonly socket: Socket; readonly count: (part: Buffer) => void } | undefined;
    const watched = <S extends Socket>(socket: S): S => {
      plain = { socket, count: this.#count(socket) };
      return socket.on('data', plain.count);
    };
    const secure = (...args: Parameters<typeof connectTls>) => {
      // After StartTLS what is beneath is the other one's to read.
      plain?.socket.off('data', plain.count);
      return watched(connectTls(...args));
    };
    return {
      ...{ url, timeout: MOST_MS / 2, connectTimeout: CONNECT_MS },
      // Given any, the library begins with TLS whatever the address says.
      ...(url.startsWith('ldaps:') ? { tlsOptions: ca === null ? {} : { ca: authorityIn(ca) } } : {}),
      createConnection: ((port: number, host: string) => watched(connect(port, host))) as typeof connect, // as it is called
      createSecureConnection: secure as typeof connectTls, // overloads
    };
  }
}

async function namesOf(client: Client, { base, filter }: Source, attribute: string): Promise<readonly string[]> {
  const names = new Names();
  const pages = client.searchPaginated(base, {
    ...{ scope: 'sub', derefAliases: 'never', filter, attributes: [attribute] },
    paged: { pageSize: PAGE },
    timeLimit: MOST_MS / 2000,
  });
  for await (const { searchEntries } of pages)
    for (const entry of searchEntries) {
      const key = Object.keys(entry).find((each) => each.toLowerCase() === attribute.toLowerCase());
      const value = key === undefined || key === 'dn' ? [] : entry[key];
      const values = Array.isArray(value) ? value : [value ?? ''];
      for (const each of values.slice(0, MOST_VALUES)) names.add(each.toString());
    }
  return names.all();
}

async function searched(source: Source, client: Client, attribute: string): Promise<readonly string[]> {
  const { startTls, user, passwordFile } = source;
  const ca = source.ca === null ? {} : { ca: authorityIn(source.ca) };
  if (startTls) await client.startTLS({ ...ca, servername: new URL(source.url.replace(/^ldap/, 'https')).hostname });
  if (user !== null && passwordFile !== null) await client.bind(user, secretIn(passwordFile));
  return namesOf(client, source, attribute);
}

/** Searches a directory, in pages. Throws RosterFault, within two minutes. */
export async function namesInDirectory(source: Source, column: string | null): Promise<readonly string[]> {
  const client = new Client(new Bound().options(source));
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  const timer = setTimeout(() => late.reject(new RosterFault('The directory takes too long to answer.')), MOST_MS);
  const work = searched(source, client, column ?? 'uid');
  work.catch(() => {});
  try {
    return await Promise.race([work, late.promise]);
  } catch (error) {
    if (error instanceof RosterFault) throw error;
    const why = error instanceof Error ? ` (${error.name}: ${error.message.slice(0, 200)})` : '';
    throw new RosterFault(`The directory does not answer the search${why}.`, error);
  } finally {
    clearTimeout(timer);
    await Promise.race([client.unbind().catch(() => {}), new Promise((done) => setTimeout(done, 1000).unref())]);
  }
}
