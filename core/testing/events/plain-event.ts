import type { ForgeEvent, IntentEvent } from '../../events/event.ts'
import type { Fill, Reason, Report } from '../../events/report.ts'
import { formatAmount, formatUnits } from '../../money/amount.ts'
import { PRICE_DECIMALS, type Price } from '../../money/price.ts'
import { pairName } from '../../money/token.ts'
import { formatDuration } from '../../time/duration.ts'

/** An event as a person writes it: amounts, prices, pairs and times as texts. */
export type PlainEvent = Readonly<Record<string, unknown>>

/** `2026-01-01T00:00:00Z`, with milliseconds where there are any. */
export function plainTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}

/** The form in which tests write and compare events. */
export function plainEvent(event: ForgeEvent): PlainEvent {
  const base = { kind: event.kind, at: plainTime(event.at) }
  switch (event.kind) {
    case 'price':
      return {
        ...base,
        pair: pairName(event.price.pair),
        price: plainPrice(event.price),
        ...(event.open ? { open: plainPrice(event.open.price) } : {}),
        ...(event.low ? { low: plainPrice(event.low.price) } : {}),
        ...(event.high ? { high: plainPrice(event.high.price) } : {}),
        origin: event.origin,
      }
    case 'candle': {
      const { open, high, low, close, volume } = event
      return {
        ...base,
        pair: pairName(event.pair),
        interval: formatDuration(event.interval_ms),
        open,
        high,
        low,
        close,
        volume,
      }
    }
    case 'signal': {
      const { name, direction, value } = event
      return { ...base, pair: pairName(event.pair), name, direction, value }
    }
    case 'intent':
      return { ...base, ...plainIntent(event) }
    case 'notice':
      return { ...base, level: event.level, title: event.title, text: event.text }
    case 'report':
      return { ...base, ...plainReport(event) }
    case 'routes': {
      const { key, input, output, rows, why } = event
      return {
        ...base,
        key,
        input: formatAmount(input),
        output: output.symbol,
        rows: rows.map(({ kind, label, net }) => ({ kind, label, net: formatAmount(net) })),
        why,
      }
    }
    default:
      return { ...(event as PlainEvent), ...base }
  }
}

function plainPrice(price: Price): string {
  return formatUnits(price.scaled, PRICE_DECIMALS)
}

function plainIntent(intent: IntentEvent): PlainEvent {
  const { key, node, input, output, amount, exact, bounds, expiresAt, slippageBps, terms, reason } = intent
  return {
    key,
    node,
    input: exact === 'in' ? formatAmount(amount) : input.symbol,
    output: exact === 'out' ? formatAmount(amount) : output.symbol,
    exact,
    ...(bounds?.min ? { min: plainPrice(bounds.min) } : {}),
    ...(bounds?.max ? { max: plainPrice(bounds.max) } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: plainTime(expiresAt) }),
    ...(slippageBps === undefined ? {} : { slippageBps }),
    ...(terms === undefined ? {} : { terms }),
    reason,
  }
}

function plainReport(report: Report): PlainEvent {
  const { state, key, node, orderId, input, output } = report
  const base = { state, key, node, orderId }
  switch (report.state) {
    case 'accepted':
      return { ...base, input: input.symbol, output: output.symbol }
    case 'armed':
      return { ...base, input: input.symbol, output: output.symbol, waitsFor: report.waitsFor }
    case 'triggered':
      return { ...base, input: input.symbol, output: output.symbol, cause: report.cause }
    case 'sent':
      return {
        ...base,
        input: input.symbol,
        output: output.symbol,
        signature: report.signature,
        attempt: report.attempt,
      }
    case 'partly-filled':
      return { ...base, ...plainFill(report.fill), left: formatAmount(report.left) }
    case 'filled':
      return { ...base, ...plainFill(report.fill), recovered: report.recovered, ...plainReason(report.reason) }
    case 'simulated':
      return { ...base, ...plainFill(report.fill), ...plainReason(report.reason) }
    default:
      return { ...base, input: input.symbol, output: output.symbol, ...plainReason(report.reason) }
  }
}

function plainReason(reason: Reason | undefined): PlainEvent {
  return reason ? { code: reason.code, message: reason.message } : {}
}

function plainFill(fill: Fill): PlainEvent {
  const { venue, signature, slot, input, output, slippageBps, parts } = fill
  return {
    venue,
    signature,
    slot,
    input: formatAmount(input),
    output: formatAmount(output),
    slippageBps,
    ...(parts && { parts: parts.map(part => part.signature) }),
  }
}
