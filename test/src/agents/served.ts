import { readFileSync } from 'node:fs'
import { createAgent } from '@veramo/core'
import { AgentRestClient } from '@veramo/remote-client'
import type { FreshDatabase } from '@veramo-studio/test-support'
import { parse } from 'yaml'
import { AGENT_FILE, freshEnvironment } from './environment.js'
import { ServiceProcess } from './service-process.js'
import type { SuiteContext } from './suite-context.js'

export interface ServedContext extends SuiteContext {
  service(): ServiceProcess
}

/** The product served by the Veramo CLI in a child process, called with Veramo's own client. */
export function servedContext(fresh: FreshDatabase): ServedContext {
  let service: ServiceProcess
  const agentFor = async (token: string, idempotencyKey?: string) =>
    createAgent({
      plugins: [
        new AgentRestClient({
          url: `${service.baseUrl}/agent`,
          enabledMethods: exposedMethods(),
          headers: { 'x-api-key': token, ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) },
        }),
      ],
    })
  return {
    service: () => service,
    setup: async () => {
      service = new ServiceProcess(await freshEnvironment(await fresh()))
      await service.start()
    },
    tearDown: () => service.stop(),
    restart: async () => {
      await service.stop()
      await service.start()
    },
    agentFor,
    operator: () => agentFor(service.operatorToken),
    baseUrl: () => String(service.environment['BASE_URL']),
  }
}

export function exposedMethods(): string[] {
  const config = parse(readFileSync(AGENT_FILE, 'utf8')) as { constants: { methods: string[] } }
  return config.constants.methods
}
