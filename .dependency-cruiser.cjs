/** The layers of src/README.md. Imports go downwards only; type imports too. */
const L = {
  base: '^src/(lib/|sources/|roles\\.ts$|errors\\.ts$|evidence\\.ts$)',
  L1: ['config', 'store', 'request', 'tlog'],
  L2: [
    'accounts',
    'assertions',
    'factors',
    'sessions',
    'rules',
    'audit',
    'notices',
    'letters',
    'presets',
    'jar',
    'terminal',
    'scim',
    'coverage',
    'rosters',
  ],
  L3: ['operations', 'receivers'],
  L4: ['gate', 'login', 'enrol'],
  L5: ['proxy', 'manage'],
  L6: ['binding', 'pack'],
  L7: ['workbench'],
  L8: ['watch'],
  L9: ['web', 'cli', 'demo'],
};
const order = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9'];
const dirs = (layer) => `^src/(${L[layer].join('|')})/`;
const upward = order.map((layer, i) => ({
  name: `${layer}-imports-downwards-only`,
  comment: 'A lower room must be readable and testable without a higher one.',
  severity: 'error',
  from: { path: dirs(layer) },
  to: { path: [...order.slice(i + 1).map(dirs), '^src/((app|doors|main|sites)\\.ts$|house/)'] },
}));
const sideways = order.flatMap((layer) =>
  L[layer].map((room) => ({
    name: `${room}-imports-no-neighbour`,
    comment: 'Rooms of one layer do not know each other; what both need belongs below them.',
    severity: 'error',
    from: { path: `^src/${room}/` },
    // config/types.ts is the vocabulary of the configuration: types alone, known to all.
    to: { path: dirs(layer), pathNot: [`^src/${room}/`, '^src/config/(login-)?types\\.ts$'] },
  })),
);
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no bottom to start reading from.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'base-imports-nothing-above',
      comment: 'lib, errors, evidence and sources know nothing of the rest of Sallyport.',
      severity: 'error',
      from: { path: L.base },
      to: { path: '^src/', pathNot: L.base },
    },
    ...upward,
    ...sideways,
    {
      name: 'one-way-out',
      comment: 'One place where a request leaves the building.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web/steps/leave|web/parts|app|sites)\\.ts$|^src/proxy/' },
      to: { path: '^src/proxy/(forward|upgrade)\\.ts$' },
    },
    {
      name: 'nothing-is-sent-without-an-admission',
      comment: 'By an exchange alone, which spends one; commands that try the operator’s own app send as it does.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/proxy/exchange\\.ts$|^src/workbench/direct/behind\\.ts$' },
      to: { path: '^src/proxy/whole\\.ts$' },
    },
    {
      name: 'the-server-knows-no-workbench',
      comment: 'Commands try apps; whoever serves people sends nothing of its own making.',
      severity: 'error',
      from: { path: '^src/(web|demo|house|watch/canary)/|^src/(app|doors|main|sites)\\.ts$' },
      to: { path: '^src/(workbench|watch/origin)/' },
    },
    {
      name: 'one-feeder-of-the-decision',
      comment: 'Nobody feeds the mint facts of their own making.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/gate/(gate|opinion)\\.ts$' },
      to: { path: '^src/gate/decide\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-place-where-a-session-begins',
      comment: 'Only login/ opens a session.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(login|sessions)/' },
      to: { path: '^src/sessions/open\\.ts$' },
    },
    {
      name: 'one-place-where-a-store-is-opened',
      comment:
        'Who opens a store holds all its writes; rooms are given one whose writes take a lock (docs/decisions/0016).',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(store/|app\\.ts$|cli/(context|migrate)\\.ts$|web/console/evidence/worker\\.ts$)',
      },
      to: { path: '^src/store/(open|open-sealed|store|database)\\.ts$' },
    },
    {
      name: 'the-decision-is-pure',
      comment: 'It can be read and tested alone: no store, no server, no clock.',
      severity: 'error',
      from: { path: '^src/gate/decide\\.ts$' },
      to: { path: ['^src/(store|web|proxy)/', '^src/lib/clock', '^node:'] },
    },
    {
      name: 'scim-is-pure',
      comment: 'JSON in, JSON out: what a directory sends is understood without a store, a server or a clock.',
      severity: 'error',
      from: { path: '^src/scim/' },
      to: { path: ['^src/', '^node:', 'node_modules'], pathNot: ['^src/scim/', '^src/lib/'] },
    },
    {
      name: 'tlog-is-pure',
      comment: 'What is proven depends on bytes alone: no store, no clock, and nothing random.',
      severity: 'error',
      from: { path: '^src/tlog/' },
      to: { path: ['^src/', 'node_modules'], pathNot: ['^src/tlog/'] },
    },
    {
      name: 'coverage-is-pure',
      comment:
        'Entries in, who could get in and how out: a report can be made again, by anybody, from the record alone.',
      severity: 'error',
      from: { path: '^src/coverage/' },
      to: {
        path: ['^src/', '^node:'],
        pathNot: ['^src/(coverage|lib|sources)/', '^src/(evidence|roles|errors|store/types|store/row-types)\\.ts$'],
      },
    },
    {
      name: 'the-verifier-is-portable',
      comment:
        'The same source runs in a browser: nothing of Node, no package, and of ours only the rules of coverage.',
      severity: 'error',
      from: { path: '^src/pack/(verify|page)/' },
      to: {
        path: ['^src/', '^node:', 'node_modules', '^[a-z:]+$'],
        pathNot: ['^src/pack/(verify|page)/', '^src/coverage/(replay|types|cells|apps|effects|in-force|uses)\\.ts$'],
      },
    },
    {
      name: 'the-tests-are-not-imported',
      comment: 'No hooks for tests in the product.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      comment: 'What runs is what `npm ci --omit=dev` installs.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
