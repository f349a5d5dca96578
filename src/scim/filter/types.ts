/** Operators of RFC 7644 §3.4.2.2, table 3, that compare; `pr` compares with nothing. */
export const COMPARE = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type Compare = (typeof COMPARE)[number];

/** `[URI ":"] name ["." name]`, as it was written. */
export interface AttributePath {
  readonly schema: string | undefined;
  readonly name: string;
  readonly sub: string | undefined;
}

/** A filter as it was written; what its names mean is asked when it is matched. */
export type Filter =
  | { readonly kind: 'present'; readonly path: AttributePath }
  | {
      readonly kind: 'compare';
      readonly path: AttributePath;
      readonly op: Compare;
      readonly value: string | number | boolean | null;
    }
  | { readonly kind: 'values'; readonly path: AttributePath; readonly where: Filter }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'and' | 'or'; readonly all: readonly Filter[] };
