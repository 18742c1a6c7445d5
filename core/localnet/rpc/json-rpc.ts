import { messageOf } from '../../errors/forge-error.ts'
import { toJson } from './json.ts'
import type { Method, RpcContext } from './method.ts'
import { RPC_CODES, RpcError } from './rpc-error.ts'

type Id = string | number | null

/**
 * Answers the body of a JSON-RPC request, single or batch, with the body of the answer. Members of a batch are
 * answered in order. Never rejects: what goes wrong is in the answer.
 */
export async function answerJsonRpc(
  body: string,
  methods: Readonly<Record<string, Method>>,
  context: RpcContext,
): Promise<string> {
  let request: unknown
  try {
    request = JSON.parse(body)
  } catch {
    return toJson(errorAnswer(null, new RpcError('parse', 'Parse error')))
  }
  if (!Array.isArray(request)) return toJson(await answerOne(request, methods, context))
  if (request.length === 0) return toJson(errorAnswer(null, new RpcError('invalidRequest', 'Invalid request')))
  const answers: object[] = []
  for (const member of request) answers.push(await answerOne(member, methods, context))
  return toJson(answers)
}

async function answerOne(
  request: unknown,
  methods: Readonly<Record<string, Method>>,
  context: RpcContext,
): Promise<object> {
  let id: Id = null
  try {
    if (typeof request !== 'object' || request === null) throw new RpcError('invalidRequest', 'Invalid request')
    const { jsonrpc, id: givenId, method, params } = request as Record<string, unknown>
    if (typeof givenId === 'string' || typeof givenId === 'number') id = givenId
    if (jsonrpc !== '2.0' || typeof method !== 'string') throw new RpcError('invalidRequest', 'Invalid request')
    if (params !== undefined && !Array.isArray(params)) {
      throw new RpcError('invalidParams', '`params` should be an array')
    }
    const found = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (!found) throw new RpcError('methodNotFound', 'Method not found')
    const result: unknown = await found(context, params ?? [])
    return { jsonrpc: '2.0', result: result ?? null, id }
  } catch (thrown) {
    return errorAnswer(id, thrown)
  }
}

export function errorAnswer(id: Id, thrown: unknown): object {
  const error =
    thrown instanceof RpcError
      ? { code: thrown.code, message: thrown.message, ...(thrown.data !== undefined && { data: thrown.data }) }
      : { code: RPC_CODES.internal, message: `Internal error: ${messageOf(thrown)}` }
  return { jsonrpc: '2.0', error, id }
}
