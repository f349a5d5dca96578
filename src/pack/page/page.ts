import type { Check } from '../verify/checks.ts';
import type { Where } from '../verify/fault.ts';
import { utc } from '../verify/tables.ts';
import { sentenceOf, type Verdict, verify } from '../verify/verify.ts';

/** As much of a page as is used here: the types of this project are those of Node. */
interface Element {
  value: string;
  textContent: string;
  className: string;
  hidden: boolean;
  disabled: boolean;
  readonly files: ArrayLike<File> | null;
  readonly classList: { toggle(name: string, on: boolean): void };
  append(...nodes: Element[]): void;
  replaceChildren(...nodes: Element[]): void;
  addEventListener(kind: string, heard: (event: Dropped) => void): void;
}

interface Dropped {
  readonly dataTransfer: { readonly files: ArrayLike<File> } | null;
  preventDefault(): void;
}

interface Page {
  getElementById(id: string): Element | null;
  createElement(name: string): Element;
}

const page = (globalThis as unknown as { document: Page }).document; // this source runs in a page

function byId(id: string): Element {
  const found = page.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

function made(name: string, text: string, className = ''): Element {
  const element = page.createElement(name);
  // As text: nothing that stands in a pack is ever read as HTML.
  element.textContent = text;
  element.className = className;
  return element;
}

/** `entries.ndjson, line 5, entry 17`. */
function placeOf({ file, line, index, what }: Where): string {
  const parts = [
    file,
    line === undefined ? '' : `line ${line}`,
    index === undefined ? '' : `entry ${index}`,
    what ?? '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const MARKS = { yes: '✓ ', no: '✗ ', left: '– ' } as const;

function itemOf({ ok, says, where }: Check): Element {
  const word = ok === null ? 'left' : ok ? 'yes' : 'no';
  const item = made('li', '', word);
  item.append(made('span', MARKS[word], 'mark'), made('span', says));
  if (where !== null) item.append(made('div', placeOf(where), 'where'));
  return item;
}

function aboutOf({ manifest, head, witnesses }: Verdict): Element[] {
  if (manifest === null) return [];
  const { from, to, organisation, redacted, size, key } = manifest;
  const pairs: (readonly [string, string])[] = [
    ['Range', `${utc(from)} to ${utc(to)}`],
    ['Organisation', organisation === null ? 'all' : organisation.name],
    ['Names and sources', redacted ? 'hidden' : 'shown'],
    ['Entries sealed', String(size)],
    ['Key of the log', key],
    ['Head, 64 characters', head ?? 'not verified'],
    ['Witnesses (not verified here)', witnesses.join(', ') || 'none'],
  ];
  return pairs.flatMap(([name, value]) => [made('dt', name), made('dd', value)]);
}

let chosen: File | null = null;

async function run(): Promise<void> {
  const [verdict, checks, button] = [byId('verdict'), byId('checks'), byId('verify')];
  verdict.hidden = false;
  checks.replaceChildren();
  byId('about').replaceChildren();
  const file = chosen ?? byId('pack').files?.[0];
  if (file === undefined) {
    verdict.textContent = 'Choose a pack first.';
    return;
  }
  verdict.textContent = 'Verifying …';
  button.disabled = true;
  const [key, checkpoint] = [byId('key').value.trim(), byId('checkpoint').value.replaceAll('\r\n', '\n')];
  const pack = new Uint8Array(await file.arrayBuffer());
  const asked = { pack, key: key === '' ? null : key, checkpoint: checkpoint.trim() === '' ? null : checkpoint };
  const answer = await verify(asked);
  verdict.className = answer.verdict === 'failed' ? 'no' : 'yes';
  verdict.textContent = sentenceOf(answer);
  checks.replaceChildren(...answer.checks.map(itemOf));
  byId('about').replaceChildren(...aboutOf(answer));
  button.disabled = false;
}

/** Whatever goes wrong is told in the verdict, and is none in favour of the pack. */
function runAndTell(): void {
  run().catch(() => {
    byId('verdict').textContent = 'This browser could not verify the pack: use another, or verify.py.';
    byId('verify').disabled = false;
  });
}

byId('verify').addEventListener('click', runAndTell);
byId('pack').addEventListener('change', () => {
  chosen = null;
  runAndTell();
});
const drop = byId('drop');
for (const [kind, over] of [
  ['dragover', true],
  ['dragleave', false],
] as const)
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', over);
  });
drop.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.toggle('over', false);
  chosen = event.dataTransfer?.files[0] ?? null;
  runAndTell();
});
// For whoever drives the page by program: the same verdict as the command prints.
Object.assign(globalThis, { sallyportVerify: verify });
