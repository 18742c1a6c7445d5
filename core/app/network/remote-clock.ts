import type { JsonRpc } from '../../chain/rpc/json-rpc.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { RPC_CODES } from '../../localnet/rpc/rpc-error.ts'
import { CLOCK_METHOD, type ClockAnswer } from '../../localnet/server/clock-method.ts'
import type { Clock } from '../../time/clock.ts'
import type { ClockDriver } from '../../time/virtual-clock.ts'
import { PACE_STEP_MS } from './pace.ts'

/** How far one call moves the server's time: its lease is renewed by every call. */
const STEP_MS = 600_000
/** A driver that died keeps the clock for its lease (30 s): so long it is waited for. */
const HOLD_ATTEMPTS = 40
const HOLD_PAUSE_MS = 1_000

/** The clock of a server of ours, held by this process. */
export interface RemoteClock {
  readonly now_ms: number
  readonly driver: ClockDriver
  release(): Promise<void>
}

/** Whether the endpoint is a server of ours, whose time can be driven. @throws what the RPC throws. */
export async function ownsItsTime(rpc: JsonRpc): Promise<boolean> {
  try {
    await rpc<ClockAnswer>(CLOCK_METHOD, ['now'], { repeatable: true })
    return true
  } catch (thrown) {
    if (isForgeError(thrown, 'RPC_REFUSED')) return false
    throw thrown
  }
}

/**
 * Takes the clock of a server of ours: from now on its time moves only when `driver` says so.
 *
 * @param real The machine's time, for waiting and for the pace.
 * @throws CLOCK_HELD when another process keeps driving it.
 */
export async function takeRemoteClock(
  rpc: JsonRpc,
  options: {
    readonly name: string
    readonly real: Clock
    readonly speed: 'max' | number
    readonly signal: AbortSignal
    /** Runs each move of the server's time, and hands on what it notified of meanwhile. */
    readonly during?: (advance: () => Promise<ClockAnswer>) => Promise<ClockAnswer>
  },
): Promise<RemoteClock> {
  const { name, real, signal, speed, during = advance => advance() } = options
  const call = (action: string, more: object = {}): Promise<ClockAnswer> =>
    rpc<ClockAnswer>(CLOCK_METHOD, [action, { driver: name, ...more }], { repeatable: true })
  const held = await hold(call, real)
  let now_ms = held.now
  return {
    now_ms,
    driver: {
      advance: async to_ms => {
        const step_ms = speed === 'max' ? STEP_MS : PACE_STEP_MS * speed
        const target_ms = Math.min(to_ms, now_ms + step_ms)
        if (speed !== 'max') await real.sleep((target_ms - now_ms) / speed, signal)
        now_ms = (await during(() => call('advance', { to: target_ms }))).now
        return { now_ms }
      },
    },
    release: async () => {
      await call('release')
    },
  }
}

async function hold(call: (action: string) => Promise<ClockAnswer>, real: Clock): Promise<ClockAnswer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call('hold')
    } catch (thrown) {
      if (!isForgeError(thrown, 'RPC_REFUSED') || thrown.context['rpcCode'] !== RPC_CODES.clockHeld) throw thrown
      if (attempt === HOLD_ATTEMPTS) {
        throw new ForgeError('CLOCK_HELD', { message: 'another process drives the time of this chain', cause: thrown })
      }
      await real.sleep(HOLD_PAUSE_MS)
    }
  }
}
