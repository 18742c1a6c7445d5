import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import type { Answer, OrderRequest, RequestCounter } from '../../store/directory/requests.ts'
import { openRequests, openStore, type Store } from '../../store/store.ts'
import { seededRandom } from '../../time/random.ts'
import { createRealClock } from '../../time/real-clock.ts'

/** A holder that lives answers within a third of a second; one that hangs loses its lease before this has passed. */
const PATIENCE_MS = 20_000
const LOOK_EVERY_MS = 50
/** So long nothing is said about waiting. */
const SILENT_MS = 1_000

/** Deals with one request while holding the lease; doing it again must change nothing. */
export type RequestHandler = (store: Store, request: OrderRequest) => Answer | Promise<Answer>

/**
 * Has something done to the orders of a data directory. The request is left there; whoever holds the lease does it and
 * answers. When nobody does, or whoever did ends before it has answered, this process takes the lease and does it
 * itself, with all that others have asked before.
 *
 * @throws REQUEST_UNANSWERED when the holder does not answer: then nothing was changed. STORE_BUSY, STORE_WRITE_FAILED
 */
export async function askOrAct(
  dataDir: string,
  request: { readonly kind: string; readonly body: unknown },
  act: RequestHandler,
  tell: (text: string) => void,
): Promise<Answer> {
  const real = createRealClock()
  const counter = openRequests(dataDir)
  try {
    const from_ms = real.now()
    const number = counter.ask(request.kind, request.body, from_ms)
    let told = false
    for (;;) {
      const answer = counter.answerTo(number)
      if (answer) return answer
      const holder = counter.holder(real.now())
      if (!holder && (await dealWithAll(dataDir, act))) continue
      const waited_ms = real.now() - from_ms
      if (holder && waited_ms > SILENT_MS && !told) {
        told = true
        tell(`process ${holder.pid} holds ${dataDir}: waiting for its answer`)
      }
      if (waited_ms > PATIENCE_MS && counter.withdraw(number, real.now())) throw unanswered(dataDir, counter)
      await real.sleep(LOOK_EVERY_MS)
    }
  } finally {
    counter.close()
  }
}

/** Answers all that was asked, oldest first. False when another process was quicker to take the lease. */
async function dealWithAll(dataDir: string, act: RequestHandler): Promise<boolean> {
  const real = createRealClock()
  let store: Store
  try {
    store = openStore({ dataDir, clock: real, random: seededRandom(dataDir) })
  } catch (thrown) {
    if (isForgeError(thrown, 'STORE_LEASED')) return false
    throw thrown
  }
  try {
    for (let request = store.inbox.take(real.now()); request; request = store.inbox.take(real.now()))
      store.inbox.answer(request.number, await answered(act, store, request), real.now())
    return true
  } finally {
    store.close()
  }
}

/** What was done, or why not: a request that can not be done must not stay at the head of all others. */
export async function answered(act: RequestHandler, store: Store, request: OrderRequest): Promise<Answer> {
  try {
    return await act(store, request)
  } catch (thrown) {
    // Not the request's fault: it waits for a holder that can write.
    if (!isForgeError(thrown) || thrown.code.startsWith('STORE_')) throw thrown
    return { done: false, text: thrown.message, detail: { code: thrown.code, remedy: thrown.remedy } }
  }
}

function unanswered(dataDir: string, counter: RequestCounter): ForgeError {
  const holder = counter.holder(createRealClock().now())
  return new ForgeError('REQUEST_UNANSWERED', {
    message: `${holder ? `process ${holder.pid}` : 'who'} holds ${dataDir} and has not answered in ${PATIENCE_MS / 1_000} s: the request was taken back`,
    context: { file: dataDir },
  })
}
