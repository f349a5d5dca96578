import { z } from 'zod';
import { fromBase64 } from '../tlog/base64.ts';
import { Covered } from '../tlog/cover.ts';
import { LogFault } from '../tlog/fault.ts';
import { formatVerifierKey, type VerifierKey } from '../tlog/key.ts';
import { leafData } from '../tlog/leaf.ts';
import { HASH_BYTES, leafHash } from '../tlog/tree.ts';
import { EXPORT_FORMAT } from './export.ts';
import { type Finding, Findings } from './findings.ts';
import { Heads, type KeptHead, type KnownHead, keptHeads, knownHead } from './heads.ts';
import { Seen } from './seen.ts';

/** Of one line, characters. */
export const MAX_EXPORT_LINE = 4_194_304;

const whole = z.int().nonnegative();
const field = z.union([
  z.strictObject({ name: z.string(), salt: z.string(), text: z.string() }),
  z.strictObject({ name: z.string(), commitment: z.string() }),
]);
const first = z.object({ format: z.literal(EXPORT_FORMAT), key: z.string(), size: whole });
const entry = z.strictObject({ index: whole, fields: z.array(field).max(256) });
const node = z.strictObject({ node: z.strictObject({ level: whole, index: whole, hash: z.string() }) });
const last = z.strictObject({ checkpoint: z.string(), entries: whole });
const between = z.union([entry, node, last]);

export interface VerifiedExport {
  readonly size: number;
  /** Base64; null where there is no head that could be read. */
  readonly root: string | null;
  readonly entries: number;
  readonly heads: number;
  readonly findings: readonly Finding[];
  readonly found: number;
}

export interface ExportVerification {
  readonly lines: AsyncIterable<string>;
  readonly key: VerifierKey;
  readonly kept: readonly KeptHead[];
}

function parsed<T>(line: string, form: z.ZodType<T>): T | undefined {
  try {
    return form.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Puts the lines of an export together, one at a time. */
class Reading {
  readonly covered = new Covered();
  readonly heads: Heads;
  readonly #findings: Findings;
  readonly #key: VerifierKey;
  readonly #seen = new Seen();
  #kept: KnownHead[];
  readonly #hidden: KnownHead[] = [];
  entries = 0;
  head: KnownHead | undefined;
  #line = 0;
  #size = 0;
  #over = false;

  constructor({ key, kept }: ExportVerification, findings: Findings) {
    this.#findings = findings;
    this.#key = key;
    this.heads = new Heads(findings);
    this.#kept = keptHeads(kept, { key, findings });
  }

  /** Reads a line; whether more can be made of what follows. */
  take(line: string): boolean {
    this.#line += 1;
    if (this.#line === 1) return this.#first(line);
    const value = this.#over ? undefined : parsed(line, between);
    if (value === undefined) return this.#wrong('altered', `Line ${this.#line} is no line of an export.`);
    if ('checkpoint' in value) return this.#last(value);
    try {
      if ('node' in value) this.#node(value.node);
      else this.#entry(value);
    } catch (error) {
      if (!(error instanceof LogFault)) throw error;
      const index = this.covered.size;
      return this.#wrong(
        'index' in value && error.of === 'leaf' ? 'altered' : 'removed',
        `Line ${this.#line}: ${error.message}`,
        index,
      );
    }
    this.#meet();
    return true;
  }

  /** When there are no more lines. */
  end(): void {
    if (!this.#over)
      this.#wrong(
        'removed',
        'The export has no end: its last line, with the head of the log, is missing.',
        this.covered.size,
      );
    for (const head of [...this.#hidden, ...this.#kept]) {
      if (this.head !== undefined && head.size > this.head.size) this.heads.beyond(head, this.head.size);
      else
        this.#wrong(
          'unsigned',
          `The head of size ${head.size} lies within a part that is not shown: verify the store itself.`,
        );
    }
  }

  #wrong(what: Finding['what'], says: string, index?: number): false {
    this.#findings.add(what, says, index === undefined ? {} : { index });
    return false;
  }

  #first(line: string): boolean {
    const value = parsed(line, first);
    if (value === undefined) return this.#wrong('altered', 'The first line is not that of an export of the record.');
    this.#size = value.size;
    if (value.key === formatVerifierKey(this.#key)) return true;
    this.#findings.add('unsigned', 'The export names another key than the one that it is verified with.');
    return true;
  }

  #entry({ index, fields }: z.infer<typeof entry>): void {
    const data = leafData(fields);
    this.covered.add({ level: 0, index, hash: leafHash(data) });
    this.entries += 1;
    const shown = fields.find(({ name }) => name === 'seq');
    const seq = shown !== undefined && 'text' in shown ? Number(shown.text) : Number.NaN;
    if (this.#seen.add(seq))
      this.#findings.add('doubled', `Entry ${seq} is there twice, the second time at index ${index}.`, { index, seq });
  }

  #node({ level, index, hash }: z.infer<typeof node>['node']): void {
    const bytes = fromBase64(hash, HASH_BYTES);
    if (bytes === undefined) throw new LogFault('cover', 'A hash is 32 bytes in base64.');
    this.covered.add({ level, index, hash: bytes });
  }

  #meet(): void {
    for (let [head] = this.#kept; head !== undefined && head.size <= this.covered.size; [head] = this.#kept) {
      this.#kept = this.#kept.slice(1);
      if (head.size === this.covered.size) this.heads.met(head, this.covered.root(head.size), null);
      // Within a subtree that is not shown: what the tree was like there cannot be told from outside.
      else this.#hidden.push(head);
    }
  }

  #last({ checkpoint, entries }: z.infer<typeof last>): boolean {
    this.#over = true;
    const head = knownHead(checkpoint, { key: this.#key, of: 'store', findings: this.#findings });
    if (head === undefined) return true;
    this.head = head;
    const { size } = this.covered;
    if (size !== head.size)
      this.#wrong(
        'removed',
        `The export covers ${size} leaves, and its head is of ${head.size}.`,
        Math.min(size, head.size),
      );
    else this.heads.met(head, this.covered.root(size), null);
    if (this.#size !== head.size)
      this.#wrong('altered', `The first line says ${this.#size} leaves, and the head ${head.size}.`);
    if (entries !== this.entries)
      this.#wrong('removed', `The export has ${this.entries} entries, and says that it has ${entries}.`);
    return true;
  }
}

/**
 * Verifies an export by nothing but the key, and the heads that a reader has kept: each leaf is reckoned anew from what is shown, the
 * tree from the leaves and the subtrees of the rest. One pass, flat memory; stops at the first line of which nothing can be made.
 */
export async function verifyExport(asked: ExportVerification): Promise<VerifiedExport> {
  const findings = new Findings();
  const reading = new Reading(asked, findings);
  let goes = true;
  for await (const line of asked.lines) {
    goes = reading.take(line);
    if (!goes) break;
  }
  if (goes) reading.end();
  return {
    size: reading.covered.size,
    root: reading.head?.root.toString('base64') ?? null,
    entries: reading.entries,
    heads: reading.heads.held,
    findings: findings.told,
    found: findings.count,
  };
}
