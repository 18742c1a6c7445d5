import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Diagnostic, formatDiagnostic } from '../../../core/config/diagnostic.ts'
import { memoryFiles } from '../../../core/config/files.ts'
import { lintPipeline } from '../../../core/config/lint.ts'
import { loadPipeline } from '../../../core/config/load.ts'
import { ERROR_CODES } from '../../../core/errors/codes.ts'
import { type Random, seededRandom } from '../../../core/time/random.ts'
import { readCase } from './broken-case.ts'
import { TEST_TOKENS } from './tokens.ts'
import { registryOf, TOYS } from './toys.ts'

const ROOT = join(import.meta.dirname, '..', 'broken-pipelines')
const REGISTRY = registryOf(TOYS)
const SECRET = 'correct-horse-battery'

/** What mutations begin with: every broken pipeline, with the files beside it. */
const CORPUS: readonly Readonly<Record<string, string>>[] = globSync('*/*.txt', { cwd: ROOT })
  .sort()
  .map(path => readCase(readFileSync(join(ROOT, path), 'utf8')).files)
const TEXTS = CORPUS.flatMap(files => Object.values(files))

/** What YAML and we give a meaning to, and what breaks naive readers. */
const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ': ',
    ',',
    '- ',
    '? ',
    '#',
    '&a ',
    '*a',
    '!x ',
    '!!binary ',
    '|',
    '>',
    '|+\n',
    '"',
    "'",
    '\t',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '<<: *a',
    '\n',
    '\r\n',
    '\r',
    '  ',
    '\u0000',
    '\u2028',
    '\ufeff',
    '💥',
    '\ud800',
    '\\',
  ],
  ...['null', 'true', '~', '.inf', '-.nan', '0x1F', '1e999', '-0', '12345678901234567890', '2026-01-31', '!', '@', '`'],
  ...[
    '${',
    '}',
    '${params.type}',
    '${settings}',
    '${settings.a.b}',
    '${env.A}',
    '${secret.HOOK}',
    '$${x}',
    '${params.__proto__}',
  ],
  ...[
    '$file: ',
    '$nodes: ',
    '{$file: pipeline.yaml}',
    '{$nodes: pipeline.yaml}',
    '{$nodes: strategies/dca.yaml}',
    '$prices',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'nodes',
    'with',
    'from',
    'edge',
    'default',
    'required',
  ],
  ...[
    'pattern: "(a+)+$"',
    'enum: []',
    'format: amount',
    'type: object',
    'properties: {a: {type: foo}}',
    'items: {$ref: "#"}',
  ],
  ...[
    '$ref: "#/nowhere"',
    'additionalProperties: 3',
    'items: 5',
    'minimum: x',
    '10 USDC',
    'SOL/USDC',
    '* * * * *',
    '1h30m',
  ],
  ...[
    '[[[[[[[[[[',
    '{a: {a: {a: {a: ',
    '&b [*b, *b]',
    '- - - - - - ',
    'a: '.repeat(30),
    '9'.repeat(400),
    'x'.repeat(2_000),
  ],
]

type Mutation = (text: string, random: Random) => string

const at = (text: string, random: Random): number => random.int(text.length + 1)
const pick = <T>(list: readonly T[], random: Random): T => list[random.int(list.length)]!
const lines = (
  text: string,
  change: (lines: string[], line: number, random: Random) => void,
  random: Random,
): string => {
  const all = text.split('\n')
  change(all, random.int(all.length), random)
  return all.join('\n')
}

const MUTATIONS: readonly Mutation[] = [
  function insertToken(text, random) {
    const place = at(text, random)
    return text.slice(0, place) + pick(TOKENS, random) + text.slice(place)
  },
  function replaceSpan(text, random) {
    const place = at(text, random)
    return text.slice(0, place) + pick(TOKENS, random) + text.slice(place + random.int(12))
  },
  function deleteSpan(text, random) {
    const place = at(text, random)
    return text.slice(0, place) + text.slice(place + 1 + random.int(20))
  },
  function flipCharacter(text, random) {
    const place = at(text, random)
    return text.slice(0, place) + String.fromCharCode(random.int(0x250)) + text.slice(place + 1)
  },
  (text, random) => lines(text, (all, line) => all.splice(line, 1), random),
  (text, random) => lines(text, (all, line) => all.splice(line, 0, all[line]!), random),
  (text, random) => lines(text, (all, line) => all.push(...all.splice(line, 1)), random),
  function indent(text, random) {
    const shift = (all: string[], line: number): void => {
      all[line] = ' '.repeat(random.int(6)) + all[line]!.trimStart()
    }
    return lines(text, shift, random)
  },
  (text, random) => lines(text, (all, line) => all.splice(line, 0, ...pick(TEXTS, random).split('\n')), random),
  function swapWords(text, random) {
    const words = text.match(/[\w${}.-]+/g) ?? ['x']
    return text.replace(pick(words, random), () => pick(words, random))
  },
  function renameField(text, random) {
    const keys = text.match(/[\w$]+(?=:)/g) ?? ['x']
    return text.replace(`${pick(keys, random)}:`, () => `${pick([...keys, ...TOKENS], random)}:`)
  },
  function nest(text, random) {
    const depth = 1 + random.int(random.int(40) === 0 ? 3_000 : 60)
    const place = at(text, random)
    return text.slice(0, place) + pick(['[', '{a: ', '- ', '? '], random).repeat(depth) + text.slice(place)
  },
  function repeatPart(text, random) {
    const place = at(text, random)
    return (
      text.slice(0, place) + text.slice(place, place + random.int(60)).repeat(1 + random.int(40)) + text.slice(place)
    )
  },
]

/** The files of the input with this number. */
export function fuzzInput(seed: string): Readonly<Record<string, string>> {
  const random = seededRandom(seed)
  const files: Record<string, string> = { ...pick(CORPUS, random) }
  for (let rounds = 1 + random.int(4); rounds > 0; rounds -= 1) {
    const name = pick(Object.keys(files), random)
    files[name] = pick(MUTATIONS, random)(files[name] ?? '', random)
  }
  return files
}

/**
 * Loads and lints an input, and checks what has to hold whatever it is.
 *
 * @throws when it does not hold, or the loader throws.
 */
export async function judge(files: Readonly<Record<string, string>>): Promise<void> {
  const common = {
    file: 'pipeline.yaml',
    files: memoryFiles(files),
    registry: REGISTRY,
    settingsRoots: ['configs', 'configs/strategies'],
    tokens: TEST_TOKENS,
  }
  const { pipeline, diagnostics } = await loadPipeline({
    ...common,
    params: { type: 'dca', config: 'dca.json', slots: '3', spend: '10 USDC' },
    sets: ['slots=3'],
    env: { A: 'text' },
    secret: async name => (name === 'HOOK' ? SECRET : undefined),
  })
  const failed = diagnostics.some(one => one.severity === 'error')
  if (failed === (pipeline !== undefined)) throw new Error('a pipeline is bound exactly when there is no error')
  const linted = await lintPipeline(common)
  for (const one of [...diagnostics, ...linted.diagnostics]) check(one)
  if (pipeline && JSON.stringify(pipeline).includes(SECRET)) throw new Error('a secret is in the JSON of a pipeline')
}

function check(diagnostic: Diagnostic): void {
  const { line, column, endColumn, code, message, hint, path } = diagnostic
  if (!(code in ERROR_CODES)) throw new Error(`no such code: ${code}`)
  if (!(line >= 1 && column >= 1 && endColumn > column))
    throw new Error(`no such place: ${line}:${column}-${endColumn}`)
  const text = formatDiagnostic(diagnostic)
  if (text.includes(SECRET)) throw new Error('a secret is in a diagnostic')
  if (text.split('\n').length > 4) throw new Error(`a diagnostic has more than four lines: ${text}`)
  for (const words of [message, hint ?? '', path]) {
    if (words.length > 2_000) throw new Error(`a diagnostic of ${words.length} characters`)
    if (/\bundefined\b|\[object /.test(words)) throw new Error(`a diagnostic says: ${words}`)
  }
}
