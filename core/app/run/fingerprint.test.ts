import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { toJson } from '../../events/serialize.ts'
import { fingerprintOf } from './fingerprint.ts'

const pipeline = (wallet?: string): BoundPipeline =>
  ({
    nodes: [{ id: 'swap', kind: 'execution', plugin: { name: 'jupiter' }, config: { a: 1n }, from: ['plan'], wallet }],
  }) as unknown as BoundPipeline

const addressed = (publicKey: string) => new Map([['savings', { publicKey }]])

test('a pipeline that names no wallet is the one that earlier versions knew', () => {
  const known = createHash('sha256')
    .update(toJson([['swap', 'execution', 'jupiter', { a: 1n }, ['plan']]]))
    .digest('hex')
  expect(fingerprintOf(pipeline())).toBe(known)
  expect(fingerprintOf(pipeline(), addressed('x'))).toBe(known)
})

test('another key behind the name of a wallet is another intention', () => {
  expect(fingerprintOf(pipeline('savings'), addressed('x'))).toBe(fingerprintOf(pipeline('savings'), addressed('x')))
  expect(fingerprintOf(pipeline('savings'), addressed('x'))).not.toBe(
    fingerprintOf(pipeline('savings'), addressed('y')),
  )
  expect(fingerprintOf(pipeline('savings'), addressed('x'))).not.toBe(fingerprintOf(pipeline()))
})
