import { issueToken, SCIM_OPERATIONS } from '../../src/manage/operations.ts';
import { addOrganisation } from '../../src/manage/organisations.ts';
import { PATCH_SCHEMA } from '../../src/scim/patch/read.ts';
import { GROUP } from '../../src/scim/schema/group.ts';
import { USER } from '../../src/scim/schema/user.ts';
import type { ParsedAnswer } from './raw.ts';
import { type Sallyport, type SallyportOptions, startSallyport } from './sallyport.ts';

export const CONSOLE = 'http://console.test';
export const BASE = `${CONSOLE}/scim/v2`;

export function startScim(options: SallyportOptions = {}): Promise<Sallyport> {
  return startSallyport({ console: `origin: "${CONSOLE}", require: mfa`, ...options });
}

export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of what was answered
  readonly body: any;
  readonly answer: ParsedAnswer;
}

export interface How {
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly type?: string;
  /** In place of JSON. */
  readonly text?: string;
}

/** A directory with its token. */
export class Directory {
  readonly #sally: Sallyport;
  readonly #secret: string;

  constructor(sally: Sallyport, secret: string) {
    this.#sally = sally;
    this.#secret = secret;
  }

  async ask(method: string, path: string, body?: unknown, how: How = {}): Promise<Answered> {
    const text = how.text ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = text === undefined ? [] : ([['Content-Type', how.type ?? 'application/scim+json']] as const);
    const headers = [['Authorization', `Bearer ${this.#secret}`], ...type, ...(how.headers ?? [])] as const;
    const sent = { door: 'console', origin: null, headers, ...(text === undefined ? {} : { body: text }) } as const;
    const answer = await this.#sally.send(method, `/scim/v2${path}`, sent);
    return { status: answer.status, body: answer.body === '' ? undefined : JSON.parse(answer.body), answer };
  }

  /** Ids of what a filter finds. */
  async find(kind: 'Users' | 'Groups', filter: string): Promise<readonly string[]> {
    const { status, body } = await this.ask('GET', `/${kind}?filter=${encodeURIComponent(filter)}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.Resources.map(({ id }: { id: string }) => id);
  }

  patch(path: string, ...operations: readonly object[]): Promise<Answered> {
    return this.ask('PATCH', path, { schemas: [PATCH_SCHEMA], Operations: operations });
  }
}

export const user = (userName: string, rest: object = {}) => ({ schemas: [USER.schema.id], userName, ...rest });
export const group = (displayName: string, rest: object = {}) => ({ schemas: [GROUP.schema.id], displayName, ...rest });

export interface TokenWish {
  readonly organisations?: readonly string[] | undefined;
  readonly role?: 'administrator' | 'auditor' | 'help-desk';
  readonly operations?: readonly string[];
}

let n = 0;

/** A token that was made on the machine. */
export async function tokenFor(sally: Sallyport, wish: TokenWish): Promise<{ id: string; directory: Directory }> {
  n += 1;
  const { role = 'administrator', operations = SCIM_OPERATIONS, organisations } = wish;
  const of = organisations === undefined ? {} : { organisations };
  const { id, secret } = await issueToken.perform(sally.manage, { name: `scim ${n}`, role, operations, ...of });
  return { id, directory: new Directory(sally, secret) };
}

/** A new organisation with its directory. */
export async function organisationWith(sally: Sallyport): Promise<{ id: string; directory: Directory }> {
  n += 1;
  const { id } = await addOrganisation.perform(sally.manage, { name: `Practice ${n}`, realm: 'staff' });
  return { id, directory: (await tokenFor(sally, { organisations: [id] })).directory };
}
