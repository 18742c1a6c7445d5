import { Parser } from '@oclif/core'
import { expect, test } from 'vitest'
import { indexOfFile } from '../commands/run.ts'
import { RUN_FLAGS } from './common-flags.ts'
import { flagsOfParams } from './param-flags.ts'

test('a param becomes a flag of its type, with its choices, default and description', () => {
  const param = (name: string, schema: object, required = false, description?: string) => ({
    name,
    schema: { ...schema },
    required,
    description,
  })
  const flags = flagsOfParams(
    [
      param('type', { enum: ['dca', 'grid'] }, true, 'Which strategy.'),
      param('count', { type: 'integer', default: 3, minimum: 1 }),
      param('config', { type: 'string', format: 'path' }),
      param('fast', { type: 'boolean' }),
    ],
    RUN_FLAGS,
  )
  expect(flags['type']).toMatchObject({
    type: 'option',
    options: ['dca', 'grid'],
    required: true,
    description: 'Which strategy.',
  })
  expect(flags['count']).toMatchObject({ type: 'option', default: 3, required: false })
  expect(flags['config']).toMatchObject({ type: 'option', helpValue: 'PATH' })
  expect(flags['fast']).toMatchObject({ type: 'boolean', allowNo: true })
})

test('a param that takes the name of a common flag is refused', () => {
  expect(() =>
    flagsOfParams([{ name: 'seed', schema: { type: 'string' }, description: undefined, required: false }], RUN_FLAGS),
  ).toThrow(/param "seed"/)
})

test('the file of `run` is found among flags whose meaning only the file can tell', () => {
  expect(indexOfFile(['mine.yaml', '--amount', '5'])).toBe(0)
  expect(indexOfFile(['--amount', '5', 'mine.yaml'])).toBe(2)
  expect(indexOfFile(['--cluster', 'other.yaml', 'mine.yaml'])).toBe(2)
  expect(indexOfFile(['--cluster=devnet', 'mine'])).toBe(1)
  expect(indexOfFile(['--json', 'mine', '--seed', '2'])).toBe(1)
  expect(indexOfFile(['--json'])).toBe(-1)
})

test('a list is given with commas, or by repeating the flag', async () => {
  const params = [
    { name: 'venues', schema: { type: 'array', items: { type: 'string' } }, description: undefined, required: false },
  ]
  const flags = flagsOfParams(params as never, {})
  const parse = async (argv: string[]) => (await Parser.parse(argv, { flags, strict: true })).flags
  expect(await parse(['--venues', 'orca,raydium'])).toMatchObject({ venues: ['orca', 'raydium'] })
  expect(await parse(['--venues', 'orca', '--venues', 'jupiter'])).toMatchObject({ venues: ['orca', 'jupiter'] })
})
