import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe } from 'node:test';
import pg from 'pg';
import { countSealedRows } from './count-rows.ts';
import { Faults } from './faults.ts';
import { type LoginApp, startLoginApp } from './login-app.ts';
import { type PresetChoice, presetText } from './login-app-preset.ts';
import { type Sallyport, type SallyportOptions, startSallyport } from './sallyport.ts';
import { Signer } from './signer.ts';
import { postgres } from './stores.ts';

export interface SiteChoice {
  readonly order: 'factor-first' | 'login-first';
  readonly preset?: PresetChoice;
  /** More of the login block, such as `recheck: 0s`. */
  readonly login?: readonly string[];
  /** More of the app's block, each line indented by four blanks. */
  readonly lines?: readonly string[];
}

/** Hosts by name: `front` is http://front.test. All lead to the same app. */
export type Sites = Readonly<Record<string, SiteChoice>>;

/** The four ways in which an app may be bound. */
export const SITES = {
  portal: { order: 'factor-first' },
  front: { order: 'login-first' },
  form: { order: 'factor-first', preset: { whoami: false } },
  formfront: { order: 'login-first', preset: { whoami: false } },
} as const satisfies Sites;

/** One Sallyport before one app with a login of its own, on one database. */
export interface Bound {
  readonly sally: Sallyport;
  readonly app: LoginApp;
  readonly database: 'sqlite' | 'postgres';
  /** What befalls its store; forgotten before each test. */
  readonly faults: Faults;
  /** A person with an account at the app, enrolled, at a browser that is signed out. Kept over the tests of the file. */
  signer(name: string, site?: string): Promise<Signer>;
  /** A browser of somebody who has no authenticator, at a site. `known`: with an account at Sallyport. */
  stranger(name: string, site?: string): Signer;
  /** The same configuration and database again, in this process: another node. Closed by the caller. */
  node(): Promise<Sallyport>;
  /** Everything that this Sallyport has logged and recorded, as text. */
  told(): Promise<string>;
  /** Everything that lies in the database, as text. */
  atRest(): Promise<string>;
  /** Number of rows of every table that there is, once all that is on record is sealed. */
  rows(): Promise<Readonly<Record<string, number>>>;
}

export const hostOf = (site: string): string => `${site}.test`;

function block(site: string, choice: SiteChoice, folder: string): string[] {
  const more = (choice.login ?? []).map((line) => `, ${line}`).join('');
  return [
    `    login: { preset: ${folder}/${site}.yml, order: ${choice.order}${more} }`,
    '    target: { encoded_slash: true, empty_segments: true }',
    ...(choice.lines ?? []),
  ];
}

async function optionsFor(
  sites: Sites,
  app: LoginApp,
  folder: string,
  faults: Faults,
  url?: string,
): Promise<SallyportOptions> {
  const [first, ...rest] = Object.entries(sites);
  if (first === undefined) throw new Error('no site');
  for (const [site, { preset }] of [first, ...rest]) await writeFile(join(folder, `${site}.yml`), presetText(preset));
  return {
    realm: 'app',
    host: hostOf(first[0]),
    data: folder,
    store: faults.wrap,
    upstream: app.upstream,
    ...(url === undefined ? {} : { postgres: url }),
    app: block(first[0], first[1], folder),
    apps: rest.flatMap(([site, choice]) => [
      `  ${site}:`,
      `    hosts: [${hostOf(site)}]`,
      `    origin: http://${hostOf(site)}`,
      `    upstream: { url: ${app.origin}, first_byte_timeout: 2s }`,
      '    realm: staff',
      ...block(site, choice, folder),
    ]),
  };
}

class Running implements Bound {
  readonly sally: Sallyport;
  readonly app: LoginApp;
  readonly database: Bound['database'];
  readonly faults: Faults;
  readonly #options: SallyportOptions;
  readonly #first: string;
  readonly #people = new Map<string, Signer>();

  constructor(
    sally: Sallyport,
    app: LoginApp,
    database: Bound['database'],
    faults: Faults,
    options: SallyportOptions,
    first: string,
  ) {
    this.sally = sally;
    this.app = app;
    this.database = database;
    this.faults = faults;
    this.#options = options;
    this.#first = first;
  }

  async signer(name: string, site = this.#first): Promise<Signer> {
    let person = this.#people.get(name);
    if (person === undefined) {
      person = new Signer(this.sally, name, hostOf(this.#first));
      await person.enrol();
      this.#people.set(name, person);
    }
    this.app.upstream.clear();
    this.app.served.length = 0;
    await person.forgiven();
    return person.another(hostOf(site));
  }

  stranger(name: string, site = this.#first): Signer {
    return new Signer(this.sally, name, hostOf(site));
  }

  node(): Promise<Sallyport> {
    return startSallyport({ ...this.#options, clock: this.sally.clock });
  }

  async atRest(): Promise<string> {
    const { postgres: url, data = '' } = this.#options;
    if (url === undefined) {
      const files = (await readdir(data)).filter((file) => file.includes('.db'));
      return (await Promise.all(files.map((file) => readFile(join(data, file), 'latin1')))).join('\n');
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const names = 'select tablename from pg_tables where schemaname = current_schema()';
      const { rows: tables } = await client.query<{ tablename: string }>(names);
      const texts: string[] = [];
      for (const { tablename } of tables) {
        const { rows } = await client.query<{ t: string }>(`select t::text from "${tablename}" t`);
        texts.push(...rows.map(({ t }) => t));
      }
      return texts.join('\n');
    } finally {
      await client.end();
    }
  }

  async rows(): Promise<Readonly<Record<string, number>>> {
    const { postgres: url, data = '' } = this.#options;
    return countSealedRows(url, data);
  }

  async told(): Promise<string> {
    return JSON.stringify(this.sally.log) + JSON.stringify(await this.sally.audit());
  }
}

/** Runs a set of tests on both databases: one Sallyport and one app for all of them, the app behaving anew in each. */
export function boundTests(define: (on: Bound) => void, sites: Sites = SITES): void {
  for (const database of ['sqlite', 'postgres'] as const) {
    describe(database, () => {
      let running: Running | undefined;
      let folder = '';
      const of = (): Running => {
        if (running === undefined) throw new Error('Sallyport is not running');
        return running;
      };
      before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'sallyport-bound-'));
        const app = await startLoginApp();
        const faults = new Faults();
        const url = database === 'postgres' ? await (await postgres()).migrated() : undefined;
        const options = await optionsFor(sites, app, folder, faults, url);
        try {
          const sally = await startSallyport(options);
          running = new Running(sally, app, database, faults, options, Object.keys(sites)[0] ?? '');
        } catch (error) {
          await app.close();
          throw error;
        }
      });
      beforeEach(() => {
        const { app, faults } = of();
        app.reset();
        faults.broken = null;
        faults.slowMs = 0;
        faults.calls.length = 0;
      });
      after(async () => {
        await running?.sally.close();
        await running?.app.close();
        await rm(folder, { recursive: true, force: true });
      });
      define({
        get sally() {
          return of().sally;
        },
        get app() {
          return of().app;
        },
        get faults() {
          return of().faults;
        },
        database,
        signer: (name, site) => of().signer(name, site),
        stranger: (name, site) => of().stranger(name, site),
        node: () => of().node(),
        told: () => of().told(),
        rows: () => of().rows(),
        atRest: () => of().atRest(),
      });
    });
  }
}
