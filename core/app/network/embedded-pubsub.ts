import type { PubSubEndpoint } from '../../chain/pubsub/line.ts'
import type { PubSub } from '../../localnet/pubsub/pubsub.ts'

/** The embedded chain's notifications, without a socket: its line neither drops nor goes silent. */
export function embeddedPubSub(pubsub: PubSub): PubSubEndpoint {
  return {
    name: 'the embedded chain',
    pulses: false,
    open: async ({ onText, onClose }) => {
      const line = pubsub.connect(onText)
      return {
        send: text => {
          const answer = line.receive(text)
          if (answer !== undefined) onText(answer)
        },
        close: () => {
          line.close()
          onClose('closed')
        },
      }
    },
  }
}
