import { expect, it } from '@jest/globals'
import { clientNetwork } from '../client-network.js'

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '8193:3512:1:2'],
  ['2001:db8:1:2::1', '8193:3512:1:2'],
  ['2001:db8:1:3::1', '8193:3512:1:3'],
  ['unknown', 'unknown'],
])('counts %s as one of %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})
