import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import test from 'node:test';
import { verify } from '../../../src/pack/verify/verify.ts';
import { formatVerifierKey } from '../../../src/tlog/key.ts';
import { DAY, evidenceStore, LISTED, packed, partsOf, START, WISH } from '../../support/evidence.ts';
import { filesOf, remade } from '../../support/remake.ts';

const ROSTER = /^rosters\//;

const { key, pack, before } = await evidenceStore(async ({ pack, estate }) => {
  const early = { ...WISH, to: START + 15 * DAY };
  return { key: estate.key, pack, before: await packed(await partsOf(estate, early), early) };
});
const asked = { key: formatVerifierKey(key), checkpoint: null };
const files = await filesOf(pack);
const lists = [...files].filter(([name]) => ROSTER.test(name));

const [name, text] = lists.find(([, content]) => content.includes('commitment')) ?? assert.fail();
const lines = text.toString().trim().split('\n');

/** The check that refused it, signed anew with this list in place of the other, or with another file of that kind. */
async function refusal(changed: readonly string[], as = name): Promise<string> {
  const kept = [...files].filter(([each]) => each !== name);
  const at = kept.findIndex(([each]) => each === 'sbom.json');
  kept.splice(at, 0, [as, Buffer.from(changed.map((line) => `${line}\n`).join(''))]);
  const { verdict, checks } = await verify({ pack: await remade(new Map(kept), key), ...asked });
  assert.equal(verdict, 'failed');
  const found = checks.find(({ ok }) => ok === false);
  assert.equal(found?.check, 'documents');
  return found?.says ?? '';
}

test('a pack made after names were erased holds, and has the names that are kept and no other', async () => {
  assert.equal((await verify({ pack, ...asked })).verdict, 'verified');
  const all = [...files].map(([, content]) => content.toString('latin1')).join('\n');
  assert.ok(!all.includes('eve stranger'), 'an erased name is nowhere');
  assert.equal(lists.length, 2, 'of a list without any name there is no file');
  const names = lines.flatMap((line) => {
    const { text: json } = JSON.parse(line) as { text?: string };
    return json === undefined ? [] : [JSON.parse(json) as string];
  });
  assert.deepEqual(names.sort(), LISTED.filter((each) => each !== 'eve stranger').sort());
});

test('a pack of an earlier range says too why names are left out', async () => {
  assert.equal((await verify({ pack: before, ...asked })).verdict, 'verified');
  assert.ok((await filesOf(before)).has(name));
});

test('who has the key and alters, hides, adds or swaps a name is found', async () => {
  const open = lines.findIndex((line) => line.includes('salt'));
  const { salt, text: json } = JSON.parse(lines[open] ?? '') as { salt: string; text: string };
  const commitment = hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(json)]));
  const other = lines.with(open, JSON.stringify({ salt, text: '"somebody else"' }));
  assert.match(await refusal(other), /another digest|in order/);
  assert.match(await refusal(lines.with(open, JSON.stringify({ commitment }))), /left out than entries/);
  assert.match(await refusal(lines.toSpliced(open, 1)), /another digest/);
  assert.match(await refusal(lines.toSpliced(open, 0, lines[open] ?? '')), /in order/);
  assert.match(await refusal(lines.toReversed()), /in order/);
  assert.match(await refusal(lines.with(open, JSON.stringify({ salt, text: 'bare' }))), /not that of a list/);
  assert.match(await refusal(lines.with(open, JSON.stringify({ salt, text: json, more: 1 }))), /not that of a list/);
  assert.match(
    await refusal(lines.with(open, JSON.stringify({ salt: salt.toUpperCase(), text: json }))),
    /not that of/,
  );
  assert.match(await refusal(lines, `rosters/${'0'.repeat(64)}`), /No entry that is shown names/);
});

test('a list that is whole cannot be shown with less', async () => {
  const [whole, content] = lists.find(([each]) => each !== name) ?? assert.fail();
  const { salt, text: json } = JSON.parse(content.toString().trim()) as { salt: string; text: string };
  const commitment = hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(json)]));
  const hidden = Buffer.from(`${JSON.stringify({ commitment })}\n`);
  const forged = await remade(new Map([...files].map(([each, was]) => [each, each === whole ? hidden : was])), key);
  assert.equal((await verify({ pack: forged, ...asked })).verdict, 'failed');
});
