import { Agent, type Dispatcher, request } from 'undici';
import type { RosterSource } from '../config/types.ts';
import { namesInBytes } from './csv.ts';
import { MOST_BYTES, MOST_MS, RosterFault } from './fault.ts';
import { namesInJson } from './json.ts';
import { authorityIn, secretIn } from './secret.ts';

type Url = Extract<RosterSource, { kind: 'url' }>;

const CONNECT_MS = 10_000;
const HEAD_MS = 60_000;

function credentials({ user, passwordFile, tokenFile }: Url): Record<string, string> {
  if (tokenFile !== null) return { authorization: `Bearer ${secretIn(tokenFile)}` };
  if (user === null || passwordFile === null) return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${secretIn(passwordFile)}`).toString('base64')}` };
}

async function bytesOf(body: Dispatcher.ResponseData['body']): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new RosterFault(`The list is larger than ${MOST_BYTES} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** JSON by what it says it is, or by how it begins; all else is CSV. */
function isJson(type: string, bytes: Buffer): boolean {
  return (
    /^application\/(?:[a-z.+-]+\+)?json\b/i.test(type) ||
    bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('[')
  );
}

async function asked(source: Url, agent: Agent, signal: AbortSignal): Promise<{ type: string; bytes: Buffer }> {
  const headers = { accept: 'text/csv, application/json', ...credentials(source) };
  const answer = await request(source.url, { dispatcher: agent, headers, signal });
  if (answer.statusCode !== 200) {
    answer.body.on('error', () => {}).destroy();
    throw new RosterFault(
      `The list was answered with ${answer.statusCode}: its address must give it with 200 (no redirect is followed).`,
    );
  }
  return { type: String(answer.headers['content-type'] ?? ''), bytes: await bytesOf(answer.body) };
}

/** Asks for the list. Throws RosterFault, within two minutes. */
export async function namesAtUrl(source: Url, column: string | null): Promise<readonly string[]> {
  const ca = source.ca === null ? {} : { ca: authorityIn(source.ca) };
  const agent = new Agent({ connect: { timeout: CONNECT_MS, ...ca }, headersTimeout: HEAD_MS, bodyTimeout: HEAD_MS });
  try {
    const { type, bytes } = await asked(source, agent, AbortSignal.timeout(MOST_MS));
    return isJson(type, bytes) ? namesInJson(bytes.toString('utf8'), column) : await namesInBytes(bytes, column);
  } catch (error) {
    if (error instanceof RosterFault) throw error;
    throw new RosterFault('The list cannot be fetched: look whether its address answers from this machine.', error);
  } finally {
    await agent.destroy();
  }
}
