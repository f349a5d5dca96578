import type { Clock } from '../lib/clock.ts';
import { remembered } from '../lib/remembered-for.ts';
import type { Looks, Store } from '../store/types.ts';
import type { Asset } from './assets/assets.ts';

/** What a page shows of an organisation. */
export interface OrganisationShown {
  readonly name: string;
  /** In CSS pixels, stated beforehand, so that nothing moves when it arrives. */
  readonly logo: { readonly path: string; readonly width: number; readonly height: number } | null;
}

/** So long a node may show what was; each host is asked about by whoever comes. */
const KEPT_MS = 10_000;
const WIDTH = 220;
const HEIGHT = 48;

const ENDINGS: Readonly<Record<string, string>> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' };
const ADDRESS = /^\/\.sallyport\/assets\/organisation\.([0-9a-f]{64})\.(png|jpg|webp)$/;

/** Where a logo is, for everybody: its address holds the hash of its bytes, so it may be kept for ever. */
export function logoPath({ hash, type }: { readonly hash: string; readonly type: string }): string {
  return `/.sallyport/assets/organisation.${hash}.${ENDINGS[type] ?? 'png'}`;
}

/** As large as it fits its place, never larger than it is. */
export function logoSize({ width, height }: { readonly width: number; readonly height: number }) {
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Nothing of an organisation that nobody has named: it is called as its realm, which people do not know. */
function shownOf(looks: Looks | undefined): OrganisationShown | null {
  if (looks === undefined || (looks.name === looks.realm && looks.logo === null)) return null;
  const { name, logo } = looks;
  return { name, logo: logo === null ? null : { path: logoPath(logo), ...logoSize(logo) } };
}

export interface LooksParts {
  readonly store: Pick<Store, 'looks'>;
  readonly clock: Clock;
  /** Told of trouble with the store. A page is shown without what could not be read. */
  readonly failed: (error: unknown) => void;
}

/** What people see of their organisation: at its hosts, and where they enrol. An ornament: where it fails, the page is there without it. */
export class OrganisationLooks {
  readonly #parts: LooksParts;
  readonly #hosts: () => Promise<ReadonlyMap<string, Looks>>;

  constructor(parts: LooksParts) {
    this.#parts = parts;
    this.#hosts = remembered(parts.clock, KEPT_MS, () => parts.store.looks.byHost());
  }

  /** Of the organisation that a host belongs to; null: it belongs to none. Never rejects. */
  async atHost(host: string): Promise<OrganisationShown | null> {
    return this.#tried(async () => (await this.#hosts()).get(host));
  }

  /** Of an organisation, for whoever has shown a link or a proof of an account of it. Never rejects. */
  async of(id: string): Promise<OrganisationShown | null> {
    return this.#tried(() => this.#parts.store.looks.ofOrganisation(id));
  }

  /** The logo at an address of ours; undefined: there is none. */
  async logoAt(path: string): Promise<Pick<Asset, 'type' | 'body'> | undefined> {
    const hash = ADDRESS.exec(path)?.[1];
    const row = hash === undefined ? undefined : await this.#parts.store.looks.logoByHash(hash);
    // What is no picture by its type is served as none, whatever wrote it.
    if (row === undefined || ENDINGS[row.type] === undefined || logoPath({ hash: hash ?? '', type: row.type }) !== path)
      return undefined;
    return { type: row.type, body: Buffer.from(row.body, 'base64') };
  }

  async #tried(find: () => Promise<Looks | undefined>): Promise<OrganisationShown | null> {
    try {
      return shownOf(await find());
    } catch (error) {
      this.#parts.failed(error);
      return null;
    }
  }
}
