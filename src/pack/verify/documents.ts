import type { ShownEntry } from './entries.ts';
import { PackFault } from './fault.ts';
import { digestOf, type Members } from './form.ts';
import { wholeText } from './lines.ts';
import { checkRosters } from './rosters.ts';

const FOLDER = 'documents/';
/** Of a document, bytes. */
const MAX_DOCUMENT = 16 * 1024 * 1024;

/** The documents by their digest; each is named by an entry that is shown, and so are the lists of accounts. Throws `PackFault`. */
export async function checkDocuments(members: Members, entries: readonly ShownEntry[]): Promise<Map<string, string>> {
  const named = new Set<unknown>();
  for (const { values } of entries)
    for (const [name, value] of values) if (name.startsWith('detail.')) named.add(value);
  const documents = new Map<string, string>();
  for (const [name, found] of members) {
    if (!name.startsWith(FOLDER)) continue;
    const digest = name.slice(FOLDER.length);
    const text = await wholeText(found, MAX_DOCUMENT);
    if (digestOf(text) !== digest)
      throw new PackFault({ file: name }, 'The document has another digest than its name says.');
    if (!named.has(digest)) throw new PackFault({ file: name }, 'No entry that is shown names the document.');
    documents.set(digest, text);
  }
  await checkRosters(members, entries);
  return documents;
}
