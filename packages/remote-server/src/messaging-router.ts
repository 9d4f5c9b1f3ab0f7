import type { IncomingMessage } from 'node:http'
import type { MessageInbox, ReceivedMessage } from '@veramo-studio/data-store'
import type { IAgent } from '@veramo/core-types'
import type { RequestHandler, Response } from 'express'
import { addressOf, callerOf } from './caller.js'
import { clientNetwork } from './client-network.js'
import { remoteServerErrors } from './errors.js'
import { readText } from './read-text.js'
import { sendJson } from './send-json.js'

export interface MessagingRouterOptions {
  /** Handles the messages, with its `MessageHandler`. */
  agent: IAgent
  /** The one that `guardedDIDComm` has, so that what is sent here from here counts too. */
  inbox: MessageInbox
}

/** What Veramo's own router takes, with the media types of DIDComm. */
const MEDIA_TYPES =
  /^(application\/didcomm-(plain|signed|encrypted)\+json|application\/json|text\/plain) *(; *charset="?utf-8"?)? *$/i

/**
 * Takes messages from anybody at `POST /`, without a key, and gives each to the tenants that it is for. Neither the address
 * nor a header field has a say in whose it is. Answers `{ id }`, or what the message's sender asked to be answered at once;
 * who cannot receive it, and why, nobody is told.
 */
export function MessagingRouter({ agent, inbox }: MessagingRouterOptions): RequestHandler {
  return (request, response, next) => {
    if (request.path !== '/') return next()
    if (request.method !== 'POST') {
      response.set('Allow', 'POST')
      throw remoteServerErrors.http_method_not_allowed('messages are sent with POST')
    }
    refuseOtherTypes(request)
    const origin = { name: clientNetwork(addressOf(callerOf(request)) ?? ''), anonymous: true }
    readText(request, inbox.maxMessageBytes)
      .then((raw) => inbox.receive(agent, { raw: raw.trim(), origin }))
      .then((received) => answer(agent, response, received))
      .catch(next)
  }
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  // A compressed body would have to be unpacked to know its size.
  if (MEDIA_TYPES.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined) return
  throw remoteServerErrors.content_type_unsupported('send a DIDComm message as it is, in UTF-8')
}

function answer(agent: IAgent, response: Response, { id, answer: returned }: ReceivedMessage): void {
  if (returned === undefined) return sendJson(response, { id })
  // A message within a JSON string, as Veramo's own router answers and its transport reads.
  response.type(returned.contentType).send(JSON.stringify(returned.message))
  void agent.emit('DIDCommV2Message-sent', returned.id)
}
