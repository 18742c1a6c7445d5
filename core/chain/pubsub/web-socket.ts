import { ForgeError } from '../../errors/forge-error.ts'
import { redactText, redactUrl } from '../redact.ts'
import type { Line, PubSubEndpoint } from './line.ts'

/** Real time, also where the clock is virtual: the last resort against a server that takes a connection and is mute. */
const HANDSHAKE_MAX_MS = 10_000
/** The largest account is 10 MiB, and base64 adds a third. Source: Solana, MAX_PERMITTED_DATA_LENGTH. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024

/** Pub/sub over a WebSocket: the one place that opens sockets for it. Of several URLs the next is tried each time. */
export function webSocketEndpoint(urls: readonly string[], options: { readonly pulses: boolean }): PubSubEndpoint {
  let attempts = 0
  return {
    name: redactUrl(urls[0]!),
    pulses: options.pulses,
    open: async (events, signal) => {
      // Loaded by who needs it.
      const { WebSocket } = await import('ws')
      signal.throwIfAborted()
      const url = urls[attempts++ % urls.length]!
      return new Promise<Line>((resolve, reject) => {
        const socket = new WebSocket(url, { handshakeTimeout: HANDSHAKE_MAX_MS, maxPayload: MESSAGE_BYTES_MAX })
        const abort = (): void => socket.terminate()
        let isOpen = false
        let problem = 'the server closed the line'
        signal.addEventListener('abort', abort, { once: true })
        socket.on('open', () => {
          isOpen = true
          resolve({ send: text => socket.send(text), close: abort })
        })
        socket.on('message', data => events.onText(data.toString()))
        socket.on('error', error => {
          problem = redactText(error.message, url)
        })
        socket.on('close', () => {
          signal.removeEventListener('abort', abort)
          if (isOpen) events.onClose(problem)
          else if (signal.aborted) reject(signal.reason)
          else reject(new ForgeError('RPC_UNAVAILABLE', { message: `${redactUrl(url)}: ${problem}` }))
        })
      })
    },
  }
}

/** The WebSockets of an RPC endpoint: at the next port where one is given, as web3.js has it, else at the same. */
export function webSocketUrlsOf(rpcUrl: string): readonly string[] {
  const same = new URL(rpcUrl)
  same.protocol = same.protocol === 'https:' ? 'wss:' : 'ws:'
  if (same.port === '') return [same.href]
  const next = new URL(same)
  next.port = String(Number(same.port) + 1)
  return [next.href, same.href]
}
