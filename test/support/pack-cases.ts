import { hash } from 'node:crypto';
import type { Asked, Verdict } from '../../src/pack/verify/verify.ts';
import { formatVerifierKey } from '../../src/tlog/key.ts';
import type { Shown } from '../../src/tlog/leaf.ts';
import { type Estate, evidenceStore, NORTH, packed, partsOf, WISH } from './evidence.ts';
import { altered, filesOf, numbers, remade, small } from './remake.ts';

export interface Case extends Asked {
  readonly name: string;
}

/** What every verifier says alike: words differ, and what holds and where it does not must not. */
export const said = ({ verdict, checks, entries }: Pick<Verdict, 'verdict' | 'checks' | 'entries'>) => ({
  verdict,
  entries,
  checks: checks.map(({ check, ok, where }) => ({
    check,
    ok,
    where: where === null ? null : Object.fromEntries(Object.entries(where).sort()),
  })),
});

const OTHER_KEY = 'sallyport.record/0000000000000000+00000000+AAAA';

const ENTRIES = 'entries.ndjson';

/** Files whose content follows from something else. */
const CHECKED = /ndjson$|^tables|^checkpoint|^documents|^rosters|^manifest/;

/** The pack with the field of an entry shown in another way, signed anew. */
async function shownElse(
  pack: Buffer,
  { key }: Estate,
  kind: string,
  change: (field: Shown) => object,
): Promise<Buffer> {
  const files = await filesOf(pack);
  const lines = (files.get(ENTRIES)?.toString() ?? '').split('\n').map((line) => {
    if (!line.includes(`"\\"${kind}\\""`)) return line;
    const entry = JSON.parse(line) as { index: number; fields: Shown[] };
    return JSON.stringify({ ...entry, fields: entry.fields.map(change) });
  });
  return remade(new Map([...files, [ENTRIES, Buffer.from(lines.join('\n'))]]), key);
}

/** Behind its commitment, as it was sealed: the leaf is the same. */
export const hiding = (name: string) => (field: Shown) =>
  field.name !== name
    ? field
    : {
        name,
        commitment: hash(
          'sha256',
          Buffer.concat([Buffer.from(field.salt, 'base64'), Buffer.from(field.text)]),
          'base64',
        ),
      };

/** Packs whose maker, who has the key, shows less of an entry than the rules go by, or a number that languages read differently. */
export async function lessShown(pack: Buffer, estate: Estate): Promise<Record<string, Buffer>> {
  const spelt = (text: string) => (field: Shown) => (field.name === 'detail.codes' ? { ...field, text } : field);
  return {
    'which factor was disabled is hidden': await shownElse(
      ...([pack, estate, 'authenticator.disabled', hiding('detail.authenticator')] as const),
    ),
    'what was in force is hidden': await shownElse(pack, estate, 'config.load', hiding('detail.meaning')),
    'a source is hidden in a pack of everything': await shownElse(pack, estate, 'enrol.open', hiding('source')),
    'a number with a fraction of nothing': await shownElse(pack, estate, 'recovery.replace', spelt('10.0')),
    'a number that no double holds': await shownElse(pack, estate, 'recovery.replace', spelt('12345678901234567890')),
    'a number with an exponent': await shownElse(pack, estate, 'recovery.replace', spelt('1e+16')),
  };
}

type Stated = {
  account?: string;
  cells?: { apps: string[]; class: string; used: number | null }[];
  factors?: object[];
};

/** What somebody who has the key may do to what is said of an account at an app; what the fault names. */
const OTHERWISE: Readonly<Record<string, readonly [what: string, change: (lines: Stated[]) => Stated[]]>> = {
  'a cell is changed': [
    'acc-6f at desk',
    (all) => changedCell(all, 'acc-6f', 'desk', (cell) => [{ ...cell, class: 'protected' }]),
  ],
  'a cell has another last use': [
    'acc-5e at portal',
    (all) => changedCell(all, 'acc-5e', 'portal', (cell) => [{ ...cell, used: 5 }]),
  ],
  'a cell is dropped': ['acc-5e at ward', (all) => changedCell(all, 'acc-5e', 'ward', () => [])],
  'a cell is doubled': ['acc-5e at desk', (all) => changedCell(all, 'acc-5e', 'desk', (cell) => [cell, cell])],
  'a cell is added': [
    'acc-5e at other',
    (all) => changedCell(all, 'acc-5e', 'ward', (cell) => [cell, { ...cell, apps: ['other'] }]),
  ],
  'an account is dropped': [
    'acc-1a at desk',
    (all) => all.filter(({ account, cells }) => !cells || account !== 'acc-1a'),
  ],
  'an account is doubled': [
    'acc-6f at desk',
    (all) => [...all, ...all.filter(({ account, cells }) => cells && account === 'acc-6f')],
  ],
  'an account is added': [
    'acc-4d0 at x',
    (all) => all.flatMap((each) => (each.cells && each.account === 'acc-5e' ? [ADDED_ACCOUNT, each] : [each])),
  ],
  'a factor is left out': [
    'acc-5e',
    (all) => all.map((each) => (each.cells && each.account === 'acc-5e' ? { ...each, factors: [] } : each)),
  ],
};

const ADDED_ACCOUNT = {
  ...{ account: 'acc-4d0', realm: 'staff', name: null, organisation: null, used: null, factors: [] },
  cells: [
    { apps: ['x'], class: 'none', why: null, factors: [], acr: null, until: null, used: null, refused: [], basis: [] },
  ],
};

type PackedCell = NonNullable<Stated['cells']>[number];

/** The cells of an account with that of one app by itself, and changed. */
function changedCell(
  all: Stated[],
  account: string,
  app: string,
  change: (cell: PackedCell) => PackedCell[],
): Stated[] {
  return all.map((each) => {
    if (each.cells === undefined || each.account !== account) return each;
    const cells = each.cells.flatMap((cell) => {
      if (!cell.apps.includes(app)) return [cell];
      const others = cell.apps.filter((other) => other !== app);
      return [...change({ ...cell, apps: [app] }), ...(others.length === 0 ? [] : [{ ...cell, apps: others }])];
    });
    return { ...each, cells };
  });
}

export interface Otherwise {
  readonly name: string;
  readonly pack: Buffer;
  /** As the fault must name it. */
  readonly what: string;
  readonly check: 'statements' | 'tables';
}

/** The pack with what it says of accounts at apps altered, in its statements and in its table, and signed anew. */
export async function cellsOtherwise(pack: Buffer, { key }: Estate): Promise<Otherwise[]> {
  const files = await filesOf(pack);
  const text = (name: string) => files.get(name)?.toString() ?? '';
  const stated = text('statements.ndjson')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Stated);
  const made: Otherwise[] = [];
  const put = async (name: string, content: string, told: Omit<Otherwise, 'pack'>) => {
    made.push({ ...told, pack: await remade(new Map([...files, [name, Buffer.from(content)]]), key) });
  };
  for (const [name, [what, change]] of Object.entries(OTHERWISE)) {
    const lines = change(stated).map((each) => `${JSON.stringify(each)}\n`);
    await put('statements.ndjson', lines.join(''), { name, what, check: 'statements' });
  }
  const rows = text('tables/coverage.csv').split('\r\n');
  const at = rows.findIndex((row) => row.startsWith('"acc-5e","portal"'));
  const row = rows[at] ?? '';
  const told = { what: 'acc-5e at portal', check: 'tables' } as const;
  const table = (name: string, instead: readonly string[]) =>
    put('tables/coverage.csv', rows.toSpliced(at, 1, ...instead).join('\r\n'), { ...told, name });
  await table('a row is changed', [row.replace('"protected"', '"none"')]);
  await table('a row is dropped', []);
  await table('a row is doubled', [row, row]);
  await table('a row is added', [row.replace('portal', 'other'), row]);
  return made;
}

async function madeWith(estate: Estate, count: number, seed: number): Promise<Case[]> {
  const { key, heads } = estate;
  const asked = { key: formatVerifierKey(key), checkpoint: null };
  const wish = { ...WISH, organisation: NORTH, redact: true };
  const whole = await packed(await partsOf(estate));
  const part = await packed(await partsOf(estate, wish), wish);
  const pack = await small(whole, key);
  const cases: Case[] = [
    { name: 'as it was made', pack: whole, ...asked },
    { name: 'of an organisation, without names', pack: part, ...asked },
    { name: 'by its own key', pack, ...asked, key: null },
    { name: 'by another key', pack, ...asked, key: OTHER_KEY },
    { name: 'with a head of before', pack, ...asked, checkpoint: heads[2] ?? '' },
    { name: 'with a head of nobody', pack, ...asked, checkpoint: (heads[2] ?? '').replace(/\n[0-9]+\n/, '\n999\n') },
    { name: 'nothing', pack: Buffer.alloc(0), ...asked },
  ];
  for (const [name, less] of Object.entries(await lessShown(pack, estate))) cases.push({ name, pack: less, ...asked });
  for (const { name, pack: otherwise } of await cellsOtherwise(pack, estate))
    cases.push({ name: `signed anew, ${name}`, pack: otherwise, ...asked });
  const next = numbers(seed);
  for (let i = 0; i < count; i += 1) cases.push({ name: `bytes ${i}`, pack: altered(pack, next), ...asked });
  const files = await filesOf(pack);
  const names = [...files.keys()].filter((name) => CHECKED.test(name) && !name.endsWith('.note'));
  for (let i = 0; i < count; i += 1) {
    const name = names[next(names.length)] ?? '';
    const content = altered(files.get(name) ?? Buffer.alloc(1), next);
    const set = name === 'manifest.json' ? { size: next(90), root: (await rootOf(files)).slice(next(3)) } : {};
    const forged = await remade(name === 'manifest.json' ? files : new Map([...files, [name, content]]), key, set);
    cases.push({ name: `signed anew, ${name} ${i}`, pack: forged, ...asked });
  }
  return cases;
}

async function rootOf(files: Map<string, Buffer>): Promise<string> {
  return (files.get('checkpoint.txt')?.toString() ?? '').split('\n')[2] ?? '';
}

/** Packs, good and bad, that all verifiers must judge alike; of one seed always the same alterations. `count`: of each kind. */
export function packCases(count: number, seed = 7): Promise<Case[]> {
  return evidenceStore(({ estate }) => madeWith(estate, count, seed));
}
