import { ForgeError } from '../../errors/forge-error.ts'
import { answerRequests } from '../orders/answer-request.ts'
import { askOrAct } from '../orders/ask-or-act.ts'
import { keepsRuns } from '../run/data-directory.ts'
import { type KeptWhere, keptDirectory } from './kept-history.ts'
import type { Printed } from './printed.ts'

/** Whether it was done, beside what is printed. */
export interface Asked extends Printed {
  readonly done: boolean
}

/** `orders cancel ID`, whoever holds the data directory. @throws HISTORY_MISSING, ORDER_UNKNOWN, REQUEST_UNANSWERED */
export async function cancelOrder(where: KeptWhere, id: string, tell: (text: string) => void): Promise<Asked> {
  return ask(where, { kind: 'cancel', body: { id, cause: 'cancelled by a person' } }, tell)
}

/** `orders resume ID`, by whoever watches it. @throws HISTORY_MISSING, ORDER_UNKNOWN, REQUEST_UNANSWERED */
export async function resumeOrder(where: KeptWhere, id: string, tell: (text: string) => void): Promise<Asked> {
  return ask(where, { kind: 'resume', body: { id, cause: 'resumed by a person' } }, tell)
}

/** `panic`, and `panic --clear`. @throws HISTORY_MISSING, REQUEST_UNANSWERED */
export async function panic(
  where: KeptWhere,
  options: { readonly clear: boolean },
  tell: (text: string) => void,
): Promise<Asked> {
  return ask(where, { kind: options.clear ? 'clear' : 'panic', body: {} }, tell)
}

async function ask(
  where: KeptWhere,
  request: { readonly kind: string; readonly body: unknown },
  tell: (text: string) => void,
): Promise<Asked> {
  const directory = await keptDirectory(where)
  if (!keepsRuns(directory)) throw new ForgeError('HISTORY_MISSING', { message: `${directory} holds no orders` })
  const { done, text, detail } = await askOrAct(directory, request, answerRequests(), tell)
  // What was asked for is not there: the same error, whoever looked.
  if (isUnknown(detail)) throw new ForgeError('ORDER_UNKNOWN', { message: text })
  return { done, text, document: { document: request.kind, version: 1, done, text, ...(detail as object | undefined) } }
}

function isUnknown(detail: unknown): boolean {
  return typeof detail === 'object' && detail !== null && 'code' in detail && detail.code === 'ORDER_UNKNOWN'
}
