import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import { AbstractMessageHandler, type Message } from '@veramo/message-handler'

/**
 * A handler for Veramo's `MessageHandler`, after its `DIDCommMessageHandler`: that one leaves the dates of a message as
 * DIDComm has them, in seconds since 1970, and Veramo's messages have ISO 8601.
 */
export class DIDCommMessageDates extends AbstractMessageHandler {
  override async handle(message: Message, context: IAgentContext<IPluginMethodMap>): Promise<Message> {
    for (const name of ['createdAt', 'expiresAt'] as const) {
      const value: unknown = message[name]
      if (typeof value === 'number') Object.assign(message, { [name]: isoDateOf(value) })
    }
    return super.handle(message, context)
  }
}

function isoDateOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
