import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { STRANGER_PASSWORDS, type Stranger, startStranger } from '../support/strangers/app.ts';
import { QUESTION, SETTINGS } from '../support/strangers/pages.ts';
import { type Traits, traitsOf } from '../support/strangers/traits.ts';
import { recordAlone } from './alone.ts';
import { otherStaysOut, spellings } from './attacks.ts';
import type { Backend, prepareBackend } from './backend.ts';
import { enrolled } from './checks.ts';
import { type Ask, type Client, form } from './client.ts';
import { hiddenFields } from './forms.ts';
import { startGuarded } from './guarded.ts';
import type { Account, Product } from './product.ts';

const [MINE, OTHER] = ['alice', 'bob'].map((name) => ({ name, password: STRANGER_PASSWORDS[name] ?? '' }));

/** Seeds that the recorder was made with, and others that nobody has seen before: a failure names them. */
const SEEDS = [4, 8, 22, 36, 12_021, 340_007, 500_113, 777_777];
/** `TEST_SEEDS=4`: so many others besides, drawn anew, for whoever looks for what it cannot yet. */
const MORE = Array.from({ length: Number(process.env['TEST_SEEDS'] ?? 0) }, () => randomInt(10_000, 1_000_000));

function json(traits: Traits, { name, password }: Account): string {
  const root: Record<string, unknown> = {};
  for (const [field, value] of [
    [traits.account, name],
    [traits.secret, password],
  ] as const) {
    if (field === traits.account && traits.nameless) continue;
    const [outer = '', inner] = field.split(/[[\]]/);
    if (inner === undefined) root[outer] = value;
    else root[outer] = { ...(root[outer] as object), [inner]: value };
  }
  return JSON.stringify(root);
}

/** What the app's script sends. */
async function byScript(browser: Client, traits: Traits, account: Account): Promise<Ask> {
  await browser.page(traits.page);
  const headers: [string, string][] = [['X-XSRF-TOKEN', browser.cookies.get('XSRF-TOKEN') ?? '']];
  const type = traits.kind === 'fetch-json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const fields = new URLSearchParams({ [traits.account]: account.name, [traits.secret]: account.password });
  if (traits.nameless) fields.delete(traits.account);
  const body = traits.kind === 'fetch-json' ? json(traits, account) : fields.toString();
  return { method: 'POST', target: traits.action, headers: [['Content-Type', type], ...headers], body };
}

/** What its form sends: of two steps the second, or the first where that is refused. */
async function byForm(browser: Client, traits: Traits, { name, password }: Account): Promise<Ask> {
  const formIn = (html: string): [string, string][] => {
    const forms = html.match(/<form\b[\s\S]*?<\/form>/gi) ?? [];
    return hiddenFields(forms.find((one) => one.includes('>Go</button>')) ?? '');
  };
  const shown = formIn((await browser.page(traits.page)).body);
  const named: [string, string][] = traits.nameless ? [] : [[traits.account, name]];
  if (traits.steps === 1) return form(traits.action, [...shown, ...named, [traits.secret, password]]);
  const first = form(traits.action, [...shown, ...named]);
  const answer = await browser.ask(first);
  if (answer.status !== 200) return first;
  return form(`${traits.action}/verify`, [...formIn(answer.body), [traits.secret, password]]);
}

const NAMES: Readonly<Record<Traits['told'], RegExp>> = {
  header: /Signed in as <b>([^<]*)</,
  profile: /<dt>Login<\/dt><dd>([^<]*)</,
  json: /"login":"([^"]*)"/,
  boot: /"user":"([^"]*)"/,
  meta: /name="current-user" content="([^"]*)"/,
};

/** A stranger behind what was recorded of it. */
function productOf(traits: Traits, preset: string, witness: () => readonly string[]): Product {
  const { told, home } = traits;
  const target = told === 'json' ? QUESTION : told === 'profile' ? SETTINGS : home;
  assert.ok(MINE !== undefined && OTHER !== undefined);
  return {
    name: `stranger-${traits.seed}`,
    legacy: 'none',
    preset,
    orders: 'factor-first',
    mine: MINE,
    other: OTHER,
    inside: { target, name: ({ body }) => NAMES[told].exec(body)?.[1] ?? null },
    attempt: (browser, account) =>
      traits.kind === 'form' ? byForm(browser, traits, account) : byScript(browser, traits, account),
    failed: ({ status }) => status >= 400,
    sideDoors: () => [],
    decoys: () => [],
    browserCookies: /^XSRF-TOKEN$/,
    sessionCookies: null,
    ends: [],
    witness,
    person: {
      target: traits.page,
      page: null,
      arrived: () => Promise.resolve(),
      work: () => Promise.resolve(),
      loads: [],
    },
  };
}

/** Runs a stranger where a product's process would be. */
function running(traits: Traits, keep: (app: Stranger) => void): typeof prepareBackend {
  return async (_legacy, within, port): Promise<Backend> => {
    let app: Stranger | undefined;
    const log = join(within, 'product.log');
    writeFileSync(log, '');
    return {
      ...{ port, second: 0, folder: within, log },
      start: async () => {
        app = await startStranger(traits, port);
        keep(app);
      },
      stop: async () => app?.close(),
      expire: () => Promise.resolve(),
    };
  };
}

/** Two people in front of a stranger: each signs in as themselves, and not as the other. */
async function apart(traits: Traits, text: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-stranger-'));
  const preset = join(folder, 'recorded.yml');
  writeFileSync(preset, text);
  let app: Stranger | undefined;
  const product = productOf(traits, preset, () => app?.signedIn ?? []);
  const guarded = await startGuarded(
    product,
    running(traits, (started) => {
      app = started;
    }),
  ).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  try {
    const [alice, bob] = [await enrolled(guarded, 'alice'), await enrolled(guarded, 'bob')];
    await otherStaysOut(alice);
    await alice.logIn(product.mine);
    assert.equal(await alice.who(), 'alice', guarded.lastWords());
    await spellings(alice);
    await alice.logIn(product.mine);
    assert.deepEqual([...new Set(app?.signedIn)], ['alice']);
    await bob.logIn(product.other);
    assert.equal(await bob.who(product.other), 'bob');
    assert.equal(await alice.who(), 'alice');
  } finally {
    await guarded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tried(seed: number): Promise<void> {
  const traits = traitsOf(seed);
  const app = await startStranger(traits);
  assert.ok(MINE !== undefined && OTHER !== undefined);
  const asked = { origin: app.origin, publicOrigin: app.origin, mine: MINE, other: OTHER };
  const found = await recordAlone(asked).finally(() => app.close());
  const about = `${JSON.stringify(traits)}\n${found.text}\n${found.told}`;
  assert.equal(found.alone, traits.nameless ? 'one' : 'asked', about);
  assert.deepEqual(app.harmed, [], 'a link that does something was followed');
  if (!traits.nameless) await apart(traits, found.text);
}

describe('apps that nobody has met: recorded with nobody’s help, proven, and two people kept apart', {
  concurrency: 2,
}, () => {
  for (const seed of [...SEEDS, ...MORE]) test(`seed ${seed}`, () => tried(seed));
});
