import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { bindingOf } from '../manage/bindings.ts';
import { type Explained, explainedOf, verdictFor } from '../manage/explain.ts';
import { type Judgement, judge } from '../manage/judgement.ts';
import { fields, json, type Output, type Value } from '../terminal/output.ts';
import { configOf, located, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly account?: string;
  readonly json?: true;
}

type Verdict = NonNullable<Explained['account']>;

/** What an account would meet at this address. */
function forAccount(options: Options, name: string, method: string, url: string) {
  return withStore(options, async ({ config, store }) => {
    const judged = judge(config, method, url, systemClock.now());
    return { judged, account: await verdictFor({ config, store, reach: 'all' }, judged, name) };
  });
}

/** How the app's own login is bound, and what the request is to it. */
function ownLogin({ app, reading }: Judgement): string {
  if (app === null) return '';
  const { bound, preset, order } = bindingOf(app, systemClock.now());
  const by = preset === null ? '' : ` (preset ${preset}, ${order})`;
  return `${bound}${by}${reading === null ? '' : `; this is ${named(reading)}`}`;
}

function named({ kind, what }: NonNullable<Judgement['reading']>): string {
  return { door: 'a door', guarded: 'guarded', step: 'a sign-in step', surface: 'the sign-in surface', plain: 'plain' }[
    kind
  ].concat(`: ${what}`);
}

function tell(output: Output, method: string, judged: Judgement, account: Verdict | null): void {
  const lines: [string, Value][] = [
    ['app', judged.app?.id],
    ['request', `${method} ${judged.target}`],
    ...(judged.app === null ? [] : [['login', ownLogin(judged)] as [string, Value]]),
    ['decides', judged.decides],
    ['requires', judged.requires],
    ['why', judged.why],
  ];
  const from = judged.from.map((origin) => (origin === 'null' ? 'null (any site)' : origin)).join(', ');
  if (from !== '')
    lines.push(['elsewhere', `${method === 'POST' ? 'forms' : 'scripts'} from ${from} are taken on (cross_site)`]);
  for (const { kind, method: of, path, decides, why } of judged.considered)
    if (!decides) lines.push(['besides', `${kind} ${of === '*' ? '' : `${of} `}${path}: ${why}`]);
  if (account !== null) lines.push(['account', `${account.name} ${account.may ? 'may' : 'may not'}: ${account.why}`]);
  output.line(fields(lines));
}

export function explainCommand(output: Output): Command {
  return located(
    new Command('explain')
      .argument('<method>', 'such as GET')
      .argument('<url>', 'the whole address, as the browser would ask for it')
      .description('which rule decides for a request, and why'),
  )
    .option('--account <name>', 'and whether this account may')
    .option('--json', 'JSON instead of text')
    .action(async (given: string, url: string, options: Options) => {
      const method = given.toUpperCase();
      const now = systemClock.now();
      const { judged, account } =
        options.account === undefined
          ? { judged: judge(await configOf(options), method, url, now), account: null }
          : await forAccount(options, options.account, method, url);
      if (options.json !== true) return tell(output, method, judged, account);
      json(output, explainedOf(method, judged, account, now));
    });
}
