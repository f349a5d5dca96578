import type { en } from './en.ts';

/** The shape of a catalogue: the same keys, any text. A language that lacks a sentence does not compile. */
type Widened<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { readonly [K in keyof T]: Widened<T[K]> };

export type Words = Widened<typeof en>;
