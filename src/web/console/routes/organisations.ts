import { SallyportError } from '../../../errors.ts';
import type { Html } from '../../../lib/html.ts';
import { MOST_PICTURE_BYTES } from '../../../lib/picture/picture.ts';
import { setHosts, setLogo } from '../../../manage/organisation-looks.ts';
import {
  addOrganisation,
  listOrganisations,
  removeOrganisation,
  restrictOrganisation,
  setOrganisation,
} from '../../../manage/organisations.ts';
import { listRoles } from '../../../manage/roles.ts';
import { type Answer, done, showPage } from '../../reply.ts';
import { askedOf, organisationAddress } from '../address.ts';
import { Fault } from '../fault.ts';
import { may } from '../may.ts';
import { organisationsPage } from '../pages/organisations/list.ts';
import { newOrganisationPage } from '../pages/organisations/new.ts';
import { organisationPage } from '../pages/organisations/one.ts';
import { NOTHING_TYPED, type Typed } from '../pages/parts/form.ts';
import { after, saidOf } from '../said.ts';
import { type ConsolePost, type ConsoleRequest, type ConsoleRoute, needFresh, needRole } from './route.ts';
import { again, textOf } from './typed.ts';

async function list({ context }: ConsoleRequest): Promise<Answer> {
  const asked = askedOf(context.query);
  const text = asked.get('text')?.slice(0, 128) ?? '';
  const sought = text.toLowerCase();
  const all = await listOrganisations.ask(context.manage, {});
  const rows = all.filter(({ name, contact }) => `${name}\n${contact}`.toLowerCase().includes(sought));
  return showPage(200, organisationsPage(context, { rows, text, said: saidOf(asked) }));
}

async function add(post: ConsolePost): Promise<Answer> {
  const [name = '', realm, contact] = ['name', 'realm', 'contact'].map((each) => textOf(post, each));
  const wish = { name, ...(realm === undefined ? {} : { realm }), ...(contact === undefined ? {} : { contact }) };
  const { id } = await addOrganisation.perform(post.context.manage, wish);
  return done(post.form.kind, after(organisationAddress(id), 'organisation-added'), { id });
}

async function onePage({ context, params }: ConsoleRequest, typed: Typed): Promise<Html> {
  const rows = await listOrganisations.ask(context.manage, {});
  const row = rows.find(({ id }) => id === params['organisation']);
  if (row === undefined) throw new SallyportError('not-found', 'there is no such organisation');
  const holders = may(context, listRoles) ? await listRoles.ask(context.manage, {}) : undefined;
  const people = holders?.filter(({ roles }) => roles.some(({ organisation }) => organisation === row.id));
  return organisationPage(context, { row, people, typed, said: saidOf(askedOf(context.query)) });
}

async function set(post: ConsolePost): Promise<Answer> {
  const { manage } = post.context;
  const organisation = post.params['organisation'] ?? '';
  const [name = '', contact = ''] = ['name', 'contact'].map((each) => textOf(post, each));
  const { id } = await setOrganisation.perform(manage, { organisation, name, contact });
  return done(post.form.kind, after(organisationAddress(id), 'organisation-set'));
}

/** A length of a session; empty: as for everybody. */
function lengthOf(post: ConsolePost, name: string, unitMs: number): number | null {
  const text = textOf(post, name);
  if (text === undefined) return null;
  if (!/^[0-9]{1,4}$/.test(text)) throw new Fault(name, 'choose');
  return Number(text) * unitMs;
}

/** Parted by blanks or commas; empty: as for everybody. */
function someOf(post: ConsolePost, name: string): readonly string[] | null {
  const parts = (textOf(post, name) ?? '').split(/[\s,;]+/).filter((each) => each !== '');
  return parts.length === 0 ? null : parts;
}

async function restrict(post: ConsolePost): Promise<Answer> {
  const { manage, site } = post.context;
  const organisation = post.params['organisation'] ?? '';
  const apps = someOf(post, 'apps');
  if (apps?.some((id) => !site.config.apps.some((app) => app.id === id)) === true) throw new Fault('apps', 'noApp');
  const policy = {
    require: post.form.get('require') === 'passkey' ? ('passkey' as const) : null,
    idleMs: lengthOf(post, 'idle', MINUTE),
    absoluteMs: lengthOf(post, 'absolute', HOUR),
    apps,
    networks: someOf(post, 'networks'),
  };
  await restrictOrganisation.perform(manage, { organisation, policy });
  return done(post.form.kind, after(organisationAddress(organisation), 'organisation-set'));
}

/** Taken as its bytes are; what they hold is judged by the act. */
const LOGO = { name: 'logo', text: (bytes: Buffer) => bytes.toString('base64') };
/** More than a logo has, so that what is too long is told beside its field. */
const MOST_FORM = 2 * MOST_PICTURE_BYTES;

async function logo(post: ConsolePost): Promise<Answer> {
  needFresh(post);
  const organisation = post.params['organisation'] ?? '';
  const text = post.form.get('remove') === 'yes' ? null : (post.form.get('logo') ?? '');
  if (text === '') throw new Fault('logo', 'logo');
  await setLogo.perform(post.context.manage, { organisation, logo: text });
  return done(post.form.kind, after(organisationAddress(organisation), 'organisation-set'));
}

async function hosts(post: ConsolePost): Promise<Answer> {
  const organisation = post.params['organisation'] ?? '';
  await setHosts.perform(post.context.manage, { organisation, hosts: someOf(post, 'hosts') ?? [] });
  return done(post.form.kind, after(organisationAddress(organisation), 'organisation-set'));
}

async function remove({ context, params, form }: ConsolePost): Promise<Answer> {
  await removeOrganisation.perform(context.manage, { organisation: params['organisation'] ?? '' });
  return done(form.kind, after('/organisations', 'organisation-removed'));
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const FAULTS = { usage: ['name', 'organisationName'], conflict: ['name', 'nameTaken'] } as const;

/** Client organisations: which there are, and each by itself. */
export function organisationRoutes(): readonly ConsoleRoute[] {
  return [
    { path: '/organisations', get: list },
    {
      path: '/organisations/new',
      get: async (request) => {
        needRole(request, addOrganisation);
        return showPage(200, newOrganisationPage(request.context, NOTHING_TYPED));
      },
      post: {
        fields: ['name', 'realm', 'contact'],
        run: add,
        again: again(FAULTS, async ({ context }, typed) => newOrganisationPage(context, typed)),
      },
    },
    {
      path: '/organisations/:organisation',
      get: async (request) => showPage(200, await onePage(request, NOTHING_TYPED)),
    },
    {
      path: '/organisations/:organisation/set',
      post: { fields: ['name', 'contact'], run: set, again: again(FAULTS, onePage) },
    },
    {
      path: '/organisations/:organisation/policy',
      post: {
        fields: ['require', 'idle', 'absolute', 'apps', 'networks'],
        run: restrict,
        again: again({ usage: ['networks', 'network'] }, onePage),
      },
    },
    {
      path: '/organisations/:organisation/logo',
      post: {
        ...{ fields: ['logo', 'remove'], file: LOGO, limit: MOST_FORM },
        run: logo,
        again: again({ usage: ['logo', 'logo'], 'body-too-large': ['logo', 'logo'] }, onePage),
      },
    },
    {
      path: '/organisations/:organisation/hosts',
      post: {
        fields: ['hosts'],
        run: hosts,
        again: again({ usage: ['hosts', 'host'], conflict: ['hosts', 'host'] }, onePage),
      },
    },
    { path: '/organisations/:organisation/remove', post: { fields: [], run: remove } },
  ];
}
