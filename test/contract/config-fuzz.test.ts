import { expect, it } from 'vitest'
import { fuzzInput, judge } from './config/fuzz-input.ts'

/** Inputs that once failed: they stay when the bug goes. */
const FOUND: readonly { readonly seed: string; readonly files: Readonly<Record<string, string>> }[] = [
  // The line below the last one was looked for without end.
  { seed: 'fuzz/11609', files: { 'pipeline.yaml': 'pes: ? ? ? ? {-0' } },
  // A value of an enum that is a group of fields was shown as [object Object].
  { seed: 'fuzz/94345', files: { 'pipeline.yaml': 'pipeline: a\nparams: {type: {enum: [b, {c: 1}]}}\nnodes: {}\n' } },
  // A long value of an enum made its alternative a long sentence.
  {
    seed: 'second/8171',
    files: {
      'pipeline.yaml': `pipeline: a\nparams: {type: {enum: [b, ${'x'.repeat(2_000)}]}}\nnodes: {n: {sink: "\${params.type}"}}\n`,
    },
  },
]

it.each(FOUND)('the input of seed $seed, which failed once, is judged', async ({ files }) => {
  await expect(judge(files)).resolves.toBeUndefined()
})

it('five hundred mutated pipelines lead to diagnostics, never to an error or a hang', async () => {
  const failures: string[] = []
  for (let index = 0; index < 500; index += 1) {
    const seed = `npm-test/${index}`
    await judge(fuzzInput(seed)).catch((thrown: unknown) => failures.push(`${seed}: ${String(thrown)}`))
  }
  expect(failures).toEqual([])
})
