import { SallyportError } from '../../../errors.ts';
import { lettersApart } from '../../../letters/apart.ts';
import { decodeCsv } from '../../../lib/csv.ts';
import { lettersFor, linksCsv, listed } from '../../../manage/handing-out.ts';
import { importAccounts, previewImport } from '../../../manage/import.ts';
import { issueMany, type ManyTickets } from '../../../manage/tickets-many.ts';
import type { Form, FormShape } from '../../body.ts';
import { type Answer, showPage } from '../../reply.ts';
import { invitedPage, invitePage, previewPage } from '../pages/invite.ts';
import { type ConsolePost, type ConsoleRoute, needFresh } from './route.ts';

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
  const { lines, faults } = await previewImport.ask(context.manage, { text });
  return showPage(faults.length > 0 ? 422 : 200, previewPage(context, { text, lines, faults }));
}

/** Judged anew: what the preview showed is not what is done, but what the list says now. */
async function importAll({ context, form }: ConsolePost): Promise<Answer> {
  const text = textOf(form);
  const { added, changed, unchanged, faults } = await importAccounts.perform(context.manage, { text });
  if (faults.length > 0) return showPage(422, previewPage(context, { text, lines: [], faults }));
  const counts = { added: added.length, changed: changed.length, unchanged: unchanged.length };
  return showPage(200, invitedPage(context, { text, ...counts }));
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

/** Those of the list who have no way to sign in yet; the secrets are in the file that is answered, and nowhere else. */
async function links(post: ConsolePost): Promise<Answer> {
  needFresh(post);
  const { context, form } = post;
  const [text, as] = [textOf(form), form.get('as')];
  if (as !== 'pdf' && as !== 'csv') throw new SallyportError('bad-body', 'neither letters nor a list');
  const { names } = await listed(context.manage, text);
  const issued: ManyTickets['issued'][number][] = [];
  for (const [realm, accounts] of names) {
    const done = await issueMany(context.manage, { accounts, realm, withoutFactor: true });
    for (const each of done.issued) issued.push(each);
  }
  if (issued.length === 0)
    return showPage(200, invitedPage(context, { text, added: 0, changed: 0, unchanged: 0, nobody: true }));
  if (as === 'pdf') return download('application/pdf', 'letters.pdf', await lettersPdf(post, text, issued));
  return download(
    'text/csv; charset=utf-8',
    'links.csv',
    Buffer.from(`\ufeff${await linksCsv(context.manage, issued)}`),
  );
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
    { path: '/invite/import', post: { ...shape, fields: ['text'], run: importAll } },
    { path: '/invite/links', post: { ...shape, fields: ['text', 'as'], run: links } },
  ];
}
