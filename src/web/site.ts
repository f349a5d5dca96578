import type { AppConfig, Config } from '../config/types.ts';
import type { HostMap } from '../request/hosts.ts';
import type { CompiledRules } from '../rules/compile.ts';
import type { Brand } from './brand.ts';

/** What one configuration makes: built whole, swapped whole. Requests in flight keep the one they began with. */
export interface Site {
  readonly config: Config;
  readonly hosts: HostMap;
  readonly rules: ReadonlyMap<AppConfig, CompiledRules>;
  /** Style and logo of our pages. */
  readonly brand: Brand;
  readonly trusted: (address: string) => boolean;
}
