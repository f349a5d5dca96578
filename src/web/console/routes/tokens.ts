import type { Html } from '../../../lib/html.ts';
import { ACTS, issueToken, QUERIES } from '../../../manage/operations.ts';
import { listOrganisations } from '../../../manage/organisations.ts';
import { listTokens, revokeToken } from '../../../manage/tokens.ts';
import { need } from '../../body.ts';
import { type Answer, done, json, showPage } from '../../reply.ts';
import { askedOf } from '../address.ts';
import { Fault } from '../fault.ts';
import { may } from '../may.ts';
import { NOTHING_TYPED, type Typed } from '../pages/parts/form.ts';
import { GRANT_FIELDS } from '../pages/parts/grants.ts';
import { byId } from '../pages/parts/people.ts';
import { tokensPage } from '../pages/tokens/list.ts';
import { tokenMadePage } from '../pages/tokens/made.ts';
import { LIVES, newTokenPage, operationField } from '../pages/tokens/new.ts';
import { after, saidOf } from '../said.ts';
import { GRANT_FAULTS, grantOf } from './grant.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needRole } from './route.ts';
import { again, textOf } from './typed.ts';

const DAY = 86_400_000;

/** What a program may be given: all that can be asked for from elsewhere. */
const OFFERED = [...QUERIES, ...ACTS].filter(({ http }) => http !== null);

async function list({ context }: ConsoleRequest): Promise<Answer> {
  const tokens = await listTokens.ask(context.manage, {});
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  const operations = new Map(OFFERED.map((each) => [each.name as string, each]));
  const makes = may(context, issueToken);
  const said = saidOf(askedOf(context.query));
  return showPage(200, tokensPage(context, { tokens, organisations, operations, makes, said }));
}

async function formPage({ context }: ConsoleRequest, typed: Typed): Promise<Html> {
  const organisations = byId(await listOrganisations.ask(context.manage, {}));
  // Nobody is offered what they could not do themselves.
  const operations = OFFERED.filter((each) => may(context, each) && each.name !== issueToken.name);
  return newTokenPage(context, { operations, organisations, typed });
}

function lifeOf({ form }: ConsolePost): number {
  const days = LIVES.find((each) => String(each) === form.get('days'));
  if (days === undefined) throw new Fault('days', 'choose');
  return days * DAY;
}

/** The answer holds the secret, once: it leads nowhere, since no other page could show it. */
async function make(post: ConsolePost): Promise<Answer> {
  const { context, form } = post;
  const name = textOf(post, 'name');
  if (name === undefined) throw new Fault('name', 'empty');
  const { role, organisation } = grantOf(post);
  const operations = OFFERED.map((each): string => each.name).filter((each) => form.get(operationField(each)) === 'on');
  if (operations.length === 0) throw new Fault('operations', 'chooseSome');
  const organisations = organisation === undefined ? {} : { organisations: [organisation] };
  const issued = await issueToken.perform(context.manage, {
    name,
    role,
    ...organisations,
    operations,
    ttlMs: lifeOf(post),
  });
  return form.kind === 'json' ? json(issued) : showPage(200, tokenMadePage(context, issued));
}

async function end({ context, form }: ConsolePost): Promise<Answer> {
  await revokeToken.perform(context.manage, { id: need(form, 'id') });
  return done(form.kind, after('/tokens', 'token-ended'));
}

const FAULTS = { ...GRANT_FAULTS, usage: ['name', 'tokenName'] } as const;

/** Tokens of programs: which there are, one to be made, one to be ended. */
export function tokenRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/tokens', get: list },
    {
      path: '/tokens/new',
      get: async (request) => {
        needRole(request, issueToken);
        return showPage(200, await formPage(request, NOTHING_TYPED));
      },
      post: {
        fields: ['name', 'days', ...GRANT_FIELDS, ...OFFERED.map(({ name }) => operationField(name))],
        run: make,
        again: again(FAULTS, formPage),
      },
    },
    { path: '/tokens/revoke', post: { fields: ['id'], run: end } },
  ];
}
