import type { ZodType } from 'zod';
import { SallyportError } from '../errors.ts';
import { isStorable } from '../lib/storable.ts';
import type { Faced, Http } from './administration.ts';
import { warranted } from './administration.ts';
import type { Warrant } from './authority.ts';
import type { ManageContext } from './context.ts';

/** A list or a view that administrators ask for; it changes nothing. */
export interface Query<I, O> extends Faced {
  /** Unique among operations and queries, dotted; for ever, once it is out. */
  readonly name: `${string}.${string}`;
  /** What it shows, in a few words. */
  readonly does: string;
  /** By POST where what is asked about is a text that no address could hold. */
  readonly http: Extract<Http, `GET ${string}` | `POST ${string}`>;
  readonly input: ZodType<I>;
  readonly output: ZodType<O>;
  /** Judged, and confined to what the asker's roles reach. Throws `forbidden`, `usage`, `not-found`. */
  ask(ctx: ManageContext, input: I): Promise<O>;
}

/** A query in a table of many. */
export type ListedQuery = Omit<Query<unknown, unknown>, 'ask' | 'input' | 'output'> & {
  readonly input: ZodType;
  readonly output: ZodType;
};

/** Within what was allowed: `reach` is for the statement itself, never for what it has read. */
export type Reading = ManageContext & Warrant;

interface Asking<I, O> extends Omit<Query<I, O>, 'ask'> {
  read(ctx: Reading, input: I): Promise<O>;
}

/** Makes a query: judged by what its asker holds, its input read strictly, its answer of the form that it says. */
export function query<I, O>({ read, ...described }: Asking<I, O>): Query<I, O> {
  const { name, input: form, output } = described;
  return {
    ...described,
    ask: (asking, asked) =>
      warranted(asking, described, async (ctx) => {
        const input = form.safeParse(asked);
        if (!input.success) {
          const faults = input.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
          throw new SallyportError('usage', `${name}: ${faults.join('; ')}`);
        }
        if (!isStorable(input.data)) throw new SallyportError('usage', `${name}: a text has a character that is none`);
        const answer = output.safeParse(await read(ctx, input.data));
        if (!answer.success)
          throw new SallyportError('internal', `the answer of ${name} has another form than it says`);
        return answer.data;
      }),
  };
}
