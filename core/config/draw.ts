import { nodeLabel, type PipelineOutline } from './graph.ts'

/**
 * The pipeline for a terminal: one box below the other, givers first, with the wires in lanes at their left.
 *
 *        ┌───────────────┐
 *        │ plan          │
 *     ┌──┤ strategy: dca │
 *     │  └───────────────┘
 *     │  ┌───────────────┐
 *     └─▶│ out           │
 *        │ sink: console │
 *        └───────────────┘
 *
 * A line that meets another passes under it; where they join, the line branches.
 */
export function draw(outline: PipelineOutline): string {
  const { nodes } = outline
  const at = new Map(nodes.map((node, index) => [node.id, index]))
  const lanes = layLanes(nodes.map(node => node.from.flatMap(giver => at.get(giver) ?? [])))
  const width = Math.max(0, ...nodes.flatMap(node => [node.id.length, nodeLabel(node).length]))
  const lines: string[] = []
  nodes.forEach((node, row) => {
    const own = lanes.find(lane => lane.giver === row)
    const feeding = lanes.filter(lane => lane.takers.includes(row))
    const bar = '─'.repeat(width + 2)
    // A lane is open from below the second line of its giver to the first line of its last taker.
    const before = lanes.filter(lane => lane.giver < row && lane.last >= row)
    const after = lanes.filter(lane => lane.giver < row && lane.last > row)
    const below = lanes.filter(lane => lane.giver <= row && lane.last > row)
    lines.push(`${margin(lanes, before)}   ┌${bar}┐`)
    lines.push(`${entrance(lanes, before, feeding, row)}│ ${node.id.padEnd(width)} │`)
    lines.push(`${exit(lanes, after, own)}${own ? '┤' : '│'} ${nodeLabel(node).padEnd(width)} │`)
    lines.push(`${margin(lanes, below)}   └${bar}┘`)
  })
  return lines.map(line => line.trimEnd()).join('\n')
}

/** The column in which what a node gives runs down to its takers. */
interface Lane {
  readonly giver: number
  readonly takers: readonly number[]
  readonly last: number
  readonly column: number
}

function layLanes(givers: readonly (readonly number[])[]): readonly Lane[] {
  const lanes: Lane[] = []
  for (let giver = 0; giver < givers.length; giver += 1) {
    const takers = givers.flatMap((from, taker) => (from.includes(giver) && taker > giver ? [taker] : []))
    const last = Math.max(...takers)
    if (takers.length === 0) continue
    let column = 0
    while (lanes.some(lane => lane.column === column && lane.last > giver)) column += 1
    lanes.push({ giver, takers, last, column })
  }
  return lanes
}

/** Two characters a lane: the line, and what runs between it and the next. */
function cells(lanes: readonly Lane[], cell: (column: number) => string): string {
  const columns = 1 + Math.max(-1, ...lanes.map(lane => lane.column))
  return Array.from({ length: columns }, (_, column) => cell(column)).join('')
}

function margin(lanes: readonly Lane[], open: readonly Lane[]): string {
  return cells(lanes, column => (open.some(lane => lane.column === column) ? '│ ' : '  '))
}

function entrance(lanes: readonly Lane[], open: readonly Lane[], feeding: readonly Lane[], row: number): string {
  const outermost = Math.min(...feeding.map(lane => lane.column))
  const text = cells(lanes, column => {
    const lane = open.find(one => one.column === column)
    const run = column >= outermost ? '─' : ' '
    if (!lane) return column > outermost ? '──' : '  '
    if (!feeding.includes(lane)) return `│${run}`
    if (column === outermost) return lane.last > row ? '├─' : '└─'
    return lane.last > row ? '┼─' : '┴─'
  })
  return `${text}${feeding.length > 0 ? '──▶' : '   '}`
}

function exit(lanes: readonly Lane[], open: readonly Lane[], own: Lane | undefined): string {
  const start = own?.column ?? Number.POSITIVE_INFINITY
  const text = cells(lanes, column => {
    if (column === start) return '┌─'
    const passing = open.some(lane => lane.column === column)
    if (column < start) return passing ? '│ ' : '  '
    return passing ? '│─' : '──'
  })
  return `${text}${own ? '───' : '   '}`
}
