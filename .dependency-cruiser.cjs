/** The layers of src/README.md. Imports go downwards only; type imports too. */
const L = {
  base: '^src/(lib/|sources/|errors\\.ts$|evidence\\.ts$)',
  L1: ['config', 'store', 'request'],
  L2: ['accounts', 'assertions', 'factors', 'sessions', 'rules', 'audit', 'notices', 'presets', 'jar', 'terminal'],
  L3: ['operations'],
  L4: ['gate', 'login', 'enrol', 'manage'],
  L5: ['proxy', 'workbench'],
  L6: ['binding'],
  L7: ['web', 'cli', 'demo'],
};
const order = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7'];
const dirs = (layer) => `^src/(${L[layer].join('|')})/`;
const upward = order.map((layer, i) => ({
  name: `${layer}-imports-downwards-only`,
  comment: 'A lower room must be readable and testable without a higher one.',
  severity: 'error',
  from: { path: dirs(layer) },
  to: { path: [...order.slice(i + 1).map(dirs), '^src/(app|main|sites)\\.ts$'] },
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
      name: 'one-feeder-of-the-decision',
      comment: 'Nobody feeds the mint facts of their own making.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/gate/gate\\.ts$' },
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
      from: { path: '^src/', pathNot: '^src/(store/|app\\.ts$|cli/(context|migrate)\\.ts$)' },
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
