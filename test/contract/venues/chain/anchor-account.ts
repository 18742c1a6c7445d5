import { createHash } from 'node:crypto'

/** The part of the SDK's layouts that writing an account needs. */
export interface Layout {
  readonly span: number
  encode(value: never, buffer: Buffer): number
}

/** An account of an Anchor program: the discriminator of its kind, then its fields by the SDK's layout. */
export function anchorAccount(kind: string, layout: Layout, fields: Record<string, unknown>): Buffer {
  const data = Buffer.alloc(layout.span)
  layout.encode(fields as never, data)
  createHash('sha256').update(`account:${kind}`).digest().copy(data, 0, 0, 8)
  return data
}
