/** Values as a YAML file holds them. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

const PREDICATE = {
  status: [302, 303],
  location: '^/home',
  cookie: 'SID',
  nocookie: 'gone',
  header: { 'x-state': '^in$' },
  body: 'Welcome',
  json: { '/state': 'in' },
  xml: { 'a/b': 'in' },
};
/** Of an app that can be asked. */
const PROBED = { ...PREDICATE, probe: true };
const QUERY = { do: ['login'], id: '*' };

const CONFIG = {
  listen: '0.0.0.0:8443',
  tls: { cert: 'tls.crt', key: 'tls.key' },
  data: 'var',
  store: 'postgres://sallyport@db.example.org/sallyport',
  store_password_file: 'password',
  master_key: 'master.key',
  trusted_proxies: ['10.0.0.7', '10.1.0.0/24'],
  sessions: { idle: '20m', absolute: '6h' },
  realms: {
    staff: {
      source: 'local',
      domains: ['CORP'],
      unicode: true,
      passkeys: {
        offer: true,
        id: 'example.org',
        name: 'Example portal',
        related: ['https://portal.example.com'],
        verification: 'required',
        models: ['2fc0579f-8113-47ea-b116-bb5a8db9202a'],
        roots: 'roots.pem',
      },
      sessions: { idle: '15m', absolute: '5h' },
    },
    people: { source: 'app' },
  },
  apps: {
    portal: {
      hosts: ['portal.example.org', 'example.org', 'portal.example.com'],
      origin: 'https://portal.example.org',
      upstream: {
        url: 'https://10.0.0.5:8080',
        ca: 'ca.pem',
        host: 'upstream',
        origin: 'upstream',
        connections: 64,
        connect_timeout: '3s',
        longest_line: 4094,
        first_byte_timeout: '30s',
        idle_timeout: '5m',
        stream_timeout: '2h',
      },
      connections: 'exclusive',
      rewrite: 'off',
      realm: 'staff',
      login: 'none',
      sessions: { idle: '10m', absolute: '4h' },
      rules: [{ path: '/admin/**', require: 'passkey', max_age: '15m', groups: ['ops'] }, { path: '/keys' }],
      exemptions: [
        { method: 'GET', path: '/healthz', reason: 'probe', owner: 'ops@example.org', expires: '2099-12-31' },
      ],
      headers: { 'Remote-User': '{account}' },
      websocket_origins: ['https://other.example.org'],
      websocket_without_origin: ['/api/live'],
      ways_past: { addresses: ['10.0.0.5:8080'], ours: ['10.0.0.7'] },
      cross_site: [{ path: '/saml/acs', from: ['https://idp.example.org'] }],
      target: { encoded_slash: true, empty_segments: true },
    },
    wiki: {
      hosts: ['wiki.example.org'],
      upstream: 'http://10.0.0.6',
      roster: {
        url: 'https://wiki.example.org/accounts.csv',
        column: 'login',
        token_file: 'wiki.token',
        ca: 'wiki.pem',
        every: '12h',
      },
      realm: 'people',
      client_cookies: ['lang'],
      login: {
        preset: 'dokuwiki',
        order: 'login-first',
        params: { base: '/wiki' },
        recheck: '2m',
        fill: false,
        doors: [
          { path: '/api/login', method: 'POST', query: QUERY, header: 'Authorization', type: 'text/xml', do: 'deny' },
        ],
        anon: [
          { path: '/logo.png', query: '*', static: true },
          { path: '/', to: 'entry' },
        ],
        whoami: {
          get: '/me',
          accept: 'application/json',
          header: 'X-User',
          find: 'name: (\\w+)<',
          anonymous: PROBED,
          renews: true,
        },
      },
    },
    shop: {
      hosts: ['shop.example.org'],
      upstream: 'http://10.0.0.7',
      roster: { sql: { store: 'postgres://reader@db.example.org/shop', query: 'SELECT login FROM users' } },
      realm: 'people',
      login: { preset: 'dokuwiki', whoami: { post: '/me', cookie: 'name', decode: 'url' } },
    },
    desk: {
      hosts: ['desk.example.org'],
      upstream: 'http://10.0.0.8',
      roster: {
        ldap: { url: 'ldaps://ldap.example.org', base: 'ou=people', filter: '(objectClass=person)' },
        user: 'reader',
        password_file: 'desk.password',
        dormant_after: '90d',
        disable_dormant: true,
      },
      realm: 'people',
      login: { preset: 'dokuwiki', whoami: { from: 'login', location: 'u=(\\w+)$' } },
    },
    file: {
      hosts: ['file.example.org'],
      upstream: 'http://10.0.0.9',
      roster: { file: 'file.csv' },
      realm: 'people',
      login: { preset: 'dokuwiki', whoami: { get: '/me', json: '/name', anonymous: [PROBED] } },
    },
    shared: {
      hosts: ['shared.example.org'],
      upstream: 'http://10.0.0.11',
      realm: 'people',
      login: {
        preset: 'jupyter',
        held_by: { accounts: ['alice'], groups: ['ops'] },
        password_file: 'jupyter.password',
      },
    },
    old: {
      hosts: ['old.example.org'],
      upstream: 'http://10.0.0.10',
      realm: 'people',
      login: { unbound: { reason: 'replaced in March', owner: 'ops@example.org', expires: '2099-12-31' } },
    },
  },
  console: {
    listen: '10.0.0.4:9443',
    origin: 'https://console.example.org',
    tls: { cert: 'console.crt', key: 'console.key' },
    realm: 'staff',
    require: 'passkey',
    two_person: ['role.grant'],
    two_person_within: '12h',
  },
  log: { level: 'warn', requests: false },
  keys: { rotate: '30d' },
  canary: { run: 'on', every: '15m', lock_down: 'on' },
  nodes: { heartbeat: '300ms', trust: '2s' },
  help: { text: 'Lost your phone? Call us.', contact: 'help@example.org' },
  retention: { refusals: '30d', sign_ins: '100d', running: '100d', decisions: '1000d', rosters: '60d' },
  record: {
    receivers: {
      siem: {
        to: 'https://siem.example.org/hooks/sallyport',
        secret_file: 'hook-secret',
        ca: 'ca.pem',
        client: { cert: 'client.crt', key: 'client.key' },
        format: 'ocsf',
        what: ['decisions', 'sign_ins'],
        checkpoints: false,
      },
    },
    checkpoints: { every: '30m', file: '/mnt/archive/checkpoints.txt', mail: ['security@example.org'] },
    witnesses: [
      {
        url: 'https://witness.example.org',
        key: 'witness.example.org+9be5986a+BLPf8Jj4MEYt+fnQGoaumK1sK8xkvWxz2GicP6AabP+r',
        ca: 'ca.pem',
      },
    ],
    witness_for: [
      {
        key: 'log.example.org/record+78dcb0b5+AR39RamzxVo2EolTNRkZp4SFAXwsqmIm2H606mO+JnxR',
        origin: 'log.example.org',
      },
    ],
  },
  pages: {
    name: 'Example',
    logo: 'logo.svg',
    accent: '#0d5f58',
    accent_dark: '#6fcfc3',
    time_zone: 'Europe/London',
    language: 'cy',
  },
  mail: {
    server: 'smtps://portal@mail.example.org',
    password_file: 'mail-password',
    from: 'Example portal <noreply@example.org>',
    ca: 'ca.pem',
  },
  limits: { connections: 500, headers_timeout: '10s', target: 4096, head: 32_768, drain: '5s' },
} as const satisfies Value;

const STEP = {
  id: 'password',
  on: { method: 'POST', path: ['/login', '/sign-in'], query: QUERY, shared: true },
  type: 'form',
  script: true,
  need: { do: 'login', token: '*' },
  account: 'user',
  realm: 'domain',
  secret: ['pass'],
  pass: ['token'],
  check: { token: '^[0-9a-f]+$' },
  headers: { accept: ['text/html'] },
  ok: [PROBED],
  fail: [PROBED],
  next: { step: 'code', when: [PROBED] },
};

const { realms, apps, ...top } = CONFIG;
const { portal, ...ofPeople } = apps;

/** Configurations without fault or finding, in which, taken together, every option stands. */
export const CONFIGS: readonly Value[] = [
  { ...top, realms: { staff: realms.staff }, apps: { portal } },
  ...Object.entries(ofPeople).map(([id, app]) => ({ realms: { people: realms.people }, apps: { [id]: app } })),
];

/** Presets without fault, in which, taken together, every key stands. */
export const PRESETS = [
  {
    preset: 1,
    id: 'portal',
    title: 'Portal',
    note: 'For a portal.',
    tested: ['Portal 1.0'],
    params: { base: '/app' },
    entry: '/login',
    paths: 'nocase',
    longest_line: 2000,
    anon: [
      { path: '/login', query: QUERY, static: true },
      { path: '/', to: 'entry' },
    ],
    login: [STEP, { id: 'code', on: { method: 'POST', path: '/code' }, type: 'form', secret: ['code'], ok: PREDICATE }],
    whoami: {
      get: '/me',
      accept: 'text/html',
      header: 'X-User',
      find: 'name: (\\w+)<',
      anonymous: [PROBED],
      renews: false,
    },
    account: { fold: ['trim', 'lower'], strip: ['^CORP.'], accept: '^[a-z]+$', one: 'admin' },
    session: {
      cookies: ['SID'],
      rolling: true,
      no_ids: ['session_id'],
      vault: [
        { json: '/token', send: { header: 'Token', query: 'token', path: '/api/{}' } },
        { xml: 'a/b', send: { header: 'Token' } },
      ],
    },
    browser_cookies: ['theme'],
    client_cookies: ['lang'],
    logout: [{ path: '/logout', query: QUERY }],
    lost: [PREDICATE],
    guard: {
      fields: ['pass'],
      sets: [['user', 'pass']],
      query: ['p'],
      headers: ['x-login'],
      query_equals: { owner: 'me' },
    },
    doors: [{ path: '/api/**', method: 'POST', query: QUERY, header: 'Authorization', type: 'text/xml', do: 'deny' }],
    routed: { route: '/api' },
    ws: [{ path: '/socket', origin: 'keep', token: 'query.token' }],
    authorization: ['basic'],
    rewrite: { host: 'preserve', origin: true, location: true, body: ['http://app.internal:8080'] },
    fill: false,
    limits: ['Programs need a way of their own.'],
  },
  {
    preset: 1,
    id: 'told',
    tested: [],
    entry: '/login',
    login: [{ ...STEP, next: null, ok: PREDICATE, fail: PREDICATE, pass: 'any-scalar', realm: null }],
    whoami: { from: 'login', location: 'u=(\\w+)$' },
    session: { cookies: ['SID'] },
  },
  {
    preset: 1,
    id: 'cookie',
    tested: [],
    entry: '/login',
    login: [
      {
        ...STEP,
        on: { method: 'POST', path: '/login' },
        ok: PROBED,
        fail: PROBED,
        next: { step: 'password', when: PROBED },
      },
    ],
    whoami: { post: '/me', cookie: 'name', decode: 'url', anonymous: PROBED },
    session: { cookies: ['SID'] },
  },
  {
    preset: 1,
    id: 'json',
    tested: [],
    entry: '/login',
    login: [{ ...STEP, next: null }],
    whoami: { get: '/me', json: '/name' },
    session: { cookies: ['SID'] },
  },
  {
    preset: 1,
    id: 'unasked',
    tested: [],
    entry: '/login',
    login: [{ ...STEP, next: null, ok: PREDICATE, fail: PREDICATE }],
    assurance: 'login-form',
    session: { cookies: ['SID'] },
  },
] as const satisfies readonly Value[];
