import type { ServerDocument } from '../../core/app/commands/local-server.ts'
import { type Ended, start } from './command.ts'

export interface ServedLocalnet extends ServerDocument {
  /** Stops it as Ctrl-C would. */
  stop(): Promise<Ended>
}

/** A local Solana in a process of its own, on a free pair of ports. */
export async function serveLocalnet(home: string, args: readonly string[] = []): Promise<ServedLocalnet> {
  const server = start(home, ['localnet', 'start', '--port', '0', '--json', ...args])
  // The last line of the document: all of it is there by then.
  await server.says('\n}\n')
  const listening = JSON.parse(server.stdout()) as ServerDocument
  return {
    ...listening,
    stop: () => {
      server.kill('SIGTERM')
      return server.ended
    },
  }
}
