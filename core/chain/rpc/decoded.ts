import { ForgeError, isForgeError, messageOf } from '../../errors/forge-error.ts'

/**
 * What an answer says, read by who knows its form: an endpoint may answer with anything, and what can not be read is its
 * failure and not ours.
 *
 * @param method What was asked, for the message.
 * @throws RPC_ANSWER_INVALID
 */
export function decoded<T>(method: string, decode: () => T): T {
  try {
    return decode()
  } catch (thrown) {
    if (isForgeError(thrown)) throw thrown
    throw new ForgeError('RPC_ANSWER_INVALID', {
      message: `the endpoint's answer to ${method} can not be read: ${messageOf(thrown)}`,
      context: { method },
      cause: thrown,
    })
  }
}

/** A list with an entry for each that was asked. @throws RPC_ANSWER_INVALID */
export function entriesFor<T>(method: string, asked: readonly unknown[], value: readonly T[]): readonly T[] {
  if (Array.isArray(value) && value.length === asked.length) return value
  throw new ForgeError('RPC_ANSWER_INVALID', {
    message: `the endpoint's answer to ${method} has no entry for each of the ${asked.length} that were asked`,
    context: { method },
  })
}
