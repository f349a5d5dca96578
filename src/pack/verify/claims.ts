import { type Answers, answersOf } from './answers.ts';
import {
  type AppSpan,
  appSpans,
  type ExemptionSpan,
  exemptionSpans,
  type FindingSpan,
  findingSpans,
} from './app-spans.ts';
import type { ShownEntry } from './entries.ts';
import { PackFault } from './fault.ts';
import { type Members, member } from './form.ts';
import { linesOf } from './lines.ts';
import type { Manifest } from './manifest.ts';
import { recordedOf } from './recorded.ts';
import { type AccountSpan, accountSpans } from './spans.ts';

const STATEMENTS = 'statements.ndjson';

/** All that a pack states, and what people are answered by it. */
export interface Claims {
  readonly accounts: readonly AccountSpan[];
  readonly apps: readonly AppSpan[];
  readonly exemptions: readonly ExemptionSpan[];
  readonly findings: readonly FindingSpan[];
  readonly answers: Answers;
}

/** What follows from what is shown, by the rules of coverage: whoever makes a pack and whoever reads it reckon it alike. */
export function claimsOf(
  { from, to }: Pick<Manifest, 'from' | 'to'>,
  shown: readonly Pick<ShownEntry, 'index' | 'values'>[],
  documents: ReadonlyMap<string, string>,
): Claims {
  const entries = shown.map(recordedOf).sort((a, b) => a.seq - b.seq);
  const indexes = new Map(shown.map(({ index, values }) => [Number(values.get('seq')), index]));
  const range = { from, to };
  const material = { range, entries, indexes, documents };
  const claims = {
    accounts: accountSpans(range, entries, indexes),
    apps: appSpans(material),
    exemptions: exemptionSpans(material),
    findings: findingSpans(material),
  };
  return { ...claims, answers: answersOf(range, claims) };
}

/** The lines of `statements.ndjson`, without their newlines. */
export function* statementLines({ accounts, apps, exemptions, findings }: Claims): Generator<string, void, undefined> {
  for (const each of [accounts, apps, exemptions, findings]) for (const one of each) yield JSON.stringify(one);
}

/** That the statements are those which follow from the entries, all of them and no others. Throws `PackFault`. */
export async function checkStatements(members: Members, claims: Claims): Promise<Claims> {
  const expected = statementLines(claims);
  let line = 0;
  for await (const { number, value } of linesOf(member(members, STATEMENTS))) {
    line = number;
    const next = expected.next();
    if (next.done === true || next.value !== JSON.stringify(value))
      throw new PackFault({ file: STATEMENTS, line }, 'The statement does not follow from the entries that are shown.');
  }
  if (expected.next().done !== true)
    throw new PackFault({ file: STATEMENTS, line: line + 1 }, 'A statement that follows from the entries is left out.');
  return claims;
}
