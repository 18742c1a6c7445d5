import {
  type Fill,
  type ForgeEvent,
  formatAmount,
  formatPrice,
  formatUnits,
  type IntentEvent,
  type NoticeEvent,
  type PriceEvent,
  pairName,
  priceOf,
  type Reason,
  type Report,
  sameToken,
  tradedPair,
} from '../../../core/index.ts'
import { receiptLines } from './receipt-lines.ts'
import { routeLines } from './route-lines.ts'

const SOL_DECIMALS = 9
/** Enough of a signature to recognise it; the link has the rest. */
const SIGNATURE_SHOWN = 8

export interface LineOptions {
  /** Reports on the way too, not only how orders ended. */
  readonly verbose: boolean
  /** Promise against outcome, line by line. */
  readonly receipt: boolean
  /** The ways that were compared, as a table. */
  readonly routes: boolean
  explorerLink(signature: string): string | undefined
}

/** What a person is told of an event, line by line; nothing for what does not concern people. */
export function linesOf(event: ForgeEvent, options: LineOptions): readonly string[] {
  switch (event.kind) {
    case 'report':
      return reportLines(event, options)
    case 'notice':
      return noticeLines(event)
    case 'intent':
      return options.verbose ? intentLines(event) : []
    case 'price':
      return options.verbose ? priceLines(event) : []
    case 'routes':
      return options.routes ? routeLines(event) : []
    default:
      return []
  }
}

function reportLines(report: Report, options: LineOptions): string[] {
  const line = (what: string): string => `${time(report.at)}  ${what}  [${report.key}]`
  switch (report.state) {
    case 'partly-filled':
      return [
        line(`partly filled  ${exchange(report.fill)}; ${formatAmount(report.left)} left`),
        `    ${costs(report.fill)}`,
        ...transactions(report.fill, options),
      ]
    case 'filled':
      // One of its parts has told all there is.
      if (report.isSum && !report.fill.parts && !report.reason) return []
      return [
        line(
          `${report.recovered ? 'filled by an earlier run' : report.isSum ? 'filled in all' : 'filled'}  ${exchange(report.fill)}`,
        ),
        `    ${costs(report.fill)}`,
        ...protection(report.fill),
        ...(options.receipt ? receiptLines(report.fill) : []),
        ...notAll(report.reason),
        ...transactions(report.fill, options),
      ]
    case 'simulated':
      if (report.isSum) return []
      return [
        line(`would fill  ${exchange(report.fill)}`),
        `    ${costs(report.fill)}; nothing was sent`,
        ...protection(report.fill),
        ...notAll(report.reason),
      ]
    case 'accepted':
      return options.verbose ? [line(`accepted  order ${report.orderId}`)] : []
    case 'armed':
      // That it is triggered follows, and says why.
      if (report.atOnce) return []
      return [line(`armed  ${pairOf(report)}`), `    ${report.waitsFor}`]
    case 'triggered':
      return [line(`triggered  ${pairOf(report)}: ${report.cause}`)]
    case 'sent':
      return options.verbose ? [line(`sent  attempt ${report.attempt}, tx ${short(report.signature)}`)] : []
    case 'skipped':
    case 'failed':
    case 'expired':
    case 'unresolved':
      return [line(`${report.state}  ${pairOf(report)}: ${report.reason.message}`), ...remedyLines(report.reason)]
  }
}

/** Where each can be looked up. */
function transactions(fill: Fill, { explorerLink }: LineOptions): string[] {
  const signatures = fill.parts?.map(part => part.signature) ?? [fill.signature]
  return signatures.map(signature => `    ${explorerLink(signature) ?? `tx ${signature}`}`)
}

/** Why only a part of an order was traded. */
function notAll(reason: Reason | undefined): string[] {
  return reason ? [`    ${reason.message}`] : []
}

/** `10 USDC → 0.0666 SOL at 150.1 USDC` */
function exchange({ input, output }: Fill): string {
  const pair = tradedPair(input.token, output.token)
  const [base, quote] = sameToken(pair.base, input.token) ? [input, output] : [output, input]
  const price = base.units > 0n ? ` at ${formatPrice(priceOf(pair, base, quote, 'half-even'))}` : ''
  return `${formatAmount(input)} → ${formatAmount(output)}${price}`
}

function costs(fill: Fill): string {
  const { base_lamports, priority_lamports, tip_lamports, rent_lamports } = fill.fees
  const parts = [
    fill.wallet === undefined ? fill.venue : `${fill.venue} with ${fill.wallet}`,
    `fee ${formatUnits(base_lamports + priority_lamports + tip_lamports, SOL_DECIMALS)} SOL`,
    ...(rent_lamports === 0n ? [] : [`rent ${formatUnits(rent_lamports, SOL_DECIMALS)} SOL`]),
    ...(fill.priceImpactBps === undefined ? [] : [`impact ${bps(fill.priceImpactBps)}`]),
    `slippage ${bps(fill.slippageBps)}`,
  ]
  return parts.join(', ')
}

function protection(fill: Fill): string[] {
  return (fill.protection ?? []).map(line => `    mev: ${line}`)
}

function noticeLines(notice: NoticeEvent): string[] {
  return [`${time(notice.at)}  ${notice.level}: ${notice.title}`, `    ${notice.text}`]
}

function intentLines(intent: IntentEvent): string[] {
  const wanted =
    intent.exact === 'in' ? `${formatAmount(intent.amount)} into ${intent.output.symbol}` : formatAmount(intent.amount)
  return [`${time(intent.at)}  wanted  ${wanted}: ${intent.reason}  [${intent.key}]`]
}

function priceLines(event: PriceEvent): string[] {
  return [`${time(event.at)}  ${pairName(event.price.pair)}  ${formatPrice(event.price)}  (${event.origin})`]
}

function remedyLines(reason: Reason): string[] {
  return reason.remedy ? [`    ${reason.remedy}`] : []
}

function pairOf(report: Report): string {
  return `${report.input.symbol} → ${report.output.symbol}`
}

function short(signature: string): string {
  return signature.length > SIGNATURE_SHOWN ? `${signature.slice(0, SIGNATURE_SHOWN)}…` : signature
}

function bps(value: number): string {
  return `${Number(value.toFixed(2))} bps`
}

/** `2024-01-01 03:00:00Z`: event time, chain time where a chain is involved. */
function time(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
