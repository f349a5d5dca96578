import { Replay } from '../../coverage/replay.ts';
import { type Answers, answersOf } from './answers.ts';
import {
  type AppSpan,
  appSpans,
  type ExemptionSpan,
  exemptionSpans,
  type FindingSpan,
  findingSpans,
  type SoftwareSpan,
  softwareSpans,
} from './app-spans.ts';
import { type AccountCells, accountCells } from './cells.ts';
import type { ShownEntry } from './entries.ts';
import { PackFault } from './fault.ts';
import { type Members, member } from './form.ts';
import { linesOf } from './lines.ts';
import { loadsOf } from './loads.ts';
import type { Manifest } from './manifest.ts';
import { placeBetween, placeOf } from './places.ts';
import { recordedOf } from './recorded.ts';
import { type AccountSpan, accountSpans } from './spans.ts';
import { type AppWays, appWays } from './ways.ts';

const STATEMENTS = 'statements.ndjson';

/** What a pack is about, as far as statements go by it; `sbom`: SHA-256 of its bill of materials, hexadecimal. */
export type Subject = Pick<Manifest, 'from' | 'to'> & {
  readonly organisation: { readonly id: string } | null;
  readonly sbom: string;
};

/** All that a pack states, and what people are answered by it. */
export interface Claims {
  readonly accounts: readonly AccountSpan[];
  readonly apps: readonly AppSpan[];
  readonly exemptions: readonly ExemptionSpan[];
  readonly findings: readonly FindingSpan[];
  readonly software: readonly SoftwareSpan[];
  /** At the end of the range: what leads into each app, and each account at each app. */
  readonly ways: readonly AppWays[];
  readonly cells: readonly AccountCells[];
  readonly answers: Answers;
  readonly sbom: string;
}

/** The subject of a pack that was made. */
export function subjectOf({ from, to, organisation, files }: Manifest): Subject {
  return { from, to, organisation, sbom: files.find(({ name }) => name === 'sbom.json')?.sha256 ?? '' };
}

/** What follows from what is shown, by the rules of coverage: whoever makes a pack and whoever reads it reckon it alike. */
export function claimsOf(
  { from, to, organisation, sbom }: Subject,
  shown: readonly Pick<ShownEntry, 'index' | 'values'>[],
  documents: ReadonlyMap<string, string>,
): Claims {
  const entries = shown.map(recordedOf).sort((a, b) => a.seq - b.seq);
  const indexes = new Map(shown.map(({ index, values }) => [Number(values.get('seq')), index]));
  const range = { from, to };
  const material = { range, entries, indexes, documents };
  const replay = new Replay();
  const accounts = accountSpans(range, entries, indexes, replay);
  const end = { at: to - 1, state: replay.state(), loaded: loadsOf(material).at(-1) };
  const ids = [...new Set(accounts.map(({ account }) => account))];
  const claims = {
    accounts,
    apps: appSpans(material),
    exemptions: exemptionSpans(material),
    findings: findingSpans(material),
    software: softwareSpans(material),
    ways: appWays(end),
    cells: accountCells({ end, indexes, organisation: organisation?.id ?? null }, ids),
  };
  return { ...claims, answers: answersOf(range, claims), sbom };
}

function* statementsOf(claims: Claims): Generator<object, void, undefined> {
  const { accounts, apps, exemptions, findings, software, ways, cells } = claims;
  for (const each of [accounts, apps, exemptions, findings, software, ways, cells]) yield* each;
}

/** The lines of `statements.ndjson`, without their newlines. */
export function* statementLines(claims: Claims): Generator<string, void, undefined> {
  for (const one of statementsOf(claims)) yield JSON.stringify(one);
}

/**
 * That the statements are those which follow from the entries, all of them and no others; of an account at an app that is stated
 * otherwise the fault names both. Throws `PackFault`.
 */
export async function checkStatements(members: Members, claims: Claims): Promise<Claims> {
  const expected = statementsOf(claims);
  let line = 0;
  for await (const { number, value } of linesOf(member(members, STATEMENTS))) {
    line = number;
    const next = expected.next();
    if (next.done === true || JSON.stringify(next.value) !== JSON.stringify(value))
      throw new PackFault(
        { file: STATEMENTS, line, ...placeBetween(next.done === true ? undefined : next.value, value) },
        'The statement does not follow from the entries that are shown.',
      );
  }
  const next = expected.next();
  if (next.done !== true)
    throw new PackFault(
      { file: STATEMENTS, line: line + 1, ...placeOf(next.value) },
      'A statement that follows from the entries is left out.',
    );
  return claims;
}
