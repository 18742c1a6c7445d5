import { basename, dirname, join } from 'node:path'
import { Checker } from '../../config/check/checker.ts'
import { explain } from '../../config/check/explain.ts'
import type { Diagnostic } from '../../config/diagnostic.ts'
import { type ConfigFiles, whyUnreadable } from '../../config/files.ts'
import { Findings } from '../../config/findings.ts'
import { readDocument } from '../../config/text/read-document.ts'
import { SourceText } from '../../config/text/source-text.ts'
import { entry, field, joinPath, type Tree } from '../../config/text/tree.ts'
import { toPlain } from '../../config/values/plain.ts'
import type { JsonSchema } from '../../config/values/schema-walk.ts'
import { isForgeError } from '../../errors/forge-error.ts'
import { hintFor } from '../../errors/suggest.ts'
import type { ForgeEvent } from '../../events/event.ts'
import type { TokenDirectory } from '../../money/token.ts'
import { TEST_START_MS } from '../test-clock.ts'
import { readEvent } from './read-event.ts'
import { readTime } from './read-time.ts'
import { EVENT_SCHEMAS, type PipelineTest, type PlainInput, pipelineTestSchema } from './schema.ts'

const FILE_SCHEMA: JsonSchema = { ...pipelineTestSchema }
const EVENTS: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(EVENT_SCHEMAS).map(([kind, schema]) => [kind, { ...schema }]),
)

/** A test as it was read, with the tree that knows its places. */
export interface ReadTest {
  readonly test: PipelineTest
  readonly tree: Tree
  readonly start_ms: number
  readonly until_ms: number | undefined
  /** What the replaced nodes give, by node, in order of time. */
  readonly given: ReadonlyMap<string, readonly ForgeEvent[]>
}

export interface ReadTests {
  /** The test file and its pipeline, as paths. */
  readonly file: string
  readonly pipeline: string
  readonly tests: readonly ReadTest[]
  readonly diagnostics: readonly Diagnostic[]
}

/** The test file of a pipeline (`dca.yaml` has `dca.test.yaml`), or the file itself when it is one. */
export function testFileOf(file: string): string {
  if (/\.test\.ya?ml$/.test(file)) return file
  return file.replace(/(\.ya?ml)?$/, extension => `.test${extension || '.yaml'}`)
}

/** Reads a test file; everything that is wrong with it is in the diagnostics, and then there are no tests. */
export async function readTests(file: string, files: ConfigFiles, tokens: TokenDirectory): Promise<ReadTests> {
  const findings = new Findings()
  const nothing = (): ReadTests => ({ file, pipeline: '', tests: [], diagnostics: findings.sorted() })
  let text: string
  try {
    text = await files.readText(file)
  } catch (thrown) {
    const message = `can not read this file: ${whyUnreadable(thrown)}`
    findings.add(new SourceText(file, '').span(0, 1), { code: 'CONFIG_FILE_MISSING', path: '', message })
    return nothing()
  }
  const { tree, diagnostics, source } = readDocument(file, text)
  findings.addAll(diagnostics)
  if (!tree) return nothing()
  const { value, unknown } = toPlain(tree, FILE_SCHEMA)
  const checker = Checker.for(tokens)
  const errors = checker.check(FILE_SCHEMA, value)
  explain(errors, { tree, path: '', place: source.span(0, 1), unknown, tokens, owner: 'a test file' }, findings)
  if (findings.errors > 0) return nothing()
  const { pipeline, tests } = value as { pipeline?: string; tests: readonly PipelineTest[] }
  const trees = listOf(field(tree, 'tests'))
  const read = tests.map((test, index) =>
    readTest(test, trees[index]!, joinPath('tests', index), { checker, findings, tokens }),
  )
  return {
    file,
    pipeline: join(dirname(file), pipeline ?? basename(file).replace(/\.test(\.ya?ml)$/, '$1')),
    tests: findings.errors > 0 ? [] : read,
    diagnostics: findings.sorted(),
  }
}

interface Reading {
  readonly checker: Checker
  readonly findings: Findings
  readonly tokens: TokenDirectory
}

function readTest(test: PipelineTest, tree: Tree, path: string, reading: Reading): ReadTest {
  const start_ms = test.start === undefined ? TEST_START_MS : Date.parse(test.start)
  const given = new Map<string, ForgeEvent[]>()
  const trees = listOf(field(tree, 'events'))
  for (const [index, { at, node }] of (test.events ?? []).entries()) {
    const where = joinPath(path, 'events', index)
    const item = trees[index]!
    const time_ms = attempt(reading, field(item, 'at') ?? item, joinPath(where, 'at'), () => readTime(at, start_ms))
    const event = field(item, 'event') ?? item
    const written = writtenEvent(event, joinPath(where, 'event'), reading)
    if (time_ms === undefined || !written) continue
    const read = attempt(reading, event, joinPath(where, 'event'), () =>
      readEvent(written, time_ms, reading.tokens, start_ms),
    )
    if (read) given.set(node, [...(given.get(node) ?? []), read])
  }
  const until = field(tree, 'until')
  const until_ms =
    test.until === undefined || !until
      ? undefined
      : attempt(reading, until, joinPath(path, 'until'), () => readTime(test.until ?? '', start_ms))
  for (const events of given.values()) events.sort((a, b) => a.at - b.at)
  return { test, tree, start_ms, until_ms, given }
}

/** The event's own fields, checked by the schema of its kind; a third party's kind is taken as it is. */
function writtenEvent(tree: Tree, path: string, { checker, findings, tokens }: Reading): PlainInput | undefined {
  const kindTree = entry(tree, 'kind')
  const kind = kindTree?.value.type === 'scalar' ? String(kindTree.value.value) : ''
  if (kind.includes('/')) return toPlain(tree, undefined).value as PlainInput
  const schema = Object.hasOwn(EVENTS, kind) ? EVENTS[kind] : undefined
  if (!schema) {
    const message = `a test can not give an event of the kind "${kind}"`
    const hint = hintFor(kind, Object.keys(EVENTS), 'the kinds are')
    findings.add(kindTree?.value.span ?? tree.span, {
      code: 'CONFIG_VALUE_UNKNOWN',
      path: joinPath(path, 'kind'),
      message,
      hint,
    })
    return undefined
  }
  const { value, unknown } = toPlain(tree, schema)
  const errors = checker.check(schema, value)
  explain(errors, { tree, path, place: tree.span, unknown, tokens, owner: `the event ${kind}` }, findings)
  return errors.length === 0 ? (value as PlainInput) : undefined
}

function attempt<T>({ findings }: Reading, tree: Tree, path: string, work: () => T): T | undefined {
  try {
    return work()
  } catch (thrown) {
    if (!isForgeError(thrown)) throw thrown
    findings.add(tree.span, { code: thrown.code, path, message: thrown.message, hint: thrown.remedy })
    return undefined
  }
}

function listOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.type === 'list' ? tree.items : []
}
