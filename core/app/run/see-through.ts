import type { BoundPipeline } from '../../config/bound-pipeline.ts'
import { type ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { withoutParts } from '../../orders/wholes.ts'
import type { RunResult } from '../../runtime/result.ts'
import { createRealClock } from '../../time/real-clock.ts'
import type { RequestHandler } from '../orders/ask-or-act.ts'
import { attendRequests } from '../orders/attend-requests.ts'
import type { Ground } from './ground.ts'
import type { RunDocument } from './run-document.ts'
import type { RunOptions } from './run-options.ts'
import { documentOf } from './run-outcome.ts'
import type { Trading } from './trading.ts'

/** Pipelines that run, as one. */
export interface Running {
  /** Stops what is given of its own accord, lets the rest finish, and ends. */
  drain(reason: string): void
  /** Ends at once. */
  abort(reason: string): void
  /** All of it, when it is over; never rejects. */
  readonly done: Promise<{ readonly pipeline: BoundPipeline; readonly result: RunResult }>
}

/**
 * Sees what runs through to its document: signals end it, what other processes ask of the data directory is done by
 * `act`, and when the lease is gone it ends as failed.
 */
export async function seeThrough(
  ground: Ground,
  trading: Trading,
  running: Running,
  options: Pick<RunOptions, 'dryRun' | 'drain' | 'abort'> & {
    readonly act: RequestHandler
    /** Real time at which the command began. */
    readonly from_ms: number
  },
): Promise<RunDocument> {
  const { connection, store } = ground
  const { deployment, recorder } = trading
  obey(options, running, trading)
  let lost: ForgeError | undefined
  const leave = attendRequests(store, options.act, error => {
    lost = error
    trading.stop(error)
    running.abort(error.message)
  })
  const ended = await connection.drive(running.done)
  // What is being done for another process may need the chain's time to go on.
  await connection.drive(leave())
  const result = endedBy(lost, ended.result)
  // Who has lost the lease may write nothing more; what happened is told all the same.
  const isOurs = !result.errors.some(({ error }) => isForgeError(error, 'STORE_LEASE_LOST'))
  if (isOurs) deployment.flush()
  if (result.ended === 'completed') deployment.finish()
  const wallets = []
  for (const purse of trading.purses) {
    const after = await purse.portfolio()
    if (isOurs) purse.leave(after)
    wallets.push({ name: purse.name, address: purse.address, portfolio: { before: purse.before, after } })
  }
  const facts = {
    pipeline: ended.pipeline,
    cluster: ground.cluster.name,
    genesisHash: ground.genesisHash,
    wallets,
    dryRun: options.dryRun,
    interrupted: options.drain.aborted,
    warnings: [...ground.notices, ...connection.endpoints.warnings()],
    left: withoutParts(deployment.journal.orders({ open: true })).map(order => order.id),
    dataDirectory: ground.dataDirectory,
    wall_ms: createRealClock().wall_ms() - options.from_ms,
    endpoints: connection.endpoints.report(),
  }
  return documentOf(facts, result, recorder)
}

/** A run that was cut off because it may write no more has failed, whatever its nodes say. */
function endedBy(lost: ForgeError | undefined, result: RunResult): RunResult {
  if (!lost) return result
  const failure = { node: '', at: result.finishedAt, error: lost }
  return { ...result, ended: 'failed', failure: lost, errors: [failure, ...result.errors] }
}

/** The first signal drains, the second ends everything at once: also what the trader waits for. */
function obey(options: Pick<RunOptions, 'drain' | 'abort'>, running: Running, trading: Trading): void {
  const when = (signal: AbortSignal, act: () => void): void => {
    if (signal.aborted) act()
    else signal.addEventListener('abort', act, { once: true })
  }
  when(options.drain, () => running.drain(String(options.drain.reason)))
  when(options.abort, () => {
    trading.stop(options.abort.reason)
    running.abort(String(options.abort.reason))
  })
}
