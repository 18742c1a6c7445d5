import type { IntentEvent } from '../../../core/events/event.ts'
import type { Token } from '../../../core/money/token.ts'
import { openStore } from '../../../core/store/store.ts'
import { seededRandom } from '../../../core/time/random.ts'
import { createRealClock } from '../../../core/time/real-clock.ts'

/**
 * A process that writes to a data directory, for `lease-processes.test.ts`: takes an order, then an attempt whenever it is told to
 * by a line on stdin, and says on stdout what came of it.
 */
const [dataDir = '', ttl = '1000', key = 'a'] = process.argv.slice(2)

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const token: Token = { cluster: 'x', mint: 'm', symbol: 'M', decimals: 0, program: 'spl-token' }
const intent: IntentEvent = {
  kind: 'intent',
  at: 0,
  key,
  node: 'n',
  input: token,
  output: token,
  amount: { token, units: 1n },
  exact: 'in',
  reason: 'a test',
}

try {
  const store = openStore({ dataDir, clock: createRealClock(), random: seededRandom('t'), leaseTtl_ms: Number(ttl) })
  const { journal } = store.deploy({
    pipeline: 'p',
    genesisHash: 'g',
    wallet: 'w',
    nodes: ['n'],
    fingerprint: 'f',
    onChange: 'refuse',
    now: 0,
  })
  const { order } = journal.take(intent, 0)
  say('ready')
  let number = order.attempts.length
  process.stdin.on('data', () => {
    number++
    try {
      journal.assertWritable()
      journal.attempt({
        orderId: order.id,
        number,
        signature: `${process.pid}-${number}`,
        wire: new Uint8Array(1),
        lastValidBlockHeight: 1,
        venue: 'v',
        promise: { inputUnits: 1n, quotedOutputUnits: 1n, minimumOutputUnits: 1n },
        createdAt: 0,
      })
      say(`written ${number}`)
    } catch (thrown) {
      say(`refused ${(thrown as { code?: string }).code}`)
    }
  })
  process.stdin.on('end', () => store.close())
} catch (thrown) {
  say(`refused ${(thrown as { code?: string }).code}`)
}
