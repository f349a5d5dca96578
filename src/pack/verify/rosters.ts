import { bytesOf, fromHex, toHex } from './bytes.ts';
import type { ShownEntry } from './entries.ts';
import { PackFault } from './fault.ts';
import type { Members } from './form.ts';
import { linesOf, parseJson } from './lines.ts';
import { hasForm, isCount, isText } from './manifest.ts';
import { Sha256, sha256 } from './sha256.ts';
import type { Member } from './zip.ts';

const FOLDER = 'rosters/';
/** What the digest of a list begins with (docs/decisions/0066). */
const FORMAT = 'sallyport roster v2\n';

const isSalt = (value: unknown): boolean => isText(value) && /^[0-9a-f]{32}$/.test(String(value));
const isCommitment = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(String(value));

/** How many names of each list the entries say were erased, by the digest of the list. */
export function erasedNames(entries: readonly Pick<ShownEntry, 'values'>[]): ReadonlyMap<string, number> {
  const erased = new Map<string, number>();
  for (const { values } of entries) {
    if (values.get('kind') !== 'roster.erased') continue;
    const digest = String(values.get('detail.digest'));
    const count = values.get('detail.erased');
    erased.set(digest, (erased.get(digest) ?? 0) + (isCount(count) ? count : 0));
  }
  return erased;
}

/** What a line commits to: of a name that is kept, reckoned from it. Undefined for what is no line. */
function commitmentOf(value: unknown): { readonly commitment: string; readonly isOpen: boolean } | undefined {
  if (hasForm(value, { commitment: isCommitment })) return { commitment: String(value.commitment), isOpen: false };
  if (!hasForm(value, { salt: isSalt, text: isText })) return undefined;
  const text = String(value.text);
  if (!isText(parseJson(text))) return undefined;
  return { commitment: toHex(sha256(fromHex(String(value.salt)), bytesOf(text))), isOpen: true };
}

async function checkList(found: Member, erased: number): Promise<void> {
  const file = found.name;
  const whole = new Sha256();
  whole.update(bytesOf(FORMAT));
  let [before, open, hidden] = ['', 0, 0];
  for await (const { number: line, value } of linesOf(found)) {
    const of = commitmentOf(value);
    if (of === undefined) throw new PackFault({ file, line }, 'The line is not that of a list of accounts.');
    if (of.commitment <= before) throw new PackFault({ file, line }, 'Names of a list stand in order, each once.');
    before = of.commitment;
    whole.update(bytesOf(`${before}\n`));
    if (of.isOpen) open += 1;
    else hidden += 1;
  }
  if (toHex(whole.digest()) !== file.slice(FOLDER.length))
    throw new PackFault({ file }, 'The list has another digest than its name says.');
  if (open === 0 || hidden !== erased)
    throw new PackFault({ file }, 'Other names of the list are left out than entries that are shown say were erased.');
}

/**
 * That each list of accounts is one that an entry names by its digest, and that of its names those are left out alone of which
 * entries say that they were erased. Throws `PackFault`.
 */
export async function checkRosters(members: Members, entries: readonly ShownEntry[]): Promise<void> {
  const erased = erasedNames(entries);
  const named = new Set<unknown>();
  for (const { values } of entries) if (values.get('kind') === 'roster.read') named.add(values.get('detail.digest'));
  for (const [name, found] of members) {
    if (!name.startsWith(FOLDER)) continue;
    const digest = name.slice(FOLDER.length);
    if (!named.has(digest)) throw new PackFault({ file: name }, 'No entry that is shown names the list.');
    await checkList(found, erased.get(digest) ?? 0);
  }
}
