import { expect, it } from 'vitest'
import { readChoices } from '../../core/config/choices.ts'
import { memoryFiles } from '../../core/config/files.ts'
import { readPipelineInterface } from '../../core/config/interface.ts'

const FILES = {
  'pipelines/run.yaml': `pipeline: run
params:
  type: {enum: [slow, fast, lost], description: Which.}
  venue: {enum: [a, b], description: Where.}
nodes:
  plan: {$nodes: "plans/\${params.type}.yaml"}
  swap: {execution: "\${params.venue}", from: plan}
`,
  'pipelines/plans/slow.yaml': 'fragment: slow\nsummary: Takes its time.\nnodes: {it: {strategy: slow}}\n',
  'pipelines/plans/fast.yaml': 'fragment: fast\nsummary: Does not.\nnodes: {it: {strategy: fast}}\n',
}

it('a param that chooses a fragment is listed with what each fragment says it does', async () => {
  const { choices, diagnostics } = await readChoices('pipelines/run.yaml', memoryFiles(FILES))
  expect(diagnostics).toEqual([])
  expect(choices).toEqual([
    { param: 'type', value: 'slow', summary: 'Takes its time.' },
    { param: 'type', value: 'fast', summary: 'Does not.' },
    { param: 'type', value: 'lost', summary: 'can not be read: there is no such file' },
  ])
})

it('is known from the head of the pipeline; one that only names a plugin is none', async () => {
  const { pipeline } = await readPipelineInterface('pipelines/run.yaml', memoryFiles(FILES))
  expect(pipeline?.choosing).toEqual(['type'])
})
