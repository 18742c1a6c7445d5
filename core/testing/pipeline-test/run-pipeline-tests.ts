import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { type Diagnostic, diagnosticAt, hasErrors, sortDiagnostics } from '../../config/diagnostic.ts'
import { type ConfigFiles, diskFiles } from '../../config/files.ts'
import { loadPipeline } from '../../config/load.ts'
import type { LoadPlugins } from '../../config/own-plugins.ts'
import { entry, field, joinPath, type Tree } from '../../config/text/tree.ts'
import { isForgeError, messageOf } from '../../errors/forge-error.ts'
import { hintFor } from '../../errors/suggest.ts'
import type { TokenDirectory } from '../../money/token.ts'
import type { PluginRegistry } from '../../registry/registry.ts'
import { testTokens } from '../mocks/test-tokens.ts'
import { checkExpectations } from './expectations.ts'
import { type ReadTest, readTests, testFileOf } from './read-tests.ts'
import type { TestFailure, TestOutcome, TestReport } from './report.ts'
import { runTest } from './run-test.ts'

export interface PipelineTestOptions {
  readonly registry: PluginRegistry
  /** Loads plugins that a pipeline names itself; without it such a pipeline is refused. */
  readonly loadPlugins?: LoadPlugins
  readonly files?: ConfigFiles
  /** The tokens that amounts are written in; SOL, USDC and BONK of a test cluster by default. */
  readonly tokens?: TokenDirectory
  /** Where settings files are looked up. */
  readonly settingsRoots?: readonly string[]
  /** Only tests whose name contains this. */
  readonly only?: string | undefined
}

/**
 * Runs the tests of a pipeline, in virtual time and without a network.
 *
 * @param file A `*.test.yaml`, or the pipeline that has one beside it.
 */
export async function runPipelineTests(file: string, options: PipelineTestOptions): Promise<TestReport> {
  const files = options.files ?? diskFiles
  const tokens = options.tokens ?? testTokens()
  const read = await readTests(testFileOf(file), files, tokens)
  const diagnostics: Diagnostic[] = [...read.diagnostics]
  const tests: TestOutcome[] = []
  for (const one of read.tests) {
    if (!one.test.name.includes(options.only ?? '')) continue
    const loaded = await load(read.pipeline, one, { ...options, files, tokens })
    const unknown = loaded.pipeline ? unknownNodes(one, loaded.pipeline) : []
    diagnostics.push(...loaded.diagnostics, ...unknown)
    if (!loaded.pipeline) tests.push(outcome(one, [problem(one, 'the pipeline', 'has errors with these params')]))
    else if (unknown.length > 0) tests.push(outcome(one, [problem(one, 'the test', 'names a node that is not there')]))
    else tests.push(outcome(one, await failuresOf(one, loaded.pipeline, tokens)))
  }
  const sorted = sortDiagnostics(diagnostics)
  return {
    file: read.file,
    pipeline: read.pipeline,
    ok: !hasErrors(sorted) && tests.every(test => test.ok),
    diagnostics: sorted,
    tests,
  }
}

async function failuresOf(read: ReadTest, pipeline: BoundPipeline, tokens: TokenDirectory): Promise<TestFailure[]> {
  try {
    return checkExpectations(read, await runTest(read, pipeline, tokens))
  } catch (thrown) {
    const code = isForgeError(thrown) ? `${thrown.code}: ` : ''
    return [problem(read, 'the run', `${code}${messageOf(thrown)}`)]
  }
}

async function load(
  file: string,
  { test }: ReadTest,
  options: PipelineTestOptions & { readonly files: ConfigFiles; readonly tokens: TokenDirectory },
): Promise<{ readonly pipeline: BoundPipeline | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  return loadPipeline({
    file,
    files: options.files,
    registry: options.registry,
    ...(options.loadPlugins ? { loadPlugins: options.loadPlugins } : {}),
    params: test.params ?? {},
    sets: setsOf(test.settings ?? {}),
    env: test.env ?? {},
    secret: async name => test.secrets?.[name],
    tokens: options.tokens,
    settingsRoots: options.settingsRoots ?? [],
  })
}

/** Nested settings as `a.b=value`, the form of --set. */
function setsOf(settings: Readonly<Record<string, unknown>>, base = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const name = base === '' ? key : `${base}.${key}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return setsOf(value as Readonly<Record<string, unknown>>, name)
    }
    return [`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`]
  })
}

/** Nodes that the test names and the pipeline has not. */
function unknownNodes({ test, tree, given }: ReadTest, pipeline: BoundPipeline): Diagnostic[] {
  const ids = pipeline.nodes.map(node => node.id)
  const expected = field(tree, 'expect')
  const named: { name: string; place: Tree['span']; path: string }[] = []
  for (const part of ['events', 'counts']) {
    for (const name of Object.keys(test.expect[part as 'events' | 'counts'] ?? {})) {
      const place = entry(field(expected, part), name)?.keySpan ?? tree.span
      named.push({ name, place, path: joinPath(`expect.${part}`, name) })
    }
  }
  const events = field(tree, 'events')
  for (const item of events?.type === 'list' ? events.items : []) {
    const node = field(item, 'node')
    const name = node?.type === 'scalar' ? String(node.value) : ''
    if (given.has(name)) named.push({ name, place: node?.span ?? item.span, path: 'events' })
  }
  return named
    .filter(({ name }) => !ids.includes(name))
    .map(({ name, place, path }) =>
      diagnosticAt(place, {
        code: 'CONFIG_NODE_UNKNOWN',
        path,
        message: `the pipeline has no node "${name}"`,
        hint: hintFor(name, ids, 'its nodes are'),
      }),
    )
}

function outcome({ test, tree }: ReadTest, failures: readonly TestFailure[]): TestOutcome {
  return { name: test.name, place: placeOf(tree), ok: failures.length === 0, failures }
}

function problem({ tree }: ReadTest, subject: string, line: string): TestFailure {
  return { place: placeOf(tree), subject, lines: [line] }
}

function placeOf(tree: Tree): string {
  const { line, column } = tree.span.source.position(tree.span.start)
  return `${tree.span.source.name}:${line}:${column}`
}
