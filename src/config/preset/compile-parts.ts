import { compilePattern, type Pattern } from '../../lib/pattern.ts';
import { plainLetters } from '../../lib/readings/best-fit.ts';
import type { Allowed, Predicate, QueryRule } from '../login-types.ts';
import type { Path } from '../source.ts';
import { globPattern, namePattern, valuePattern } from './glob.ts';
import { filled, filledPattern, type Values } from './params.ts';
import type { WrittenPredicate } from './schema.ts';

export interface PresetFinding {
  readonly path: Path;
  readonly message: string;
}

const NEVER: Pattern = { source: '', test: () => false, capture: () => undefined };

/** Turns the written parts of a preset into what is matched against; every fault is gathered with its place. */
export class Compiler {
  readonly faults: PresetFinding[] = [];
  readonly #params: Values;
  readonly #nocase: boolean;

  constructor(values: Values, nocase: boolean) {
    this.#params = values;
    this.#nocase = nocase;
  }

  #try<T>(path: Path, instead: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.faults.push({ path, message: `Not usable: ${error instanceof Error ? error.message : String(error)}.` });
      return instead;
    }
  }

  text(path: Path, written: string): string {
    return this.#try(path, '', () => filled(written, this.#params));
  }

  /** Of what is filled in again for each request: the name may stand in it. */
  later(path: Path, written: string): string {
    return this.#try(path, '', () => filled(written, this.#params, { account: true }));
  }

  pattern(path: Path, written: string): Pattern {
    return this.#try(path, NEVER, () => compilePattern(filledPattern(written, this.#params)));
  }

  /** Of a whole raw path. */
  path(path: Path, written: string): Pattern {
    return this.#try(path, NEVER, () => globPattern(filled(written, this.#params), { lower: this.#nocase }));
  }

  /** Of a whole reading of a path (lib/readings): in plain letters, without a slash at the end. */
  foldedPath(path: Path, written: string): Pattern {
    return this.#try(path, NEVER, () => {
      const bare = filled(written, this.#params).replace(/(?<=.)\/$/, '');
      return globPattern(plainLetters(bare));
    });
  }

  name(path: Path, written: string): Pattern {
    const fill = written.startsWith('^') ? filledPattern : filled;
    return this.#try(path, NEVER, () => namePattern(fill(written, this.#params)));
  }

  names(path: Path, written: readonly string[] | undefined): readonly Pattern[] {
    return (written ?? []).map((each, i) => this.name([...path, i], each));
  }

  texts(path: Path, written: readonly string[] | undefined): readonly string[] {
    return (written ?? []).map((each, i) => this.text([...path, i], each));
  }

  allowed(path: Path, written: Allowed): Allowed {
    return written === 'any' ? 'any' : this.texts(path, written);
  }

  allowedMap(path: Path, written: Readonly<Record<string, Allowed>> | undefined): ReadonlyMap<string, Allowed> {
    return new Map(
      Object.entries(written ?? {}).map(([name, each]) => [this.text(path, name), this.allowed([...path, name], each)]),
    );
  }

  query(path: Path, written: 'any' | Readonly<Record<string, Allowed>> | undefined): QueryRule {
    return written === 'any' ? 'any' : this.allowedMap(path, written);
  }

  /** Values in a document: a plain one is meant whole. */
  #values(path: Path, written: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, Pattern> {
    return new Map(
      Object.entries(written ?? {}).map(([name, each]) => [
        this.text(path, name),
        this.#try([...path, name], NEVER, () => valuePattern(filledPattern(each, this.#params))),
      ]),
    );
  }

  patterns(
    path: Path,
    written: Readonly<Record<string, string>> | undefined,
    lower = false,
  ): ReadonlyMap<string, Pattern> {
    return new Map(
      Object.entries(written ?? {}).map(([name, each]) => [
        lower ? name.toLowerCase() : this.text(path, name),
        this.pattern([...path, name], each),
      ]),
    );
  }

  #optional(path: Path, key: string, written: string | undefined): Pattern | null {
    return written === undefined ? null : this.pattern([...path, key], written);
  }

  predicate(path: Path, written: WrittenPredicate): Predicate {
    return {
      status: written.status ?? null,
      location: this.#optional(path, 'location', written.location),
      cookie: written.cookie === undefined ? null : this.name([...path, 'cookie'], written.cookie),
      nocookie: written.nocookie === undefined ? null : this.name([...path, 'nocookie'], written.nocookie),
      headers: this.patterns([...path, 'header'], written.header, true),
      body: this.#optional(path, 'body', written.body),
      json: this.#values([...path, 'json'], written.json),
      xml: this.#values([...path, 'xml'], written.xml),
      probe: written.probe ?? null,
    };
  }

  predicates(path: Path, written: readonly WrittenPredicate[] | undefined): readonly Predicate[] {
    return (written ?? []).map((each, i) => this.predicate([...path, i], each));
  }
}
