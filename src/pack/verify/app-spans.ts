import { loadsOf, type Material, type Software } from './loads.ts';
import type { Range } from './spans.ts';

/** An app as it was configured from one moment to another. */
export interface AppSpan {
  readonly app: string;
  readonly realm: string;
  /** How its own login is bound to the second factor, in the words of `check`. */
  readonly bound: string;
  readonly from: number;
  readonly until: number;
  readonly basis: readonly number[];
}

/** A path of an app that needs no session, while it is configured and not over. */
export interface ExemptionSpan {
  readonly app: string;
  readonly exemption: string;
  readonly reason: string;
  readonly owner: string;
  readonly from: number;
  readonly until: number;
  readonly basis: readonly number[];
}

/** The software that was in force from one moment to another. */
export interface SoftwareSpan extends Software {
  readonly from: number;
  readonly until: number;
  readonly basis: readonly number[];
}

/** What was found of an app from outside, and stayed so until something else was found, or the range ends. */
export interface FindingSpan {
  readonly finding: string;
  readonly app: string | null;
  readonly ok: boolean;
  readonly from: number;
  readonly until: number;
  /** How many times it was looked at within the range. */
  readonly count: number;
  /** The first and the last of the entries that found it so. */
  readonly basis: readonly number[];
}

/** Values that stand from when they came until they are gone, or are others; joined where the same comes again. */
class Standing<T extends object> {
  readonly spans: (T & { readonly from: number; until: number })[] = [];
  readonly #now = new Map<string, T & { readonly from: number; until: number }>();

  /** All that there is from this moment on. */
  put(at: number, values: ReadonlyMap<string, T>): void {
    for (const [key, span] of this.#now) {
      if (values.has(key)) continue;
      span.until = Math.max(span.from, at);
      this.#now.delete(key);
    }
    for (const [key, value] of values) {
      if (this.#now.has(key)) continue;
      const span = { ...value, from: at, until: Number.POSITIVE_INFINITY };
      this.#now.set(key, span);
      this.spans.push(span);
    }
  }
}

/** What of a span lies in the range; undefined: nothing. */
function within<T extends { readonly from: number; readonly until: number }>(
  span: T,
  { from, to }: Range,
): T | undefined {
  const cut = { ...span, from: Math.max(span.from, from), until: Math.min(span.until, to) };
  return cut.from < cut.until ? cut : undefined;
}

const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Apps by id and time. */
export function appSpans(material: Material): AppSpan[] {
  const standing = new Standing<Omit<AppSpan, 'from' | 'until'>>();
  for (const { at, index, meant } of loadsOf(material)) {
    const values = (meant?.apps ?? []).map(({ id, realm, bound }) => {
      return [JSON.stringify([id, realm, bound]), { app: id, realm, bound, basis: [index] }] as const;
    });
    standing.put(at, new Map(values));
  }
  return standing.spans
    .flatMap((span) => within(span, material.range) ?? [])
    .map(({ app, realm, bound, from, until, basis }) => ({ app, realm, bound, from, until, basis }))
    .sort((a, b) => inOrder(a.app, b.app) || a.from - b.from);
}

/** Exemptions by app, method and path, and time. */
export function exemptionSpans(material: Material): ExemptionSpan[] {
  const standing = new Standing<Omit<ExemptionSpan, 'from' | 'until'> & { readonly over: number }>();
  for (const { at, index, meant } of loadsOf(material)) {
    const values = (meant?.apps ?? []).flatMap(({ id, exemptions }) =>
      exemptions.map(({ method, path, reason, owner, expiresAt: over }) => {
        const value = { app: id, exemption: `${method} ${path}`, reason, owner, over, basis: [index] };
        return [JSON.stringify([id, method, path, reason, owner, over]), value] as const;
      }),
    );
    standing.put(at, new Map(values));
  }
  return standing.spans
    .map((span) => ({ ...span, until: Math.min(span.until, span.over) }))
    .flatMap((span) => within(span, material.range) ?? [])
    .map(({ app, exemption, reason, owner, from, until, basis }) => ({
      ...{ app, exemption, reason, owner, from, until, basis },
    }))
    .sort((a, b) => inOrder(a.app, b.app) || inOrder(a.exemption, b.exemption) || a.from - b.from);
}

/** Software by time, as entries of configurations name it. */
export function softwareSpans(material: Material): SoftwareSpan[] {
  const standing = new Standing<Omit<SoftwareSpan, 'from' | 'until'>>();
  for (const { at, index, software } of loadsOf(material)) {
    const { sallyport, node, sbom } = software;
    standing.put(at, new Map([[JSON.stringify([sallyport, node, sbom]), { sallyport, node, sbom, basis: [index] }]]));
  }
  return standing.spans
    .flatMap((span) => within(span, material.range) ?? [])
    .map(({ sallyport, node, sbom, from, until, basis }) => ({ sallyport, node, sbom, from, until, basis }))
    .sort((a, b) => a.from - b.from || (a.basis[0] ?? 0) - (b.basis[0] ?? 0));
}

/** Kinds of entries that say what was found from outside, and what they looked at. */
const FOUND: Readonly<Record<string, string>> = {
  'canary.passed': 'canary',
  'canary.failed': 'canary',
  'origin.checked': 'origin.checked',
  'origin.log-read': 'origin.log-read',
  'roster.read': 'roster.read',
};

/** Findings by what was looked at, app, and time. */
export function findingSpans({ range, entries, indexes }: Material): FindingSpan[] {
  const open = new Map<string, FindingSpan>();
  const spans: FindingSpan[] = [];
  const close = (span: FindingSpan, until: number) => {
    const cut = within({ ...span, until }, range);
    if (cut !== undefined) spans.push(cut);
  };
  for (const { kind, outcome, appId: app, at, seq } of entries) {
    const finding = Object.hasOwn(FOUND, kind) ? FOUND[kind] : undefined;
    if (finding === undefined || at >= range.to) continue;
    const ok = outcome === 'ok' && !kind.endsWith('.failed');
    const [key, index] = [`${finding} ${app ?? ''}`, indexes.get(seq) ?? 0];
    const [before, counted] = [open.get(key), at >= range.from ? 1 : 0];
    if (before !== undefined && before.ok === ok) {
      const basis = [before.basis[0] ?? index, index];
      open.set(key, { ...before, count: before.count + counted, basis });
      continue;
    }
    const from = Math.max(at, before?.from ?? at);
    if (before !== undefined) close(before, from);
    open.set(key, { finding, app, ok, from, until: range.to, count: counted, basis: [index] });
  }
  for (const span of open.values()) close(span, range.to);
  return spans.sort((a, b) => inOrder(a.finding, b.finding) || inOrder(a.app ?? '', b.app ?? '') || a.from - b.from);
}
