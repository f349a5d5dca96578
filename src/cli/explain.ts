import { Command } from 'commander';
import type { AppConfig, Config } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { systemClock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { needAccount } from '../manage/find.ts';
import { checkMethod } from '../read/head.ts';
import { hostMap, parseHost } from '../read/hosts.ts';
import { parseTarget, type Target } from '../read/target.ts';
import { compileRules } from '../rules/compile.ts';
import { floorOf } from '../rules/routes.ts';
import { configOf, located, type Where, withStore } from './context.ts';
import { CommandMisused } from './exit.ts';
import type { Output } from './output.ts';

interface Options extends Where {
  readonly account?: string;
  readonly json?: true;
}

interface Explanation {
  readonly app: string | null;
  readonly target: string;
  readonly decides: string;
  readonly requires: string;
  readonly why: string;
  readonly account: { readonly name: string; readonly may: boolean; readonly why: string } | null;
}

/** The raw parts of a URL: nothing is normalised, because the server normalises nothing either. */
function split(url: string): { host: string; raw: string } {
  const match = /^https?:\/\/([^/?#]+)(\/.*)?$/i.exec(url);
  if (match?.[1] === undefined)
    throw new CommandMisused('Give a whole address, such as https://portal.example.org/reports.');
  return { host: match[1], raw: match[2] ?? '/' };
}

function refusal(error: unknown, app: AppConfig | null, target: string): Explanation {
  if (!(error instanceof SallyportError)) throw error;
  return {
    app: app?.id ?? null,
    target,
    decides: 'the request itself',
    requires: `refused, ${error.status}`,
    why: error.message,
    account: null,
  };
}

function explainFor(app: AppConfig, method: string, target: Target): Explanation {
  const base = { app: app.id, target: target.raw, account: null };
  if (target.reserved)
    return {
      ...base,
      decides: 'the reserved prefix',
      requires: 'nothing',
      why: 'Sallyport answers it itself; it is never forwarded',
    };
  const rules = compileRules(app);
  const exemption = target.strict ? rules.exemptionFor(method, target.path, systemClock.now()) : null;
  if (exemption !== null) {
    const why = `${exemption.reason}; owner ${exemption.owner}; until ${exemption.expires}`;
    return { ...base, decides: `exemption ${exemption.method} ${exemption.path}`, requires: 'nothing', why };
  }
  const rule = rules.match(target.path);
  const expired = app.exemptions.find((each) => each.method === method && each.path === target.path);
  const note = expired === undefined ? '' : `; its exemption expired on ${expired.expires}`;
  if (rule === null)
    return { ...base, decides: 'the floor', requires: floorOf(app), why: `no rule names this path${note}` };
  const parts = [rule.require === 'passkey' ? 'a passkey' : floorOf(app)];
  if (rule.maxAgeMs !== null) parts.push(`used within ${formatDuration(rule.maxAgeMs)}`);
  if (rule.groups.length > 0) parts.push(`one of the groups ${rule.groups.join(', ')}`);
  return {
    ...base,
    decides: `rule ${rule.path}`,
    requires: parts.join('; '),
    why: `the most specific rule that matches${note}`,
  };
}

function explain(config: Config, method: string, url: string): Explanation {
  const { host, raw } = split(url);
  let app: AppConfig | null = null;
  try {
    app = hostMap(config.apps).get(parseHost(host).name) ?? null;
    if (app === null) throw new SallyportError('wrong-host', 'no app has this host');
    return explainFor(app, checkMethod(method), parseTarget(raw, app.target));
  } catch (error) {
    return refusal(error, app, raw);
  }
}

/** What an account would meet at this address, were it signed in. */
async function forAccount(options: Options, name: string, method: string, url: string): Promise<Explanation> {
  return withStore(options, async ({ config, store }) => {
    const base = explain(config, method, url);
    const app = config.apps.find((each) => each.id === base.app);
    if (app === undefined) return base;
    const account = await needAccount({ config, store }, name, app.realm.id);
    const rule = compileRules(app).match(split(url).raw.split('?')[0] ?? '/');
    const factors = (await store.authenticators.ofAccount(account.id)).filter(
      (each) => each.disabledAt === null,
    ).length;
    const says = (may: boolean, why: string): Explanation => ({ ...base, account: { name: account.name, may, why } });
    if (base.requires === 'nothing') return says(true, 'nothing is required');
    if (account.disabledAt !== null) return says(false, 'the account is disabled');
    if (factors === 0) return says(false, 'it has no authenticator: it enrols by ticket first');
    if (rule !== null && rule.groups.length > 0 && !rule.groups.some((group) => account.groups.includes(group)))
      return says(false, 'it is in none of the groups');
    if (rule?.require === 'passkey') return says(false, 'it has no passkey');
    return says(
      !base.requires.startsWith('refused'),
      base.requires.startsWith('refused') ? 'the request is refused for everybody' : 'after signing in',
    );
  });
}

export function explainCommand(output: Output): Command {
  return located(
    new Command('explain')
      .argument('<method>')
      .argument('<url>')
      .description('which rule decides for a request, and why'),
  )
    .option('--account <name>', 'and whether this account may')
    .option('--json', 'JSON instead of text')
    .action(async (method: string, url: string, options: Options) => {
      const upper = method.toUpperCase();
      const told =
        options.account === undefined
          ? explain(await configOf(options), upper, url)
          : await forAccount(options, options.account, upper, url);
      if (options.json === true) {
        output.line(JSON.stringify(told, null, 2));
        return;
      }
      const lines: [string, string][] = [
        ['app', told.app ?? '–'],
        ['target', told.target],
        ['decides', told.decides],
        ['requires', told.requires],
        ['why', told.why],
      ];
      if (told.account !== null)
        lines.push(['account', `${told.account.name}: ${told.account.may ? 'may' : 'may not'} — ${told.account.why}`]);
      for (const [name, text] of lines) output.line(`${name.padEnd(10)}${text}`);
    });
}
