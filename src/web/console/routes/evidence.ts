import { asSallyportError, SallyportError } from '../../../errors.ts';
import { type EvidencePlan, planEvidence, recordBegins } from '../../../manage/evidence.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { type Answer, retryHeader, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { packAnswer } from '../evidence/answer.ts';
import { mandatesPage } from '../pages/evidence/mandates.ts';
import { type EvidenceView, evidencePage } from '../pages/evidence/page.ts';
import { type EvidenceQuery, evidenceQuery, FIELDS, wishOf } from '../pages/evidence/wish.ts';
import { byId } from '../pages/parts/people.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needRole } from './route.ts';

type Context = ConsoleRequest['context'];

async function planOf({ manage }: Context, asked: EvidenceQuery): Promise<EvidencePlan | undefined> {
  const wish = wishOf(asked);
  try {
    return wish && (await planEvidence.ask(manage, wish));
  } catch (thrown) {
    const { code } = asSallyportError(thrown);
    if (code !== 'usage' && code !== 'not-found') throw thrown;
    return undefined;
  }
}

async function pageOf(context: Context, view: Omit<EvidenceView, 'organisations' | 'begins'>, error?: SallyportError) {
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  const begins = await recordBegins(context.manage);
  const status = error === undefined ? 200 : error.code === 'usage' ? 400 : error.status;
  const headers = error === undefined ? {} : retryHeader(error);
  return showPage(status, evidencePage(context, { ...view, organisations, begins }), headers);
}

async function page(request: ConsoleRequest): Promise<Answer> {
  const { context } = request;
  needRole(request, planEvidence);
  const asked = evidenceQuery(askedOf(context.query));
  const isAsked = asked.from !== undefined || asked.to !== undefined;
  return pageOf(context, { asked, plan: isAsked ? await planOf(context, asked) : null });
}

const typedIn = ({ form }: ConsolePost): EvidenceQuery => evidenceQuery(form);

async function pack(post: ConsolePost): Promise<Answer> {
  needRole(post, planEvidence);
  const { context, socket } = post;
  const { manage, account, session, exports } = context;
  const wish = wishOf(typedIn(post));
  if (wish === undefined) throw new SallyportError('usage', 'a day that is none');
  const holder = `account:${account.id}`;
  return packAnswer(wish, await exports.begin({ manage, holder, wish, socket, over: () => session.ended !== false }));
}

/** What refuses a pack is told beside the form, with what was chosen. */
async function again(post: ConsolePost, error: SallyportError): Promise<Answer | undefined> {
  if (error.code !== 'busy' && error.code !== 'usage' && error.code !== 'not-found') return undefined;
  const context = { ...post.context, frame: { ...post.context.frame, here: null } };
  const asked = typedIn(post);
  return pageOf(context, { asked, plan: await planOf(context, asked), busy: error.code === 'busy' }, error);
}

async function mandates(request: ConsoleRequest): Promise<Answer> {
  needRole(request, planEvidence);
  return showPage(200, mandatesPage(request.context));
}

/** Evidence that a stranger can verify. */
export function evidenceRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/evidence', get: page },
    { path: '/evidence/mandates', get: mandates },
    { path: '/evidence/pack', post: { fields: FIELDS, run: pack, again } },
  ];
}
