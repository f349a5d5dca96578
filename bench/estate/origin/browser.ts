import { request } from 'node:http';

export interface Asked {
  readonly port: number;
  /** As a browser writes it. */
  readonly host: string;
  readonly cookie: string;
  readonly path: string;
  /** A form to be sent; without one it is a GET. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly body: string;
}

const WAITS_MS = 10_000;

/** One request as a browser on this machine sends it. Rejects when there is no answer within ten seconds. */
export function ask({ port, host, cookie, path, form }: Asked): Promise<Answered> {
  const body = form === undefined ? '' : new URLSearchParams(form).toString();
  const sent = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: `http://${host}` };
  const headers = {
    Host: host,
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
    ...(cookie === '' ? {} : { Cookie: cookie }),
    ...(form === undefined ? {} : { ...sent, 'Content-Length': Buffer.byteLength(body) }),
  };
  const method = form === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, timeout: WAITS_MS, agent: false });
    asked.once('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.once('error', reject);
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          cookies: response.headers['set-cookie'] ?? [],
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    asked.end(body);
  });
}
