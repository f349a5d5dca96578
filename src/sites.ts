import type { Config } from './config/types.ts';
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
import { wordsOf } from './web/words/words.ts';

/** Everything that one configuration makes. Throws when a part of it cannot be made; then nothing of it stays. */
function build(config: Config, clock: Clock): Live {
  wordsOf(config.pages.language); // read now: what is said where another language cannot be
  return {
    site: {
      config,
      hosts: hostMap(config.apps),
      rules: new Map(config.apps.map((app) => [app, compileRules(app)])),
      brand: brandOf(config.pages),
      trusted: trustedPeers(config.trustedProxies),
    },
    forwarding: { upstreams: createUpstreams(config.apps), clock },
    upgrader: createUpgrader(config.apps, clock),
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
  #live: Live;

  constructor(config: Config, clock: Clock) {
    this.#clock = clock;
    this.#live = build(config, clock);
    this.#upgraders.add(this.#live.upgrader);
  }

  get live(): Live {
    return this.#live;
  }

  prepare(next: Config): Live {
    return build(next, this.#clock);
  }

  swap(fresh: Live): void {
    const old = this.#live;
    this.#live = fresh;
    for (const upgrader of this.#upgraders) if (upgrader.open === 0) this.#upgraders.delete(upgrader);
    this.#upgraders.add(fresh.upgrader);
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
    const app = this.#live.site.config.apps.find((candidate) => candidate.id === appId);
    return app?.realm.id === realm ? app.realm.source : undefined;
  }

  cutTunnels(): void {
    for (const upgrader of this.#upgraders) upgrader.destroy();
  }

  async destroy(): Promise<void> {
    this.cutTunnels();
    await Promise.all([this.#live.forwarding.upstreams, ...this.#retired].map((upstreams) => upstreams.destroy()));
  }
}
