import { ForgeError, isForgeError, type PluginContext } from '../../../core/index.ts'
import { loadPlugins } from '../../../core/registry/load-plugins.ts'

/** Run by its own process: loads outside plugins in a folder and prints what it found, as JSON. */
const folder = process.argv[2] ?? '.'
const { registry, problems } = await loadPlugins({
  builtIns: [],
  files: [{ path: './mine.ts', baseDir: folder }],
  packagesFrom: folder,
})
const halve = await registry.find('order', 'halve')?.definition.setup({} as PluginContext)
let thrown: unknown
try {
  halve?.process?.({
    kind: 'intent',
    amount: { units: 1n },
  } as unknown as Parameters<NonNullable<typeof halve.process>>[0])
} catch (error) {
  thrown = error
}
process.stdout.write(
  JSON.stringify({
    plugins: registry.list().map(({ definition, origin }) => `${definition.kind}/${definition.name} ${origin.from}`),
    problems: problems.map(({ path, error }) => `${path}: ${error.message}`),
    ownError: thrown instanceof ForgeError && isForgeError(thrown, 'AMOUNT_INVALID'),
  }),
)
