import type { Output } from '../../plugin/services.ts'
import type { Environment } from '../environment.ts'
import type { LogLevel } from '../logger.ts'

/** What a run is asked to do; the command line's flags, without the command line. */
export interface RunOptions {
  /** The pipeline's file. */
  readonly file: string
  readonly params: Readonly<Record<string, unknown>>
  /** `key=value` texts that override settings. */
  readonly set: readonly string[]
  /** `localnet`, another profile's name, or a cluster file. */
  readonly cluster: string
  readonly rpcUrl: string | undefined
  readonly walletFile: string | undefined
  /** Whether a wallet file may be readable by others. */
  readonly allowExposedWallet: boolean
  readonly dryRun: boolean
  readonly dataDirectory: string | undefined
  /** Where what happens is recorded, for `backtest --compare` and `--replay`; undefined or absent: nowhere. */
  readonly recordFile?: string | undefined
  /** Seed of the embedded world, of its wallet, and of the pipeline's randomness. */
  readonly seed: string
  readonly marketFile: string | undefined
  /** `max`, or how many times faster than real time; undefined leaves it to the network. */
  readonly speed: 'max' | number | undefined
  /** What to do when the data directory's state belongs to a pipeline that has changed since. */
  readonly onChange: 'refuse' | 'adopt' | 'new'
  /** Asks a person before anything is traded on mainnet-beta; rejects when the answer is no. */
  readonly confirmRealMoney: (question: string) => Promise<void>
  readonly output: Output
  readonly logLevel: LogLevel
  /** Where log lines go. */
  readonly writeLog: (line: string) => void
  readonly environment: Environment
  /** Aborted to drain: what is in hand is finished, nothing new begins. */
  readonly drain: AbortSignal
  /** Aborted to stop at once. */
  readonly abort: AbortSignal
}
