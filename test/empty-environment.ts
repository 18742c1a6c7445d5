import type { Environment } from '../core/app/environment.ts'

/** The environment of a process that nothing was told, in a directory. */
export function emptyEnvironment(directory: string): Environment {
  return {
    variables: {},
    walletSecret: undefined,
    walletDerivation: undefined,
    stateDirectory: directory,
    workingDirectory: directory,
  }
}
