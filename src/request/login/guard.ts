import type { Guard } from '../../config/login-types.ts';
import { SallyportError } from '../../errors.ts';
import type { Judge } from './judge.ts';
import type { BodyKind } from './media.ts';
import { multipartJudge } from './scan-multipart.ts';
import { contentJudge, formOrElse, jsonOrElse, nothingButForm, textJudge, xmlOrElse } from './scan-text.ts';
import { laxPairs, type Watch, watchFields } from './watch.ts';

export { guardQuery } from './watch.ts';

/** Looks into a body on its way. Holds at most some kilobytes; what comes out is exactly what went in. */
export interface Scanner {
  /** What may be sent on by now. Throws `forbidden` for a guarded field, `bad-body` for what parsers read differently. */
  push(chunk: Buffer): Buffer;
  /** The rest. Throws likewise; a body that was refused stays refused. */
  end(): Buffer;
}

/** What a body is declared to be (`media.ts`). */
export interface DeclaredBody {
  readonly kind: BodyKind;
  readonly boundary: string | null;
}

/** Watches for what a body is as a whole, and for what its values hold. */
interface Watches {
  readonly whole: Watch;
  readonly within: Watch;
}

function judgeOf({ kind, boundary }: DeclaredBody, { whole, within }: Watches): Judge | null {
  switch (kind) {
    case 'form':
      return whole === within ? formOrElse(whole) : nothingButForm(whole, within);
    case 'json':
      return jsonOrElse(whole);
    case 'xml':
      return xmlOrElse(whole);
    case 'text':
    case 'yaml':
      return textJudge(whole, kind === 'yaml');
    case 'multipart':
      if (boundary === null) throw new SallyportError('unsupported-media-type', 'multipart without boundary');
      return multipartJudge(whole, boundary, contentJudge(within));
    case 'doubtful':
      throw new SallyportError('unsupported-media-type', 'a doubtful media type');
    case 'none':
    case 'other':
      return null;
    default:
      return kind satisfies never;
  }
}

const EMPTY = Buffer.alloc(0);

function scannerOf(judge: Judge): Scanner {
  let held: Buffer = EMPTY;
  let open = false;
  /** Open only while the judge says so: after a refusal nothing comes out any more. */
  const judged = <T>(look: () => T): T => {
    if (!open) throw new SallyportError('bad-body', 'the body was refused');
    open = false;
    const result = look();
    open = true;
    return result;
  };
  open = true;
  return {
    push(chunk) {
      const hold = judged(() => judge.look(chunk));
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      // The last byte always waits for the end: whatever is refused, and however late, never arrives whole.
      const sent = Math.max(0, all.length - Math.max(hold, 1));
      held = Buffer.from(all.subarray(sent));
      return all.subarray(0, sent);
    },
    end() {
      judged(() => judge.end());
      const out = held;
      held = EMPTY;
      return out;
    },
  };
}

/** What no name of a field has: a form with it in one is JSON, XML or text in UTF-7 to who looks at the bytes. */
const MARKS = /[<>{}" ]/;

/** The same watch, to which a name that is none of a field's is refused as well. */
function plainNames(watch: Watch): Watch {
  const see: Watch['see'] = (name, folded) =>
    MARKS.test(name) ? 'a document in the name of a field' : watch.see(name, folded);
  return { ...watch, see };
}

type Fields = Pick<Guard, 'fields' | 'sets'>;

/** What is watched for in a body as a whole, and in its values: the same, unless that is said by itself. */
export type BodyGuard = Fields & { readonly within?: Fields };

function watchesOf(guard: BodyGuard, query: string | null): Watches {
  const watch = ({ fields, sets }: Fields): Watch => {
    const made = watchFields(fields, sets);
    for (const pair of laxPairs(query ?? '')) {
      const why = made.see(pair.name, pair);
      if (why !== null) throw new SallyportError('forbidden', why);
    }
    return made;
  };
  const whole = watch(guard);
  // One watch for both, so that half of a set in each is the whole set.
  return guard.within === undefined
    ? { whole, within: whole }
    : { whole: plainNames(whole), within: watch(guard.within) };
}

/**
 * A scanner for a body of that kind. `fields` are refused each alone, `sets` when all of one are there, the
 * names of `query` counted in. A field's bytes are held back until its name has been judged, where the body is what it is
 * declared to be; of what some reader may take for a field besides, its value may go before the refusal, never the whole body.
 * Kind `other` and a guard without fields pass everything on. Throws `forbidden` for a query that is refused by itself: what it
 * holds may be read as if it stood in the body.
 */
export function createScanner(body: DeclaredBody, guard: BodyGuard, query: string | null = null): Scanner {
  const { fields, sets } = guard;
  const judge = fields.length + sets.length === 0 ? null : judgeOf(body, watchesOf(guard, query));
  return judge === null ? { push: (chunk) => chunk, end: () => EMPTY } : scannerOf(judge);
}
