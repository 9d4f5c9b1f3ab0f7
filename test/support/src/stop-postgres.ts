/** Stops what `start-postgres` started. */
export default async function stopPostgres(): Promise<void> {
  await globalThis.testPostgres?.stop()
}
