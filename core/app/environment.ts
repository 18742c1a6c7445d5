import { homedir } from 'node:os'
import { join } from 'node:path'

/** The one place that reads the process's environment: everything else is handed what it needs. */
export interface Environment {
  /** A variable, for `${env.X}` and `${secret.X}`. */
  variable(name: string): string | undefined
  /** Base58 of the trading wallet's secret key, or its seed phrase. */
  readonly walletSecret: string | undefined
  readonly walletPhrase: string | undefined
  /** Where runs without `--data-dir` are kept, by the XDG base directory specification. */
  readonly stateDirectory: string
  readonly workingDirectory: string
}

export function processEnvironment(): Environment {
  const variables = process.env
  const stateHome = variables['XDG_STATE_HOME']
  return {
    variable: name => variables[name],
    walletSecret: variables['SNIPERFORGE_WALLET_SECRET'],
    walletPhrase: variables['SNIPERFORGE_WALLET_PHRASE'],
    // The specification has a relative path ignored.
    stateDirectory: join(stateHome?.startsWith('/') ? stateHome : join(homedir(), '.local', 'state'), 'sniperforge'),
    workingDirectory: process.cwd(),
  }
}
