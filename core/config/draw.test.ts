import { expect, it } from 'vitest'
import { draw } from './draw.ts'
import { mermaid, type PipelineOutline } from './graph.ts'

const OUTLINE: PipelineOutline = {
  name: 'demo',
  alternative: '',
  nodes: [
    { id: 'prices', kind: 'source', plugin: 'ticker', from: [] },
    { id: 'plan.bars', kind: 'signal', plugin: 'candles', from: ['prices'] },
    { id: 'plan', kind: 'strategy', plugin: 'follow', from: ['plan.bars', 'prices'] },
    { id: 'swap', kind: 'execution', plugin: 'swap', from: ['plan'] },
    { id: 'out', kind: 'sink', plugin: 'console', from: ['prices', 'swap'] },
  ],
}

it('a drawing leads every wire from its giver to its takers, past the others', () => {
  expect(`\n${draw(OUTLINE)}`).toBe(`
       ┌──────────────────┐
       │ prices           │
┌──────┤ source: ticker   │
│      └──────────────────┘
│      ┌──────────────────┐
├─────▶│ plan.bars        │
│ ┌────┤ signal: candles  │
│ │    └──────────────────┘
│ │    ┌──────────────────┐
├─┴───▶│ plan             │
│ ┌────┤ strategy: follow │
│ │    └──────────────────┘
│ │    ┌──────────────────┐
│ └───▶│ swap             │
│ ┌────┤ execution: swap  │
│ │    └──────────────────┘
│ │    ┌──────────────────┐
└─┴───▶│ out              │
       │ sink: console    │
       └──────────────────┘`)
})

it('a Mermaid text has every node with its kind, and every wire', () => {
  expect(mermaid(OUTLINE)).toBe(
    [
      'flowchart LR',
      '  n0(["prices<br/>source: ticker"])',
      '  n1["plan.bars<br/>signal: candles"]',
      '  n2{{"plan<br/>strategy: follow"}}',
      '  n3[["swap<br/>execution: swap"]]',
      '  n4[("out<br/>sink: console")]',
      '  n0 --> n1',
      '  n1 --> n2',
      '  n0 --> n2',
      '  n2 --> n3',
      '  n0 --> n4',
      '  n3 --> n4',
    ].join('\n'),
  )
})

it('an execution that trades with a wallet of its own says so', () => {
  const swap = { id: 'swap', kind: 'execution', plugin: 'swap', wallet: 'savings', from: [] } as const
  const outline = { ...OUTLINE, nodes: [swap] }
  expect(draw(outline)).toContain('│ execution: swap with savings │')
  expect(mermaid(outline)).toContain('swap<br/>execution: swap with savings')
})
