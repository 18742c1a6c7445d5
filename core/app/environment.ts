import { homedir } from 'node:os'
import { join } from 'node:path'

/** The one place that reads the process's environment: everything else is handed what it needs. */
export interface Environment {
  /** For `${env.X}` and `${secret.X}`. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The trading wallet: base58 of its secret key, or its seed phrase. */
  readonly walletSecret: string | undefined
  /** Which key of a seed phrase: `bip44` (the default) or `raw`. */
  readonly walletDerivation: string | undefined
  /** Where runs without `--data-dir` are kept, by the XDG base directory specification. */
  readonly stateDirectory: string
  readonly workingDirectory: string
}

/** The variable that the trading wallet is taken from where no key file is given. */
export const WALLET_SECRET = 'SNIPERFORGE_WALLET_SECRET'

export function processEnvironment(): Environment {
  const variables = process.env
  const stateHome = variables['XDG_STATE_HOME']
  return {
    variables,
    walletSecret: variables[WALLET_SECRET],
    walletDerivation: variables['SNIPERFORGE_WALLET_DERIVATION'],
    // The specification has a relative path ignored.
    stateDirectory: join(stateHome?.startsWith('/') ? stateHome : join(homedir(), '.local', 'state'), 'sniperforge'),
    workingDirectory: process.cwd(),
  }
}
