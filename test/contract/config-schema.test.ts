import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fragmentSchema, pipelineSchema, settingsSchema } from '../../core/config/emit-schemas.ts'
import { readCase } from './config/broken-case.ts'
import { registryOf, TOYS } from './config/toys.ts'

const REGISTRY = registryOf(TOYS)

function validator(schema: object): (value: unknown) => boolean {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
  return value => validate(value)
}

const right = (nodes: string, head = ''): unknown => parse(`pipeline: demo\n${head}nodes:\n${nodes}`)

describe("the editors' schema of a pipeline", () => {
  const valid = validator(pipelineSchema(REGISTRY))

  it.each([
    ['a plugin with its fields', '  plan: {strategy: calendar, with: {spend: 1 SOL}}'],
    ['fields with defaults left out', '  swap: {execution: swap, from: plan}'],
    ['a reference in place of a number', '  swap: {execution: swap, from: plan, with: {slippageBps: "${params.x}"}}'],
    ['a reference in place of a whole', '  plan: {strategy: calendar, with: "${settings}"}'],
    ['a file in place of a whole', '  plan: {strategy: calendar, with: {$file: dca.json}}'],
    ['a plugin named by a param', '  plan: {strategy: "${params.type}", with: {anything: 1}}'],
    ['a fragment', '  plan: {$nodes: dca.yaml, with: {n: 1}, ports: {in: [a, b]}}'],
    ['a price that is a number', '  plan: {strategy: calendar, with: {spend: 1 SOL, maxPrice: 140.1}}'],
    ['policies', '  out: {sink: console, from: a, edge: {whenFull: block}, onError: {retry: 3}}'],
  ])('takes %s', (_, nodes) => {
    expect(valid(right(nodes))).toBe(true)
  })

  it.each([
    ['an unknown field of the pipeline', right('  in: {source: quotes}', 'sumary: x\n')],
    ['an unknown plugin', right('  plan: {strategy: calender}')],
    ['an unknown field of a plugin', right('  swap: {execution: swap, from: plan, with: {slipageBps: 3}}')],
    ['a value of another type', right('  swap: {execution: swap, from: plan, with: {simulate: 5}}')],
    ['a value out of range', right('  swap: {execution: swap, from: plan, with: {slippageBps: 0}}')],
    ['a missing field', right('  plan: {strategy: calendar, with: {}}')],
    ['a missing `with`', right('  plan: {strategy: calendar}')],
    ['a node of two kinds', right('  plan: {source: quotes, sink: console}')],
    ['a node of no kind', right('  plan: {from: a}')],
    ['an unknown policy', right('  out: {sink: console, from: a, onError: ignore}')],
    ['an unknown format of a param', right('  in: {source: quotes}', 'params: {a: {format: amout}}\n')],
  ])('refuses %s', (_, document) => {
    expect(valid(document)).toBe(false)
  })

  it('refuses nothing that the loader takes: pipelines whose mistake lies elsewhere are valid', () => {
    const root = join(import.meta.dirname, 'broken-pipelines')
    const cases = globSync('{sets,includes}/*.txt', { cwd: root }).map(path =>
      readCase(readFileSync(join(root, path), 'utf8')),
    )
    const elsewhere = cases.filter(one => !one.expected.includes('pipeline.yaml:'))
    expect(elsewhere.length).toBeGreaterThan(10)
    for (const one of elsewhere) expect(valid(parse(one.files['pipeline.yaml'] ?? ''))).toBe(true)
  })

  it('describes every field of every plugin, with its default', () => {
    const { definitions } = pipelineSchema(REGISTRY) as {
      definitions: Record<string, { anyOf: [{ properties: object }] }>
    }
    expect(definitions['execution.swap']?.anyOf[0].properties).toMatchObject({
      slippageBps: { description: 'How much worse it may get.', default: 50 },
    })
  })
})

describe("the editors' schema of a fragment", () => {
  const valid = validator(fragmentSchema(REGISTRY))

  it('takes ports, and nodes as in a pipeline', () => {
    const text =
      'fragment: dca\ninputs: {a: Prices., b: {optional: true}}\noutputs: {default: n}\nnodes:\n  n: {strategy: calendar, with: {spend: 1 SOL}}'
    expect(valid(parse(text))).toBe(true)
    expect(valid(parse(text.replace('spend', 'spnd')))).toBe(false)
  })
})

describe("the editors' schema of a plugin's settings", () => {
  it('takes the fields of the plugin, and the name of the schema itself', () => {
    const plugin = TOYS.find(one => one.name === 'calendar')
    const valid = validator(settingsSchema(plugin!))
    expect(valid({ $schema: 'x', spend: '1 SOL' })).toBe(true)
    expect(valid({ spend: '1 SOL', slot: 3 })).toBe(false)
    expect(valid({})).toBe(false)
  })
})
