import type { Reach } from '../roles.ts';

/** What is known of a logo without its bytes. */
export interface LogoMeta {
  readonly organisationId: string;
  /** SHA-256 of its bytes, in hexadecimal digits. */
  readonly hash: string;
  readonly type: string;
  readonly width: number;
  readonly height: number;
}

export interface LogoRow extends LogoMeta {
  /** base64. */
  readonly body: string;
}

/** What people are shown of an organisation. */
export interface Looks {
  readonly id: string;
  readonly realm: string;
  readonly name: string;
  readonly logo: LogoMeta | null;
}

export interface LookStore {
  /** Hosts of organisations, in the order of their names. */
  hosts(reach: Reach): Promise<{ readonly host: string; readonly organisationId: string }[]>;
  /** In place of those that it had. Throws SallyportError `conflict` when one of them is another's. */
  setHosts(organisationId: string, hosts: readonly string[]): Promise<void>;
  logos(reach: Reach): Promise<LogoMeta[]>;
  /** In place of the one that it had. */
  putLogo(row: LogoRow): Promise<void>;
  removeLogo(organisationId: string): Promise<boolean>;
  logoByHash(hash: string): Promise<Pick<LogoRow, 'type' | 'body'> | undefined>;
  ofOrganisation(id: string): Promise<Looks | undefined>;
  /** What stands at each host that belongs to an organisation. */
  byHost(): Promise<ReadonlyMap<string, Looks>>;
}
