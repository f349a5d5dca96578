import { CONSOLE, everyApp } from './config/console.ts';
import type { AppConfig, Config } from './config/types.ts';
import { SallyportError } from './errors.ts';
import type { Clock } from './lib/clock.ts';
import { createUpgrader, type Upgrader } from './proxy/upgrade.ts';
import { createUpstreams, type Upstreams } from './proxy/upstreams.ts';
import { trustedPeers } from './request/client.ts';
import { hostMap } from './request/hosts.ts';
import { compileRules } from './rules/compile.ts';
import type { RealmSource } from './sources/table.ts';
import { brandOf } from './web/brand.ts';
import type { Live } from './web/parts.ts';
import type { Site } from './web/site.ts';
import { wordsOf } from './web/words/words.ts';

/** What one configuration makes: one for each door, which knows no host but its own. */
interface Built {
  readonly apps: Live;
  readonly console: Live | null;
}

/** With connections to these apps; the console has none, so that nothing could leave by it. */
function liveFor(site: Site, behind: readonly AppConfig[], clock: Clock): Live {
  return {
    site,
    forwarding: { upstreams: createUpstreams(behind), clock },
    upgrader: createUpgrader(behind, clock),
  };
}

function siteFor(config: Config, apps: readonly AppConfig[], shared: Pick<Site, 'brand' | 'trusted'>): Site {
  return { ...shared, config, hosts: hostMap(apps), rules: new Map(apps.map((app) => [app, compileRules(app)])) };
}

/** Throws when a part of it cannot be made; then nothing of it stays. */
function build(config: Config, clock: Clock): Built {
  wordsOf(config.pages.language); // read now: what is said where another language cannot be
  const shared = { brand: brandOf(config.pages), trusted: trustedPeers(config.trustedProxies) };
  const own = config.console;
  return {
    apps: liveFor(siteFor(config, config.apps, shared), config.apps, clock),
    console: own === null ? null : liveFor(siteFor(config, [own.app], shared), [], clock),
  };
}

/** Throws `config-invalid` for what a running server cannot change. */
export function checkReload(old: Config, next: Config): void {
  const fixed = [
    ['listen', old.listen, next.listen],
    ['store', old.store, next.store],
    ['data', old.dataDir, next.dataDir],
    ['master_key', old.masterKeyFile, next.masterKeyFile],
    ['nodes', old.nodes, next.nodes],
    ['tls (on or off)', old.tls === null, next.tls === null],
    ['console (there or not)', old.console === null, next.console === null],
    ['console.listen', old.console?.listen, next.console?.listen],
    ['console.tls (on or off)', old.console?.tls == null, next.console?.tls == null],
  ] as const;
  for (const [key, a, b] of fixed) {
    if (JSON.stringify(a) !== JSON.stringify(b))
      throw new SallyportError('config-invalid', `${key} cannot change while running: restart Sallyport to change it`);
  }
}

/** Longer than a request can be judged, ms. */
const JUDGING_MS = 60_000;

/** The configuration in force, one reference that is swapped whole; tunnels of earlier ones live on until they end. */
export class Sites {
  readonly #clock: Clock;
  readonly #upgraders = new Set<Upgrader>();
  readonly #retired = new Set<Upstreams>();
  #built: Built;

  constructor(config: Config, clock: Clock) {
    this.#clock = clock;
    this.#built = build(config, clock);
    this.#upgraders.add(this.live.upgrader);
  }

  /** What the door of the apps serves. */
  get live(): Live {
    return this.#built.apps;
  }

  /** What the door of the console serves. Throws where there is none: it can neither come nor go while running. */
  get console(): Live {
    const { console: own } = this.#built;
    if (own === null) throw new SallyportError('internal', 'there is no console');
    return own;
  }

  /** The site that an app is judged by. */
  siteOf(appId: string): Site {
    return appId === CONSOLE ? this.console.site : this.live.site;
  }

  prepare(next: Config): Built {
    return build(next, this.#clock);
  }

  swap(fresh: Built): void {
    const old = this.live;
    this.#built = fresh;
    for (const upgrader of this.#upgraders) if (upgrader.open === 0) this.#upgraders.delete(upgrader);
    this.#upgraders.add(fresh.apps.upgrader);
    this.#retire(old.forwarding.upstreams);
  }

  /**
   * Requests that began under the old configuration end on its connections, also those that are still being judged: so
   * the connections stay open to them for a while, and close once nothing uses them.
   */
  #retire(upstreams: Upstreams): void {
    this.#retired.add(upstreams);
    const close = () => void upstreams.close().then(() => this.#retired.delete(upstreams));
    setTimeout(close, JUDGING_MS).unref();
  }

  /** Source of an app's realm; undefined when there is no such app in that realm (any more). */
  sourceOf(appId: string, realm: string): RealmSource | undefined {
    const app = everyApp(this.live.site.config).find((candidate) => candidate.id === appId);
    return app?.realm.id === realm ? app.realm.source : undefined;
  }

  cutTunnels(): void {
    for (const upgrader of this.#upgraders) upgrader.destroy();
  }

  async destroy(): Promise<void> {
    this.cutTunnels();
    await Promise.all([this.live.forwarding.upstreams, ...this.#retired].map((upstreams) => upstreams.destroy()));
  }
}
