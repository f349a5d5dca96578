import { type AppPlan, type ConfigurationPlan, DAY, type Deed, type Exemption } from './types.ts';

const OPS = 'ops@estate.example';
const CLINICAL = 'clinical-systems@estate.example';

/** The day so many days after the first, as configurations write it. */
const day = (from: number, after: number): string => new Date(from + after * DAY).toISOString().slice(0, 10);

type Wish = Partial<Omit<ConfigurationPlan, 'apps'>> & {
  readonly records?: Partial<AppPlan>;
  readonly desktop?: Partial<AppPlan>;
  readonly rota?: Partial<AppPlan>;
};

/** On which day what was changed. Each change says what is otherwise than before. */
function story(from: number): readonly (readonly [day: number, wish: Wish])[] {
  const until = (after: number) => day(from, after);
  const health = { method: 'GET', path: '/healthz', reason: 'load balancer probe', owner: OPS };
  const feed = { method: 'GET', path: '/status.xml', reason: 'wall display of the trust', owner: CLINICAL };
  const hook = { method: 'POST', path: '/hooks/roster', reason: 'rosters of the old supplier', owner: CLINICAL };
  const unbound = { kind: 'unbound', reason: 'its form is encrypted by script', owner: CLINICAL } as const;
  const ends = (exemption: Omit<Exemption, 'expires'>, after: number) => ({ ...exemption, expires: until(after) });
  return [
    [0, { records: { exemptions: [ends(health, 300)] }, rota: { binding: { ...unbound, expires: until(89) } } }],
    [40, { desktop: { exemptions: [ends(feed, 69)] } }],
    [76, { desktop: { exemptions: [] }, records: { rules: [{ path: '/admin/**', require: 'passkey' }] } }],
    // What was declared until the 89th day ran out, and nothing was forwarded until somebody looked.
    [96, { rota: { binding: { ...unbound, expires: until(200) } } }],
    [150, { rota: { exemptions: [ends(hook, 159)] } }],
    [171, { rota: { binding: { kind: 'whoami' }, exemptions: [] } }],
    [230, { idle: 15, desktop: { exemptions: [ends(feed, 330), ends(health, 420)] } }],
    [301, { records: { exemptions: [ends(health, 420)] } }],
    [
      331,
      {
        desktop: { exemptions: [ends(health, 420)] },
        rota: { rules: [{ path: '/approve/**', require: 'mfa' }], past: true },
      },
    ],
  ];
}

const LOGINS = {
  records: 'dokuwiki',
  desktop: 'rd-web-access',
  rota: '{ preset: generic-form, params: { whoami: /whoami, whoami_find: "<b>([a-z0-9-]+)</b>" } }',
} as const;

function appText({ id, binding, exemptions, rules, past }: AppPlan): string[] {
  const login =
    binding.kind === 'unbound'
      ? `{ unbound: { reason: ${binding.reason}, owner: ${binding.owner}, expires: ${binding.expires} } }`
      : LOGINS[id];
  return [
    `  ${id}:`,
    `    hosts: [${id}.localhost]`,
    `    upstream: http://$${id}`,
    '    realm: customers',
    ...(past ? ['    ways_past: { addresses: ["$open"] }'] : []),
    `    login: ${login}`,
    ...(rules.length === 0 ? [] : ['    rules:']),
    ...rules.map(({ path, require }) => `      - { path: ${path}, require: ${require} }`),
    ...(exemptions.length === 0 ? [] : ['    exemptions:']),
    ...exemptions.map(
      ({ method, path, reason, owner, expires }) =>
        `      - { method: ${method}, path: ${path}, reason: ${reason}, owner: ${owner}, expires: ${expires} }`,
    ),
  ];
}

/** The text of a configuration; what begins with `$` is said where it is put in force (make/place.ts). */
function textOf({ apps, idle }: ConfigurationPlan): string {
  return [
    'listen: $listen',
    'data: $data',
    '$store',
    `sessions: { idle: ${idle}m, absolute: 8h }`,
    'realms:',
    '  customers: { source: app, passkeys: { id: localhost } }',
    '  staff: { source: local }',
    'apps:',
    ...apps.flatMap(appText),
    'console: { listen: "$console", realm: staff }',
    '',
  ].join('\n');
}

const NOTHING = { exemptions: [], rules: [], past: false } as const;
const FIRST: ConfigurationPlan = {
  idle: 30,
  apps: [
    { id: 'records', binding: { kind: 'whoami' }, ...NOTHING },
    { id: 'desktop', binding: { kind: 'form' }, ...NOTHING },
    { id: 'rota', binding: { kind: 'whoami' }, ...NOTHING },
  ],
};

/** What was in force from which day on, and a file that nobody could start with. `day` counts from 0. */
export function configurations(from: number): readonly { readonly day: number; readonly deed: Deed }[] {
  let said = FIRST;
  const made = story(from).map(([after, { idle = said.idle, ...changed }]) => {
    said = { idle, apps: said.apps.map((app) => ({ ...app, ...changed[app.id] })) };
    return { day: after, deed: { do: 'configuration', text: textOf(said), said } } as const;
  });
  const refused = { do: 'configuration-refused', why: 'the file has faults: apps.rota.login.preset' } as const;
  return [...made, { day: 170, deed: refused }];
}
