/** The one list of directions: a layer never imports one to its right. Layers in one row may import each other. */
const LAYERS = [
  ['errors'],
  ['money', 'time'],
  ['events'],
  ['orders', 'routing', 'accounting', 'indicators', 'candles'],
  ['plugin'],
  ['config', 'registry', 'runtime'],
  ['chain', 'localnet', 'store'],
  ['testing'],
  ['backtest'],
  ['app'],
  ['cli'],
]

const layer = names => `^core/(${names.join('|')})/`

/** Packages that only some folders may touch. */
const SOLANA = '^node_modules/(@solana|@solana-program|@orca-so|@raydium-io|@jup-ag|@coral-xyz|litesvm)/'
const SOLANA_ROOMS = '^(core/(chain|localnet)/|plugins/execution/)'

export default {
  forbidden: [
    ...LAYERS.slice(0, -1).map((names, row) => ({
      name: `direction-${names.join('-')}`,
      comment: 'A layer never imports one to its right (the list in .dependency-cruiser.mjs).',
      severity: 'error',
      from: { path: layer(names) },
      to: { path: layer(LAYERS.slice(row + 1).flat()) },
    })),
    {
      name: 'the-chain-side-by-side',
      comment: 'The chain client works against any RPC: it knows neither the embedded chain nor the store.',
      severity: 'error',
      from: { path: '^core/chain/' },
      to: { path: '^core/(localnet|store)/' },
    },
    {
      name: 'plugins-through-the-door',
      comment: 'Plugins import core/index.ts only (and the test kit in their tests), and never each other.',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/([^/]+)' },
      to: { path: '^(core|plugins)/', pathNot: ['^core/index\\.ts$', '^core/testing/index\\.ts$', '^plugins/$1/$2'] },
    },
    {
      name: 'only-app-knows-plugins',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/app/' },
      to: { path: '^plugins/' },
    },
    {
      name: 'nobody-imports-the-door',
      comment: 'Inside core, import the file itself.',
      severity: 'error',
      from: { path: '^core/', pathNot: '^core/(app|testing)/' },
      to: { path: '^core/index\\.ts$' },
    },
    {
      name: 'solana-stays-in-its-rooms',
      severity: 'error',
      from: { path: '^(core|plugins)/', pathNot: SOLANA_ROOMS },
      to: { path: SOLANA },
    },
    {
      name: 'no-tests-in-code',
      severity: 'error',
      from: { pathNot: '\\.test\\.ts$|^test/' },
      to: { path: '\\.test\\.ts$|^test/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-packages-only',
      severity: 'error',
      from: { path: '^(core|plugins)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
