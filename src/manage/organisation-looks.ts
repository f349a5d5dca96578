import { hash } from 'node:crypto';
import { z } from 'zod';
import { longDetail } from '../coverage/detail.ts';
import { SallyportError } from '../errors.ts';
import { MOST_PICTURE_BYTES, readPicture } from '../lib/picture/picture.ts';
import type { Picture, PictureFault } from '../lib/picture/types.ts';
import { administration } from './administration.ts';
import type { ManageContext } from './context.ts';
import { organisationText } from './find.ts';
import { logoView, needOrganisation, organisationForm } from './organisations.ts';

const KIBIBYTE = 1024;
/** Hosts of one organisation. */
const MOST_HOSTS = 20;
/** base64 of the longest picture, and some more, so that what is too long is told in words. */
const MOST_TEXT = 4 * MOST_PICTURE_BYTES;

const FAULTS: Readonly<Record<PictureFault, string>> = {
  unknown: 'the logo is neither PNG nor JPEG nor WebP',
  broken: 'the logo is not a whole picture, or moves: save it anew as PNG',
  long: `the logo is longer than ${MOST_PICTURE_BYTES / KIBIBYTE} KiB: save it smaller`,
  large: 'the logo has more than a million pixels, or none: save it smaller',
};

/** The picture that base64 text holds. Throws `usage` with the remedy. */
function pictureOf(text: string): Picture {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new SallyportError('usage', 'the logo is not base64');
  const read = readPicture(bytes);
  if (typeof read === 'string') throw new SallyportError('usage', FAULTS[read]);
  return read;
}

const logoAnswer = z.strictObject({ organisation: z.string(), logo: logoView.nullable() });

/** Sets the logo of an organisation, or takes it away. Throws `usage` for what is no picture that is taken, `not-found`. */
export const setLogo = administration({
  name: 'organisation.set-logo',
  does: 'sets the logo that people of an organisation see where they enrol',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation', fresh: true },
  http: 'POST /organisations/{organisation}/logo',
  input: organisationForm.extend({
    /** A PNG, JPEG or WebP of at most 64 KiB as base64; null takes it away. */
    logo: z.string().max(MOST_TEXT).nullable(),
  }),
  output: logoAnswer,
  lock: { none: 'nobody gets in by what is shown to them' },
  records: ['organisation.set'],
  async find({ ctx, input }) {
    const row = await needOrganisation(ctx, input.organisation, input.realm);
    return { organisationId: row.id, picture: input.logo === null ? null : pictureOf(input.logo) };
  },
  async run({ tx, given: { organisationId: id, picture } }) {
    const row = await tx.organisations.byId(id);
    if (row === undefined) throw new SallyportError('not-found', 'the organisation was removed meanwhile');
    if (picture === null) await tx.looks.removeLogo(id);
    const logo = picture === null ? null : shown(picture);
    if (picture !== null && logo !== null)
      await tx.looks.putLogo({ organisationId: id, ...logo, body: picture.bytes.toString('base64') });
    // As it can be told from another one, years later.
    const detail = { organisation: id, name: row.name, logo: logo === null ? 'removed' : logo.hash };
    return { value: { organisation: id, logo }, record: [{ kind: 'organisation.set', detail }] };
  },
});

function shown({ type, width, height, bytes }: Picture): z.infer<typeof logoView> {
  return { hash: hash('sha256', bytes, 'hex'), type, width, height };
}

/** Hosts at which people of the realm sign in. */
function checkHosts({ config }: ManageContext, realm: string, hosts: readonly string[]): void {
  const known = new Set(
    config.apps.filter((app) => app.realm.id === realm).flatMap((app) => app.hosts.map(({ name }) => name)),
  );
  const strange = hosts.find((host) => !known.has(host));
  if (strange !== undefined)
    throw new SallyportError('usage', `no app of realm ${realm} has the host ${organisationText(strange)}`);
}

/**
 * Says which hosts belong to an organisation: its name and logo stand on their sign-in pages. For those who look after everything, since a host
 * is everybody's who comes to it. Throws `usage` for a host of no app of its realm, `conflict` for one of another organisation.
 */
export const setHosts = administration({
  name: 'organisation.set-hosts',
  does: 'says at which hosts the name and logo of an organisation stand on sign-in pages',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'everything', fresh: true },
  http: 'POST /organisations/{organisation}/hosts',
  input: organisationForm.extend({ hosts: z.array(z.string().max(253)).max(MOST_HOSTS).readonly() }),
  output: z.strictObject({ organisation: z.string(), hosts: z.array(z.string()).readonly() }),
  lock: { none: 'nobody gets in by what is shown to them' },
  records: ['organisation.set'],
  async find({ ctx, input }) {
    const row = await needOrganisation(ctx, input.organisation, input.realm);
    const hosts = [...new Set(input.hosts.map((host) => host.toLowerCase()))].sort();
    checkHosts(ctx, row.realm, hosts);
    return { id: row.id, organisation: row.id, hosts };
  },
  async run({ tx, given: { id, hosts } }) {
    const row = await tx.organisations.byId(id);
    if (row === undefined) throw new SallyportError('not-found', 'the organisation was removed meanwhile');
    await tx.looks.setHosts(id, hosts);
    const detail = { organisation: id, name: row.name, ...longDetail('hosts', hosts.join(' ')) };
    return { value: { organisation: id, hosts }, record: [{ kind: 'organisation.set', detail }] };
  },
});
