import assert from 'node:assert/strict';
import { badTokens, goodTokens } from './assertion-table.ts';
import type { Issuer } from './assertions.ts';

/** What a verifier said of each token, in their order: the account's name, or null where it refused. */
export type Judge = (tokens: readonly string[]) => Promise<readonly (string | null)[]>;

/** A moment in the past, so that no verifier that looks at another clock passes by accident. */
export const NOW = 1_700_000_000;

/** The whole table, bad and good, before one verifier whose clock stands at NOW. */
export async function judgeTable(issuer: Issuer, judge: Judge): Promise<void> {
  const [bad, good] = [badTokens(issuer, NOW), goodTokens(issuer, NOW)];
  assert.ok(bad.size >= 264, `${bad.size} bad tokens`);
  const said = await judge([...bad.values(), ...[...good.values()].map(([token]) => token)]);
  assert.equal(said.length, bad.size + good.size);
  const taken = [...bad.keys()].filter((_, i) => said[i] !== null);
  assert.deepEqual(taken, [], 'bad tokens that were taken');
  const wrong = [...good].filter(([, [, name]], i) => said[bad.size + i] !== name);
  assert.deepEqual(
    wrong.map(([what], i) => `${what}: ${said[bad.size + i]}`),
    [],
    'good tokens that were refused',
  );
}
