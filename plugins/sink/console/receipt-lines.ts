import { type Fill, formatAmount, formatUnits } from '../../../core/index.ts'

const SOL_DECIMALS = 9
const BPS_PARTS = 1_000_000n

/** Promise against outcome, line by line; nothing where nothing was promised. */
export function receiptLines(fill: Fill): readonly string[] {
  const { promised, input, output, quotedOutput, minimumOutput, fees } = fill
  if (!promised) return []
  const sol = (units: bigint): string => `${formatUnits(units, SOL_DECIMALS)} SOL`
  const fee = (name: string, was: bigint, is: bigint): Row => [name, sol(was), sol(is), signed(is - was, sol)]
  const change = output.units - quotedOutput.units
  const rows: readonly Row[] = [
    ['', 'promised', 'outcome', 'difference'],
    [
      'paid',
      formatAmount({ ...input, units: promised.inputUnits }),
      formatAmount(input),
      signed(input.units - promised.inputUnits, units => formatAmount({ ...input, units })),
    ],
    [
      'received',
      formatAmount(quotedOutput),
      formatAmount(output),
      `${signed(change, units => formatAmount({ ...output, units }))}, ${bpsOf(change, quotedOutput.units)} bps`,
    ],
    [
      'at least',
      formatAmount(minimumOutput),
      formatAmount(output),
      output.units >= minimumOutput.units ? 'kept' : 'broken',
    ],
    fee('base fee', promised.fees.base_lamports, fees.base_lamports),
    fee('priority fee', promised.fees.priority_lamports, fees.priority_lamports),
    fee('tip', promised.fees.tip_lamports, fees.tip_lamports),
    fee('rent, comes back', promised.fees.rent_lamports, fees.rent_lamports),
    [
      'compute units',
      String(promised.computeUnits),
      String(fill.computeUnits),
      signed(BigInt(fill.computeUnits - promised.computeUnits), String),
    ],
    ...(promised.slot === undefined ? [] : [slotRow(promised.slot, fill.slot)]),
  ]
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(row =>
    `    ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`.trimEnd(),
  )
}

type Row = readonly [string, string, string, string]

function slotRow(quoted: number, landed: number): Row {
  const distance = landed - quoted
  return ['slot', String(quoted), String(landed), `${distance} ${distance === 1 ? 'slot' : 'slots'} later`]
}

function signed(units: bigint, text: (units: bigint) => string): string {
  return units === 0n ? 'none' : units > 0n ? `+${text(units)}` : `-${text(-units)}`
}

/** To a hundredth of a basis point. */
function bpsOf(change: bigint, whole: bigint): string {
  return whole === 0n ? '0' : String(Number((change * BPS_PARTS) / whole) / 100)
}
