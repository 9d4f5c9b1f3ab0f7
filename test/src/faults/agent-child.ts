/**
 * Run as a program of its own: opens the shipped agent, does one operation, and dies at the step that it is told, or says
 * which steps there are.
 */
import { closeShippedAgent, openShippedAgent } from '../agents/shipped-agent.js'
import { AGENT_OPERATIONS, type Subject } from './agent-operations.js'
import { Steps } from './steps.js'
import { dieHere, watchDrivers } from './watch-drivers.js'

export interface AgentChildOptions extends Subject {
  operation: string
  /** Of the product that the agent belongs to. */
  environment: Record<string, string>
  leaseMs: number
  /** Default: nowhere. */
  dieAt?: string
}

const { operation, environment, leaseMs, dieAt, ...subject } = JSON.parse(process.argv[2] ?? '{}') as AgentChildOptions
const reached: string[] = []
const steps = new Steps((step) => {
  reached.push(step)
  if (step === dieAt) dieHere()
})
watchDrivers(steps)
Object.assign(process.env, environment)
// What others have left open is for the one that survives to resolve.
const parts = await openShippedAgent({ recovery: 'manual', leaseMs })
steps.arm()
await AGENT_OPERATIONS[operation]?.(parts.agent, subject)
process.stdout.write(reached.map((step) => `${step}\n`).join(''))
await closeShippedAgent(parts)
