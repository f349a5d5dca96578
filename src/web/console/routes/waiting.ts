import { ACTS, confirmProposal } from '../../../manage/operations.ts';
import { listProposals, withdrawProposal } from '../../../manage/proposals.ts';
import { issueTicket } from '../../../manage/tickets.ts';
import { need } from '../../body.ts';
import { type Answer, done, json, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { ticketPage } from '../pages/account/ticket.ts';
import { waitingPage } from '../pages/waiting/list.ts';
import { after, saidOf } from '../said.ts';
import type { ConsolePost, ConsoleRequest, ConsoleRoute } from './route.ts';

async function list({ context }: ConsoleRequest): Promise<Answer> {
  const proposals = await listProposals.ask(context.manage, {});
  const operations = new Map(ACTS.map((each) => [each.name as string, each]));
  const said = saidOf(askedOf(context.query));
  return showPage(200, waitingPage(context, { proposals, operations, said }));
}

/** A link that came of it is shown to whoever confirmed it, once. */
async function confirm({ context, form }: ConsolePost): Promise<Answer> {
  const id = need(form, 'id');
  const proposal = (await listProposals.ask(context.manage, {})).find((each) => each.id === id);
  const value = await confirmProposal.perform(context.manage, { id });
  if (form.kind === 'json') return json(value);
  const issued = proposal?.operation === issueTicket.name ? issueTicket.output.safeParse(value) : undefined;
  if (issued?.success === true) return showPage(200, ticketPage(context, issued.data));
  return done(form.kind, after('/waiting', 'proposal-done'));
}

async function withdraw({ context, form }: ConsolePost): Promise<Answer> {
  await withdrawProposal.perform(context.manage, { id: need(form, 'id') });
  return done(form.kind, after('/waiting', 'proposal-withdrawn'));
}

/** Acts that wait for a second person. */
export function waitingRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/waiting', get: list },
    { path: '/waiting/confirm', post: { fields: ['id'], run: confirm } },
    { path: '/waiting/withdraw', post: { fields: ['id'], run: withdraw } },
  ];
}
