import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import querystring from 'node:querystring';
import { createInterface } from 'node:readline';
import { freePort } from '../../support/ports.ts';
import { start, stop, up } from '../processes.ts';

export type Kind = 'form' | 'json' | 'multipart';

export interface Case {
  readonly kind: Kind;
  readonly type: string;
  readonly body: Buffer;
}

/** The values that a parser finds under each name; `undefined`: none. */
export type Found = ReadonlyMap<string, readonly string[] | undefined>;

/** A parser that real apps are built on. */
export interface Reader {
  readonly name: string;
  readonly kinds: readonly Kind[];
  read(one: Case, names: readonly string[]): Promise<Found>;
  stop(): Promise<void>;
}

const HERE = import.meta.dirname;

function lines(text: string, names: readonly string[]): Found {
  const found = text.split('\n');
  return new Map(
    names.map((name, i) => {
      const line = found[i] ?? '';
      if (line === '') return [name, undefined];
      const values = line === ',' ? [''] : line.split(',');
      return [name, values.map((value) => Buffer.from(value, 'base64').toString('utf8'))];
    }),
  );
}

function post(agent: Agent, port: number, path: string, one: Case, names: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': one.type,
      'content-length': one.body.length,
      'x-names': names.join(' '),
      'x-kind': one.kind,
    };
    const sent = request({ agent, port, path, host: '127.0.0.1', method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        text += piece;
      });
      // 4xx: the server reads nothing out of such a body.
      answer.on('end', () => {
        const { statusCode = 0 } = answer;
        if (statusCode === 200 || (statusCode >= 400 && statusCode < 500)) resolve(statusCode === 200 ? text : '');
        else reject(new Error(`${path} answered ${statusCode}: ${text.slice(0, 500)}`));
      });
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(one.body);
  });
}

async function overHttp(
  name: string,
  kinds: readonly Kind[],
  path: string,
  program: string,
  args: (port: number, folder: string) => readonly string[],
  env: (folder: string) => NodeJS.ProcessEnv,
  prepare: (port: number, folder: string) => void,
): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-parser-'));
  const port = await freePort();
  prepare(port, folder);
  const log = join(folder, 'log');
  const child = start(program, args(port, folder), log, env(folder));
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const end = async (): Promise<void> => {
    agent.destroy();
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await up(child, port, log);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    name,
    kinds,
    read: async (one, names) => lines(await post(agent, port, path, one, names), names),
    stop: end,
  };
}

/** PHP itself: `$_POST`, and `json_decode`. */
export function startPhp(): Promise<Reader> {
  const script = join(HERE, 'echo.php');
  return overHttp(
    'PHP',
    ['form', 'json', 'multipart'],
    '/',
    '/usr/bin/php',
    (port) => ['-d', 'display_errors=0', '-d', 'log_errors=0', '-S', `127.0.0.1:${port}`, script],
    () => ({ PHP_CLI_SERVER_WORKERS: '2' }),
    () => undefined,
  );
}

const SERVER = (port: number): string => `<Server port="-1"><Service name="Catalina">
<Connector port="${port}" address="127.0.0.1" protocol="HTTP/1.1"/>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps" autoDeploy="false"/></Engine>
</Service></Server>`;

/** Tomcat: `getParameterValues`, of multipart bodies too. */
export function startTomcat(): Promise<Reader> {
  return overHttp(
    'Tomcat',
    ['form', 'multipart'],
    '/echo.jsp',
    '/usr/share/tomcat10/bin/catalina.sh',
    () => ['run'],
    (folder) => ({
      CATALINA_HOME: '/usr/share/tomcat10',
      CATALINA_BASE: folder,
      JAVA_OPTS: '-XX:TieredStopAtLevel=1 -Xmx192m -XX:+UseSerialGC',
    }),
    (port, folder) => {
      for (const each of ['conf', 'logs', 'temp', 'work', 'webapps/ROOT'])
        mkdirSync(join(folder, each), { recursive: true });
      for (const each of ['web.xml', 'catalina.properties'])
        copyFileSync(`/etc/tomcat10/${each}`, join(folder, 'conf', each));
      writeFileSync(join(folder, 'conf/context.xml'), '<Context allowCasualMultipartParsing="true"/>');
      writeFileSync(join(folder, 'conf/server.xml'), SERVER(port));
      copyFileSync(join(HERE, 'echo.jsp'), join(folder, 'webapps/ROOT/echo.jsp'));
    },
  );
}

/** Django: `request.POST`, and Python's `json`. */
export async function startDjango(): Promise<Reader> {
  const child = spawn('/usr/bin/python3', [join(HERE, 'echo.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    name: 'Django',
    kinds: ['form', 'json', 'multipart'],
    read: async (one, names) => {
      child.stdin.write(`${JSON.stringify({ ...one, body: one.body.toString('base64'), names })}\n`);
      const line = await answers.next();
      if (line.done === true) throw new Error('Django ended');
      const found = JSON.parse(line.value) as Record<string, string[]>; // what echo.py prints
      return new Map(names.map((name) => [name, (found[name] ?? []).length === 0 ? undefined : found[name]]));
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.stdin.end();
      }),
  };
}

function ofNode(one: Case, name: string): readonly string[] | undefined {
  const text = one.body.toString('utf8');
  if (one.kind === 'form') {
    const values = [...new URLSearchParams(text).getAll(name), ...[querystring.parse(text)[name] ?? []].flat()];
    return values.length === 0 ? undefined : [...new Set(values)];
  }
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    const value = (found as Record<string, unknown>)[name]; // an object that has it
    return [typeof value === 'string' ? value : `not text: ${JSON.stringify(value)}`];
  } catch {
    return undefined;
  }
}

/** Node: URLSearchParams and querystring, which must agree, and JSON.parse. */
export function nodeReader(): Reader {
  return {
    name: 'Node',
    kinds: ['form', 'json'],
    read: async (one, names) => new Map(names.map((name) => [name, ofNode(one, name)])),
    stop: async () => undefined,
  };
}
