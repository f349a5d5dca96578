import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { UNCHANGED } from '../operations/types.ts';
import { administration } from './administration.ts';
import { checkPlaces, doAll } from './import-do.ts';
import { CHANGEABLE, type Plan, type Planned, planOf } from './import-plan.ts';
import { type LineFault, MOST_LINES, readLines } from './import-text.ts';
import { query, type Reading } from './query.ts';

const fault = z.strictObject({
  /** Counted from 1, the names of the columns being one. */
  line: z.number(),
  /** null: it is wrong as a whole. */
  column: z.string().nullable(),
  message: z.string(),
});
export type ImportFault = Readonly<z.infer<typeof fault>>;

const account = z.strictObject({ id: z.string(), realm: z.string(), name: z.string() });
const fields = z.array(z.enum(CHANGEABLE)).readonly();

const result = z.strictObject({
  /** Added accounts; empty when there is any fault, unless lines with one are left out. */
  added: z.array(account).readonly(),
  /** Accounts that were there and are now as their line says, with what was changed; empty as above. */
  changed: z.array(account.extend({ fields })).readonly(),
  /** Accounts that were as their line says. */
  unchanged: z.array(account).readonly(),
  /** What is wrong; with `skipFaulty` of the lines that were left out. */
  faults: z.array(fault).readonly(),
});
export type Imported = Readonly<z.infer<typeof result>>;

const input = z.strictObject({
  /** CSV whose first line names its columns. */
  text: z.string(),
  /** Where each line below the first stands in a longer text, that this is a part of: what is told of it has that number. */
  lines: z.array(z.int().positive()).readonly().optional(),
  /** An account that is there is a fault. */
  newOnly: z.boolean().optional(),
  /** Lines with a fault are left out, and the others done: chosen, since else nothing is done with any fault. */
  skipFaulty: z.boolean().optional(),
  /** `digest` of a preview: done only while it does what that showed, or nothing. */
  preview: z.string().optional(),
});
type Input = z.infer<typeof input>;

const NO_PLAN = { lines: [] } as const;
const whole = (message: string): Plan => ({ ...NO_PLAN, faults: [{ line: 1, column: null, message }] });

async function planFor(ctx: Reading, { text, lines, newOnly }: Input): Promise<Plan> {
  const read = await readLines(text);
  if (!('columns' in read)) return { ...NO_PLAN, faults: read };
  const { columns, rows } = read;
  if (rows.length > MOST_LINES) return whole(`there are more than ${MOST_LINES} lines: send them in parts`);
  if (lines !== undefined && lines.length !== rows.length)
    throw new SallyportError('usage', `${lines.length} numbers of lines were given for ${rows.length} lines`);
  const numbered = rows.map((row, i) => ({ ...row, line: lines?.[i] ?? row.line }));
  return planOf(ctx, { columns, rows: numbered }, newOnly);
}

const line = z.strictObject({
  line: z.number(),
  realm: z.string(),
  name: z.string(),
  what: z.enum(['new', 'changed', 'unchanged']),
  /** What would be changed. */
  fields,
  /** Where it would belong, by id. */
  organisation: z.string(),
  /** What the line says of it; null: nothing. */
  email: z.string().nullable(),
  groups: z.array(z.string()).readonly().nullable(),
});
export type PreviewLine = Readonly<z.infer<typeof line>>;

function previewed(planned: Planned): PreviewLine {
  const { what, wish, row } = planned;
  return {
    ...{ line: wish.line, realm: row.realm, name: row.name, what },
    fields: planned.what === 'changed' ? planned.fields : [],
    organisation: wish.organisation ?? row.organisationId,
    ...{ email: wish.email ?? null, groups: wish.groups ?? null },
  };
}

/** What each line does and what is wrong with the others, as a text that is another for any other plan. */
function digestOf({ lines, faults }: Plan): string {
  return sha256(JSON.stringify([lines.map(previewed), faults]));
}

/** Others write meanwhile: a line that was faulty may be good by now, and would be done without having been shown. Throws `stale`. */
function needShown({ preview }: Input, plan: Plan): void {
  if (preview === undefined || preview === digestOf(plan)) return;
  // The same once more, when it is done: there is nothing left of it.
  if (plan.lines.some(({ what }) => what !== 'unchanged'))
    throw new SallyportError('stale', 'the list would do otherwise than the preview showed: look again');
}

/**
 * What `account.import` would do with the same text, and what is wrong with it: every line is in one of the two. Changes nothing.
 * Throws `usage`.
 */
export const previewImport = query({
  name: 'account.import-preview',
  does: 'what each line of a CSV text would do, or what is wrong with it',
  needs: { roles: ['owner', 'administrator'], of: 'reach' },
  http: 'POST /accounts/import/preview',
  input: input.omit({ preview: true }),
  output: z.strictObject({
    lines: z.array(line).readonly(),
    faults: z.array(fault).readonly(),
    /** Of all of it: for `preview` of the import. */
    digest: z.string(),
  }),
  async read(ctx, asked) {
    const plan = await planFor(ctx, asked);
    return { lines: plan.lines.map(previewed), faults: plan.faults, digest: digestOf(plan) };
  },
});

/**
 * Makes accounts as the lines of a CSV text say, whose first line names its columns (`COLUMNS`; groups parted by `;`, `,` or blanks; the
 * realm may be left out where there is one): those that are not there are added, those that are there get what the line says
 * otherwise, and what it leaves empty stays. At most 10,000 lines, all or none: with any fault nothing is written, and the same text twice
 * does nothing the second time. `skipFaulty`: lines with a fault are left out, and the others done, all or none. `preview`: nothing is done that it did not show. Accounts out of the asker's reach are a fault that names
 * nobody. Throws `conflict` when accounts changed while it was judged, `stale`, `step-up-required` where it moves accounts, `forbidden` where
 * moving wants two persons.
 */
export const importAccounts = administration({
  name: 'account.import',
  does: 'adds accounts from a CSV text and changes those that it says otherwise of',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'reach' },
  http: 'POST /accounts/import',
  input,
  output: result,
  lock: 'accounts',
  records: ['account.import', 'account.add', 'account.set', 'account.move', 'ticket.revoke'],
  notices: ['email-changed'],
  async find({ ctx, input: asked }) {
    const plan = await planFor(ctx, asked);
    needShown(asked, plan);
    const { lines: good, faults } = plan;
    const lines = faults.length > 0 && asked.skipFaulty !== true ? [] : good;
    const there = lines.filter(({ what }) => what !== 'new');
    return { lines, faults, accountIds: there.map(({ row }) => row.id) };
  },
  async run({ tx, ctx, accounts, given: { lines, faults }, now }) {
    checkPlaces(ctx, lines);
    const { value, record, notices } = await doAll({ tx, ctx, accounts, now }, lines);
    const told = { ...value, faults: [...faults] as LineFault[] };
    if (record.length === 0) return { value: told, record: UNCHANGED };
    const detail = { accounts: value.added.length, changed: value.changed.length };
    return { value: told, record: [...record, { kind: 'account.import', detail }], notices };
  },
});
