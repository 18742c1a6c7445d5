import { SLOT_MS } from '../ledger/slots.ts'
import { type Config, configAt, optionalNumber, stringAt, wholeNumber } from '../rpc/params.ts'
import { invalidParams, RpcError } from '../rpc/rpc-error.ts'
import { LEASE_MS, type Pace } from './pace.ts'

export const CLOCK_METHOD = 'sniperforge_clock'

const LEASE_MS_MAX = 600_000

/** The answer to every `sniperforge_clock` call. */
export interface ClockAnswer {
  /** The chain's time in milliseconds since the Unix epoch. */
  readonly now: number
  readonly slotMs: number
  /** Whether a driver holds the clock; else it runs free. */
  readonly driven: boolean
  /**
   * Notifications sent so far: on the lines that name this driver (WebSocket URL with `?driver=ID`, or a hold sent on
   * the line itself), or on all lines when none does. A driver goes on when it has received as many.
   */
  readonly sequence: number
}

/** How many notifications a driver may expect to have received. */
export interface SequenceCounter {
  sentTo(driver: string | undefined): number
}

/**
 * `sniperforge_clock`, params `[action, {driver, to, leaseMs}]`:
 * `now`; `hold` takes the clock for a driver (a text that names it), for a lease that every call of it renews;
 * `advance` moves time to `to`, or less far when a notification has gone out to the driver; `release`.
 *
 * A hold that came over a WebSocket has no lease: it ends with that line.
 */
export async function clockMethod(
  pace: Pace,
  counter: SequenceCounter,
  params: readonly unknown[],
  isOwnLine: boolean,
): Promise<ClockAnswer> {
  const action = stringAt(params, 0, 'an action')
  const config = configAt(params, 1)
  const driver = action === 'now' && config['driver'] === undefined ? undefined : driverOf(config)
  if (action === 'hold') {
    const lease_ms = Math.min(optionalNumber(config, 'leaseMs') ?? LEASE_MS, LEASE_MS_MAX)
    if (!pace.hold(driver ?? '', isOwnLine ? undefined : lease_ms)) throw heldByAnother()
  } else if (action === 'advance') {
    const to_ms = wholeNumber(config['to'], 'a time in milliseconds as to')
    const before = counter.sentTo(driver)
    if (!(await pace.advance(driver ?? '', to_ms, () => counter.sentTo(driver) !== before))) throw notHeld()
  } else if (action === 'release') pace.release(driver ?? '')
  else if (action !== 'now') throw invalidParams('Invalid params: expected now, hold, advance or release.')
  return { ...pace.state, slotMs: SLOT_MS, sequence: counter.sentTo(driver ?? pace.driver) }
}

export function driverOf(config: Config): string {
  const { driver } = config
  if (typeof driver === 'string' && driver.length > 0 && driver.length <= 128) return driver
  throw invalidParams('Invalid params: expected a text that names the driver.')
}

function heldByAnother(): RpcError {
  return new RpcError('clockHeld', 'Another driver holds the clock')
}

function notHeld(): RpcError {
  return new RpcError('clockHeld', 'The clock is not held by this driver')
}
