import { SallyportError } from '../../../errors.ts';
import { lettersApart } from '../../../letters/apart.ts';
import { decodeCsv } from '../../../lib/csv.ts';
import { randomToken } from '../../../lib/random.ts';
import { type Listed, languageIn, lettersFor, linksCsv, listed } from '../../../manage/handing-out.ts';
import { importAccounts, previewImport } from '../../../manage/import.ts';
import { parted } from '../../../manage/import-text.ts';
import { listInvitations } from '../../../manage/invitations-list.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { TICKET_LIFE } from '../../../manage/tickets.ts';
import { issueMany, type ManyTickets, type ManyWish, type Progress } from '../../../manage/tickets-many.ts';
import { type Form, type FormShape, need } from '../../body.ts';
import { type Answer, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { invitedPage, invitePage, previewPage } from '../pages/invite.ts';
import { invitationsPage, queuedPage } from '../pages/invited.ts';
import { byId } from '../pages/parts/people.ts';
import { LetterLines } from './letters.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needFresh, needRole } from './route.ts';

/** Bytes of a form with a list of at most 5 MB, in whichever of its two fields. */
const MOST = 5 * 1_048_576 + 4096;

const file: NonNullable<FormShape['file']> = { name: 'file', text: (bytes) => decodeCsv(bytes).text };

/** The list, from whichever field has it; a form that was sent without any says nothing. */
function textOf(form: Form): string {
  const chosen = form.get('file') ?? '';
  return chosen.trim() === '' ? (form.get('text') ?? '') : chosen;
}

async function preview({ context, form }: ConsolePost): Promise<Answer> {
  const text = textOf(form);
  if (text.trim() === '') return showPage(422, invitePage(context, true));
  return looked(context, text);
}

/** What the list would do now. `stale`: otherwise than was shown. */
async function looked(context: ConsolePost['context'], text: string, stale = false): Promise<Answer> {
  return previewed(context, { text, stale, ...(await previewImport.ask(context.manage, { text })) });
}

/** What a list would do, and what is wrong with it. */
async function previewed(
  context: ConsolePost['context'],
  preview: Omit<Parameters<typeof previewPage>[1], 'organisations'>,
): Promise<Answer> {
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  return showPage(preview.faults.length > 0 ? 422 : 200, previewPage(context, { ...preview, organisations }));
}

const isStale = (thrown: unknown): boolean => thrown instanceof SallyportError && thrown.code === 'stale';

/** Judged anew: where what the list says now is not what the preview showed, it is shown anew, and nothing is done. */
async function importAll(post: ConsolePost): Promise<Answer> {
  const text = textOf(post.form);
  try {
    return await importedPage(post, text);
  } catch (thrown) {
    if (!isStale(thrown)) throw thrown;
    return looked(post.context, text, true);
  }
}

async function importedPage({ context, form }: ConsolePost, text: string): Promise<Answer> {
  const wish = { text, skipFaulty: form.get('faulty') === 'skip', preview: need(form, 'preview') };
  const { added, changed, unchanged, faults } = await importAccounts.perform(context.manage, wish);
  const counts = { added: added.length, changed: changed.length, unchanged: unchanged.length };
  if (faults.length === 0) return showPage(200, invitedPage(context, { text, ...counts }));
  if (counts.added + counts.changed + counts.unchanged === 0) return previewed(context, { text, lines: [], faults });
  // What is handed out is of those that are in; what is left stays to be corrected.
  const { of, others } = await parted(text, new Set(faults.map(({ line }) => line)));
  return showPage(200, invitedPage(context, { text: others, ...counts, left: { text: of, faults } }));
}

function download(type: string, name: string, body: Buffer): Answer {
  const headers = { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` };
  return { status: 200, headers, cookies: [], body };
}

async function lettersPdf({ context }: ConsolePost, text: string, issued: ManyTickets['issued']): Promise<Buffer> {
  const { manage, site, now } = context;
  const { wishes } = await listed(manage, text);
  const items = await lettersFor(manage, issued, site.config, wishes);
  const pieces: Uint8Array[] = [];
  for await (const piece of lettersApart(items, { madeAt: now, language: site.config.pages.language }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** How links are handed out, besides. */
interface How extends Pick<ManyWish, 'deliver' | 'ttlMs'> {
  readonly onProgress?: Progress | undefined;
}

const ON_PAPER = { ttlMs: TICKET_LIFE.paper } as const;

/** Of those whom the list names and who cannot sign in yet, by realm; one after the other, told how far it is. */
async function issueListed(
  { context, form }: ConsolePost,
  { names, wishes }: Listed,
  { deliver, ttlMs, onProgress }: How,
): Promise<Pick<ManyTickets, 'issued' | 'mailed' | 'batch' | 'refused'>> {
  const { manage } = context;
  const withoutEmail = form.get('only') === 'no-address';
  const batch = randomToken(manage.random, 12);
  const all: ManyTickets[] = [];
  const most = [...names.values()].reduce((sum, accounts) => sum + accounts.length, 0);
  let before = 0;
  for (const [realm, accounts] of names) {
    // Who can sign in already needs none; by e-mail that is told of each.
    const wish = { accounts, realm, withoutFactor: true, withoutEmail, deliver, ttlMs };
    const told = (done: number, of: number) => onProgress?.(before + done, names.size === 1 ? of : most);
    all.push(await issueMany(manage, wish, { onProgress: told, languageOf: languageIn(wishes), batch }));
    before += accounts.length;
  }
  const [issued, mailed] = [all.flatMap((each) => each.issued), all.flatMap((each) => each.mailed)];
  return { issued, mailed, batch, refused: all.flatMap((each) => each.refused) };
}

/** Of a list that cannot be read whole no link is made. */
function faultyPage({ context }: ConsolePost, text: string, faults: Listed['faults']): Promise<Answer> {
  return previewed(context, { text, lines: [], faults });
}

/** Nobody needed one, or nobody could be helped. */
function nobodyPage({ context }: ConsolePost, text: string): Answer {
  return showPage(200, invitedPage(context, { text, added: 0, changed: 0, unchanged: 0, nobody: true }));
}

/** Those of the list who have no way to sign in yet; the secrets are in the file that is answered, and nowhere else. */
async function links(post: ConsolePost): Promise<Answer> {
  needFresh(post);
  const { context, form } = post;
  const [text, as] = [textOf(form), form.get('as')];
  if (as !== 'pdf' && as !== 'csv' && as !== 'email') throw new SallyportError('bad-body', 'no way to hand links out');
  const on = await listed(context.manage, text);
  if (on.faults.length > 0) return faultyPage(post, text, on.faults);
  if (as === 'email') {
    const queued = await issueListed(post, on, { deliver: 'email' });
    if (queued.mailed.length === 0 && queued.refused.length === 0) return nobodyPage(post, text);
    return showPage(200, queuedPage(context, { text, ...queued }));
  }
  const { issued } = await issueListed(post, on, as === 'pdf' ? ON_PAPER : {});
  if (issued.length === 0) return nobodyPage(post, text);
  if (as === 'pdf') return download('application/pdf', 'letters.pdf', await lettersPdf(post, text, issued));
  return download(
    'text/csv; charset=utf-8',
    'links.csv',
    Buffer.from(`\ufeff${await linksCsv(context.manage, issued)}`),
  );
}

/** The same letters for a script, which tells the person how far they are (letters.ts). */
async function lettersTold(post: ConsolePost): Promise<Answer> {
  needFresh(post);
  const { manage, site, now } = post.context;
  const text = textOf(post.form);
  const on = await listed(manage, text);
  // The script asks for the page, then.
  if (on.faults.length > 0) return faultyPage(post, text, on.faults);
  const pieces = new LetterLines({
    issue: async (onProgress) => (await issueListed(post, on, { ...ON_PAPER, onProgress })).issued,
    ...{ manage, sender: site.config, wishes: on.wishes, madeAt: now },
  });
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, cookies: [], body: '', pieces };
}

/** What became of links that went out by e-mail. */
async function invitations(request: ConsoleRequest): Promise<Answer> {
  needRole(request, listInvitations);
  const { context } = request;
  const batch = askedOf(context.query).get('batch')?.slice(0, 64);
  const rows = await listInvitations.ask(context.manage, { batch });
  return showPage(200, invitationsPage(context, rows, batch));
}

/** Many people from a list: what it would do, doing it, and their links. */
export function inviteRoutes(): readonly ConsoleRoute[] {
  const shape = { file, limit: MOST };
  return [
    {
      path: '/invite',
      get: async ({ context }) => showPage(200, invitePage(context)),
      post: { ...shape, fields: ['text', 'file'], run: preview },
    },
    { path: '/invite/import', post: { ...shape, fields: ['text', 'faulty', 'preview'], run: importAll } },
    { path: '/invite/links', post: { ...shape, fields: ['text', 'as', 'only'], run: links } },
    { path: '/invite/letters', post: { ...shape, fields: ['text', 'as', 'only'], run: lettersTold } },
    { path: '/invitations', get: invitations },
  ];
}
